import type { KafkaCluster } from "../../../ports/kafka-cluster.ts";
import type { KafkaClient } from "../client/client.ts";
import { check } from "../client/kafka-errors.ts";

const upgradeTypes = { upgrade: 1, safe: 2, unsafe: 3 } as const;

export const clusterChanges = (client: KafkaClient): KafkaCluster => ({
  updateFeature: (feature, level, { downgrade, validateOnly = false, signal } = {}) =>
    client.run(
      async () => {
        const update = { feature, maxVersionLevel: level, upgradeType: upgradeTypes[downgrade ?? "upgrade"] };
        const body = { timeoutMs: client.timeoutMs, featureUpdates: [update], validateOnly };
        const answer = await client.request("UpdateFeatures", body, { to: { kind: "Controller" }, signal });
        for (const result of [...answer.results, answer]) check(`Feature ${feature}`, result);
      },
      { signal },
    ),

  unregisterBroker: (id, signal) =>
    client.run(
      async () => check(`Broker ${id}`, await client.request("UnregisterBroker", { brokerId: id }, { to: { kind: "Controller" }, signal })),
      { signal, repeatable: false },
    ),
});
