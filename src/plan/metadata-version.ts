import type { ClusterSpec } from "../model/cluster-spec.ts";
import type { Notice, Step } from "../model/plan.ts";

// The version of what the controllers write, which all nodes must be able to read.
// 1. It follows Kafka's own, or what is asked for: upwards after every node runs the new Kafka. Where the new one writes what the old one does
//    not know, there is no way back, and the plan says so.
// 2. Downwards only where it is asked for by name, and where Kafka allows it: where nothing it may have written would be lost.
// 3. A Kafka that is older than the version in force could not read it: refused, until the version in force was taken back.

/** "4.3-IV0" → [4, 3, 0]; a release alone stands for the newest of it. */
function partsOf(version: string): readonly number[] {
  const [release = "", inner] = version.split("-IV");
  const [major = 0, minor = 0] = release.split(".").map(Number);
  return [major, minor, inner === undefined ? Number.POSITIVE_INFINITY : Number(inner)];
}

function compare(a: string, b: string, parts = 3): number {
  const [x, y] = [partsOf(a), partsOf(b)];
  const at = x.slice(0, parts).findIndex((part, index) => part !== y[index]);
  return at < 0 ? 0 : (x[at] ?? 0) - (y[at] ?? 0);
}

const compareReleases = (a: string, b: string): number => compare(a, b, 2);

/** Versions that brought other records than the one before (Kafka 4.3: MetadataVersion.didMetadataChange). */
const changing = ["3.4-IV0", "3.5-IV2", "3.6-IV1", "3.6-IV2", "3.7-IV0", "3.7-IV2", "4.0-IV1", "4.3-IV0"];

/** Whether what was written at the higher version may be lost at the lower one, which Kafka refuses. */
const losesMetadata = (from: string, to: string): boolean =>
  changing.some((version) => compare(version, to) > 0 && compare(version, from) <= 0);

const releaseOf = (version: string): string => version.split("-")[0]?.split(".").slice(0, 2).join(".") ?? version;

/** `present`: the version in force; left out: not known. */
export function refuseOlderKafka({ ref, version }: ClusterSpec, present: string | undefined): Notice[] {
  if (present === undefined || compareReleases(present, version) <= 0) return [];
  const release = releaseOf(version);
  return [
    {
      subject: `Kafka ${ref.name}`,
      reason: "KafkaOlderThanMetadata",
      message: `Kafka ${version} cannot read metadata of the version ${present}, which is in force`,
      hint: losesMetadata(present, release)
        ? `let spec.kafka.version be ${releaseOf(present)} or newer: Kafka does not take this metadata version back, since metadata would be lost`
        : `let spec.kafka.version be as it was and spec.kafka.metadataVersion be ${release}, reconcile, and lower the version then`,
    },
  ];
}

type MetadataPlan = { readonly steps: readonly Step[]; readonly leftAlone: readonly Notice[] };

const stays = (message: string): MetadataPlan => ({
  steps: [],
  leftAlone: [{ subject: "metadata version", reason: "KafkaMetadataVersion", message }],
});

/** `present`: left out where Kafka was not asked. */
export function planMetadataVersion({ version, metadataVersion }: ClusterSpec, present: string | undefined): MetadataPlan {
  if (present === undefined) return { steps: [], leftAlone: [] };
  const wanted = metadataVersion ?? releaseOf(version);
  const isThere = metadataVersion?.includes("-IV") ? metadataVersion === present : compareReleases(wanted, present) === 0;
  if (isThere) return { steps: [], leftAlone: [] };
  if (compare(wanted, present) < 0) {
    if (metadataVersion === undefined) return stays(`it stays ${present}, which is newer than Kafka ${version}`);
    if (losesMetadata(present, wanted))
      return stays(`it stays ${present}: Kafka does not take it back to ${wanted}, since metadata would be lost`);
  }
  const why = compare(wanted, present) > 0 && losesMetadata(wanted, present) ? ["there is no way back from it, and from this Kafka"] : [];
  return {
    steps: [{ id: "metadata version", kind: "UpdateMetadataVersion", hazard: "none", why, from: present, to: wanted }],
    leftAlone: [],
  };
}
