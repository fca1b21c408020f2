import { AppError } from "../../../model/errors.ts";
import type { KafkaCluster } from "../../../ports/kafka-cluster.ts";
import type { KafkaClient } from "../client/client.ts";
import { check } from "../client/kafka-errors.ts";
import { metadataVersions } from "../wire/metadata-versions.generated.ts";
import { readFeatures } from "./cluster.ts";

const upgradeTypes = { upgrade: 1, safe: 2, unsafe: 3 } as const;

/** The level that Kafka knows a metadata version by; of a release alone, its newest. */
function levelOf(version: string): number {
  const levels = Object.entries(metadataVersions).filter(([, name]) => name === version || name.startsWith(`${version}-IV`));
  const level = levels.map(([key]) => Number(key)).at(-1);
  if (level === undefined) throw new AppError("UnsupportedByBroker", `metadata version ${version} is not known`);
  return level;
}

type FeatureChange = { readonly feature: string; readonly level: number } & NonNullable<Parameters<KafkaCluster["updateFeature"]>[2]>;

const changeFeature = (client: KafkaClient, { feature, level, downgrade, validateOnly = false, signal }: FeatureChange): Promise<void> =>
  client.run(
    async () => {
      const update = { feature, maxVersionLevel: level, upgradeType: upgradeTypes[downgrade ?? "upgrade"] };
      const body = { timeoutMs: client.timeoutMs, featureUpdates: [update], validateOnly };
      const answer = await client.request("UpdateFeatures", body, { to: { kind: "Controller" }, signal });
      for (const result of [...answer.results, answer]) check(`Feature ${feature}`, result);
    },
    { signal },
  );

export const clusterChanges = (client: KafkaClient): KafkaCluster => ({
  updateFeature: (feature, level, options) => changeFeature(client, { feature, level, ...options }),

  async updateMetadataVersion(version, signal) {
    const level = levelOf(version);
    const now = (await readFeatures(client, signal)).level ?? 0;
    if (level === now) return;
    await changeFeature(client, { feature: "metadata.version", level, ...(level < now ? { downgrade: "safe" } : {}), signal });
  },

  unregisterBroker: (id, signal) =>
    client.run(
      async () => check(`Broker ${id}`, await client.request("UnregisterBroker", { brokerId: id }, { to: { kind: "Controller" }, signal })),
      { signal, repeatable: false },
    ),
});
