import type { ClusterSpec } from "../model/cluster-spec.ts";
import type { Notice, Step } from "../model/plan.ts";

/** "4.3-IV0" → [4, 3]. */
const releaseOf = (version: string): readonly [number, number] => {
  const [major = 0, minor = 0] = version.split("-")[0]?.split(".").map(Number) ?? [];
  return [major, minor];
};

const compare = (a: string, b: string): number => {
  const [x, y] = [releaseOf(a), releaseOf(b)];
  return x[0] - y[0] || x[1] - y[1];
};

type MetadataPlan = { readonly steps: readonly Step[]; readonly leftAlone: readonly Notice[] };

/**
 * The metadata version follows Kafka's, or what is asked for: upwards after every node runs the new Kafka. Downwards only where it is asked
 * for by name, since what newer metadata hold may be lost. `present`: left out where Kafka was not asked.
 */
export function planMetadataVersion({ version, metadataVersion }: ClusterSpec, present: string | undefined): MetadataPlan {
  if (present === undefined) return { steps: [], leftAlone: [] };
  const wanted = metadataVersion ?? version.split(".").slice(0, 2).join(".");
  const difference = compare(wanted, present);
  if (metadataVersion?.includes("-") ? metadataVersion === present : difference === 0) return { steps: [], leftAlone: [] };
  if (metadataVersion === undefined && difference < 0) {
    const message = `the metadata version stays ${present}, which is newer than Kafka ${version}`;
    return { steps: [], leftAlone: [{ subject: "metadata version", reason: "KafkaMetadataVersion", message }] };
  }
  const step = { id: "metadata version", kind: "UpdateMetadataVersion", hazard: "none", why: [], from: present, to: wanted } as const;
  return { steps: [step], leftAlone: [] };
}
