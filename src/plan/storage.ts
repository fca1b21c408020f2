import { poolObjectName } from "../desired/stateful-sets.ts";
import { clusterIdAnnotation, isPersistent, volumeName } from "../desired/volumes.ts";
import type { ClusterSpec, PoolSpec, Volume } from "../model/cluster-spec.ts";
import type { KubeObject } from "../model/kube.ts";
import type { Notice } from "../model/plan.ts";
import { parseQuantity } from "../model/units.ts";
import type { LiveObjects } from "./live-objects.ts";

// Which storage a pool can have, beside the one that holds its data (Strimzi: StorageDiff).
// 1. What is there is told by the pool's StatefulSet; where there is none, by the volumes that an earlier one of this cluster left.
// 2. The type of the storage or of a volume, its class and its selector stay for life. Where one of them would change, the whole storage of the
//    pool stays as it is, and the plan tells why; everything else goes on.
// 3. Sizes and deleteClaim may change (volumes.ts), and volumes may be added to a JBOD.
// 4. To take a volume out of a JBOD is refused: Kafka would go on without what is on it.

export type KeptStorage = { readonly spec: ClusterSpec; readonly leftAlone: readonly Notice[]; readonly refusals: readonly Notice[] };

type ClaimSpec = {
  readonly storageClassName?: string;
  readonly resources?: { readonly requests?: { readonly storage?: string } };
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
};
type Claim = KubeObject & { readonly spec?: ClaimSpec };
type PodVolume = { readonly name: string; readonly emptyDir?: { readonly sizeLimit?: string } };
type StatefulSet = KubeObject & {
  readonly spec?: {
    readonly template?: { readonly spec?: { readonly volumes?: readonly PodVolume[] } };
    readonly volumeClaimTemplates?: readonly (Claim & { readonly metadata: { readonly name: string } })[];
  };
};

/** "data" is a single volume, "data-1" number 1 of a JBOD; undefined: none of Kafka's. */
function volumeIdOf(name: string): { readonly id?: number } | undefined {
  const [found, digits] = /^data(?:-(\d+))?$/.exec(name) ?? [];
  if (found === undefined) return undefined;
  return digits === undefined ? {} : { id: Number(digits) };
}

const bytes = (claim: Claim): number => parseQuantity(claim.spec?.resources?.requests?.storage ?? "") ?? 0;

/** A volume as its claims are; the smallest size, so that keeping it lets none of them grow. `class`: the one that was asked for. */
function persistent(name: string, claims: readonly Claim[], asked?: ClaimSpec): Volume | undefined {
  const id = volumeIdOf(name);
  const [smallest] = [...claims].sort((a, b) => bytes(a) - bytes(b));
  const spec = asked ?? smallest?.spec;
  if (id === undefined || spec === undefined) return undefined;
  const { storageClassName, selector } = spec;
  return {
    ...id,
    kind: "persistent",
    kraftMetadata: false,
    size: (smallest?.spec ?? spec).resources?.requests?.storage ?? "0",
    deleteClaim: claims.length > 0 && claims.every(({ metadata }) => metadata.annotations?.["strimzi.io/delete-claim"] === "true"),
    ...(storageClassName === undefined ? {} : { storageClass: storageClassName }),
    ...(selector?.matchLabels === undefined ? {} : { selector: selector.matchLabels }),
  };
}

function ephemeral({ name, emptyDir }: PodVolume): Volume | undefined {
  const id = volumeIdOf(name);
  if (id === undefined || emptyDir === undefined) return undefined;
  return { ...id, kind: "ephemeral", kraftMetadata: false, ...(emptyDir.sizeLimit === undefined ? {} : { sizeLimit: emptyDir.sizeLimit }) };
}

const byId = (a: Volume, b: Volume): number => (a.id ?? 0) - (b.id ?? 0);

type Present = {
  readonly volumes: readonly Volume[];
  readonly claimsOf: (volume: Volume) => readonly Claim[];
  /** The class of a volume is the one that was asked for; otherwise it may be the default one. */
  readonly toldClass: boolean;
};

/** The volumes of a pool that are there. */
function presentStorage(spec: ClusterSpec, pool: PoolSpec, live: LiveObjects): Present {
  const set = live.find("StatefulSet", poolObjectName(spec, pool)) as StatefulSet | undefined;
  const ofPool = ({ metadata }: KubeObject): boolean =>
    metadata.labels?.["strimzi.io/pool-name"] === pool.name && metadata.annotations?.[clusterIdAnnotation] === spec.clusterId;
  const claims = live.all("PersistentVolumeClaim").filter(ofPool) as Claim[];
  const named = (volume: string) =>
    claims.filter(({ metadata }) => metadata.name.replace(/\d+$/, "") === `${volume}-${poolObjectName(spec, pool)}-`);
  const claimsOf = (volume: Volume) => named(volumeName(volume));
  const names = new Set(claims.map(({ metadata }) => metadata.name.split(`-${poolObjectName(spec, pool)}-`)[0] ?? ""));
  const volumes =
    set === undefined
      ? [...names].map((name) => persistent(name, named(name)))
      : [
          ...(set.spec?.volumeClaimTemplates ?? []).map((one) => persistent(one.metadata.name, named(one.metadata.name), one.spec)),
          ...(set.spec?.template?.spec?.volumes ?? []).map(ephemeral),
        ];
  return { volumes: volumes.filter((volume) => volume !== undefined).sort(byId), claimsOf, toldClass: set !== undefined };
}

const typeOf = ([first]: readonly Volume[]): string => {
  if (first?.id !== undefined) return "jbod";
  return first?.kind === "ephemeral" ? "ephemeral" : "persistent-claim";
};

const sameTexts = (a: Readonly<Record<string, string>> = {}, b: Readonly<Record<string, string>> = {}): boolean =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => a[name] === b[name]);

/** What a volume would have to become and cannot. */
function fixedParts(wanted: Volume, present: Volume, { claimsOf, toldClass }: Present): string[] {
  const name = `volume ${volumeName(present)}`;
  if (wanted.kind !== present.kind) return [`${name} cannot change from ${present.kind} to ${wanted.kind}`];
  if (!isPersistent(wanted) || !isPersistent(present)) return [];
  const [from, to] = [present.storageClass, wanted.storageClass];
  const claims = claimsOf(present);
  const hasIt = to === undefined ? !toldClass : claims.length > 0 && claims.every(({ spec }) => spec?.storageClassName === to);
  const word = (text: string | undefined): string => text ?? "the default";
  return [
    ...(from === to || hasIt ? [] : [`the storage class of ${name} cannot change from ${word(from)} to ${word(to)}`]),
    ...(sameTexts(present.selector, wanted.selector) ? [] : [`the selector of ${name} cannot change`]),
  ];
}

/** Why the storage that is there must stay whole; empty: it may become what is wanted. */
function obstacles(wanted: readonly Volume[], live: Present): string[] {
  const { volumes } = live;
  const [from, to] = [typeOf(volumes), typeOf(wanted)];
  if (from !== to) return [`the type of the storage cannot change from ${from} to ${to}`];
  return volumes.flatMap((present) => {
    const same = wanted.find(({ id }) => id === present.id);
    return same === undefined ? [] : fixedParts(same, present, live);
  });
}

/** The volume of the metadata is the one that is asked for, where it is there; it may move from one to another. */
function withMetadata(volumes: readonly Volume[], wanted: readonly Volume[]): Volume[] {
  const chosen = wanted.find(({ kraftMetadata }) => kraftMetadata)?.id;
  const at = Math.max(
    0,
    volumes.findIndex(({ id }) => id !== undefined && id === chosen),
  );
  return volumes.map((volume, index) => ({ ...volume, kraftMetadata: index === at }));
}

function keepPool(spec: ClusterSpec, pool: PoolSpec, live: LiveObjects): { pool: PoolSpec; leftAlone: Notice[]; refusals: Notice[] } {
  const subject = `KafkaNodePool ${pool.name}`;
  const present = presentStorage(spec, pool, live);
  if (present.volumes.length === 0) return { pool, leftAlone: [], refusals: [] };
  const because = obstacles(pool.volumes, present);
  if (because.length > 0) {
    const message = `${because.join(", ")}: the storage stays as it is`;
    const volumes = withMetadata(present.volumes, pool.volumes);
    const kept = { ...pool, volumes, jbod: volumes.some(({ id }) => id !== undefined) };
    return { pool: kept, leftAlone: [{ subject, reason: "KafkaStorage", message }], refusals: [] };
  }
  const refusals = present.volumes
    .filter(({ id }) => !pool.volumes.some((volume) => volume.id === id))
    .map(({ id }) => ({
      subject,
      reason: "VolumeRemoval",
      message: `volume ${id} cannot be taken away in this version: what Kafka keeps on it would be lost`,
      hint: `bring back the volume with id ${id} in spec.storage.volumes`,
    }));
  return { pool, leftAlone: [], refusals };
}

/** The spec with the storage that can be had, and what of it cannot. */
export function keepStorage(spec: ClusterSpec, live: LiveObjects): KeptStorage {
  const pools = spec.pools.map((pool) => keepPool(spec, pool, live));
  return {
    spec: { ...spec, pools: pools.map(({ pool }) => pool) },
    leftAlone: pools.flatMap(({ leftAlone }) => leftAlone),
    refusals: pools.flatMap(({ refusals }) => refusals),
  };
}
