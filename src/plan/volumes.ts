import { manager } from "../desired/names.ts";
import { poolObjectName } from "../desired/stateful-sets.ts";
import { desiredClaims, volumeName } from "../desired/volumes.ts";
import type { ClusterSpec, PoolSpec, Volume } from "../model/cluster-spec.ts";
import { type KubeObject, resources } from "../model/kube.ts";
import type { Notice, Step } from "../model/plan.ts";
import { parseQuantity } from "../model/units.ts";
import type { LiveObjects } from "./live-objects.ts";
import { objectChanges } from "./object-diff.ts";

type Claim = KubeObject & { spec?: { storageClassName?: string; resources?: { requests?: { storage?: string } } } };

type ClaimPlan = { readonly steps: readonly Step[]; readonly leftAlone: readonly Notice[] };

const sizeOf = (claim: KubeObject): string => (claim as Claim).spec?.resources?.requests?.storage ?? "0";

/** What becomes of one claim that exists: it may grow; everything else about it is refused and stays as it is (Strimzi: StorageDiff). */
function planClaim(desired: KubeObject, live: KubeObject): Step | Notice | undefined {
  const { name } = desired.metadata;
  const subject = `PersistentVolumeClaim ${name}`;
  const wantedClass = (desired as Claim).spec?.storageClassName;
  const presentClass = (live as Claim).spec?.storageClassName;
  if (wantedClass !== undefined && wantedClass !== presentClass)
    return {
      subject,
      reason: "KafkaStorage",
      message: `the storage class of a volume cannot change from ${presentClass} to ${wantedClass}: it stays`,
    };
  const [from, to] = [sizeOf(live), sizeOf(desired)];
  const growth = (parseQuantity(to) ?? 0) - (parseQuantity(from) ?? 0);
  if (growth < 0) return { subject, reason: "KafkaStorage", message: `a volume cannot shrink from ${from} to ${to}: it stays` };
  if (growth === 0) return undefined;
  const claim = { resource: resources.volumeClaims, namespace: desired.metadata.namespace, name };
  return { id: `grow ${name}`, kind: "GrowVolume", hazard: "none", why: [`${from} to ${to}`], claim, from, to };
}

/** Labels, owner and the mark for deletion may change; the size is another step's, and stays here as it is. */
function metadataStep(desired: KubeObject, live: KubeObject): Step[] {
  const { storageClassName } = (live as Claim).spec ?? {};
  const wanted = (desired as Claim).spec ?? {};
  const size = { resources: { requests: { storage: sizeOf(live) } } };
  const object = { ...desired, spec: { ...wanted, ...size, ...(wanted.storageClassName === undefined ? {} : { storageClassName }) } };
  const changes = objectChanges({ ...desired, spec: live.spec }, live, manager).filter(({ path }) => path.startsWith("metadata."));
  if (changes.length === 0) return [];
  const { name } = desired.metadata;
  const id = `update PersistentVolumeClaim ${name}`;
  return [{ id, kind: "UpdateObject", hazard: "none", why: [], resource: resources.volumeClaims, object, changes }];
}

/** Claims to make and to grow, and the wishes that cannot be fulfilled. Claims that nobody asks for any more are not touched here. */
export function planVolumes(spec: ClusterSpec, live: LiveObjects): ClaimPlan {
  const steps: Step[] = [];
  const leftAlone: Notice[] = [];
  for (const object of desiredClaims(spec)) {
    const { name } = object.metadata;
    const found = live.find("PersistentVolumeClaim", name);
    if (found === undefined) {
      const id = `create PersistentVolumeClaim ${name}`;
      steps.push({ id, kind: "CreateObject", hazard: "none", why: [], resource: resources.volumeClaims, object, changes: [] });
      continue;
    }
    const planned = planClaim(object, found);
    steps.push(...metadataStep(object, found));
    if (planned !== undefined && "kind" in planned) steps.push(planned);
    else if (planned !== undefined) leftAlone.push(planned);
  }
  return { steps, leftAlone };
}

/** Claims of the cluster that no volume is for any more, and that said of themselves that they may go. */
export function leftoverClaims(spec: ClusterSpec, live: LiveObjects): Step[] {
  const wanted = new Set(desiredClaims(spec).map(({ metadata }) => metadata.name));
  return live
    .all("PersistentVolumeClaim")
    .filter(({ metadata }) => !wanted.has(metadata.name) && metadata.annotations?.["strimzi.io/delete-claim"] === "true")
    .filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/managed-by"] === manager && metadata.deletionTimestamp === undefined)
    .map(({ metadata: { namespace, name, uid } }): Step => {
      const ref = { resource: resources.volumeClaims, namespace, name };
      const why = ["its volume is no longer asked for, and deleteClaim is true"];
      const step = { id: `delete PersistentVolumeClaim ${name}`, kind: "DeleteObject", hazard: "destructive", why, ref } as const;
      return uid === undefined ? step : { ...step, uid };
    });
}

type StorageOfSet = KubeObject & {
  spec?: {
    template?: { spec?: { volumes?: { name: string; emptyDir?: { sizeLimit?: string } }[] } };
    volumeClaimTemplates?: (KubeObject & Claim)[];
  };
};

/** The volume as it is, where its type would have to change. */
function keepVolume(volume: Volume, { metadata, spec: set }: StorageOfSet, live: LiveObjects): Volume | undefined {
  const name = volumeName(volume);
  const common = { ...(volume.id === undefined ? {} : { id: volume.id }), kraftMetadata: volume.kraftMetadata };
  const claim = set?.volumeClaimTemplates?.find(({ metadata }) => metadata.name === name);
  if (volume.kind === "ephemeral" && claim !== undefined) {
    const { storageClassName } = claim.spec ?? {};
    const claims = live.all("PersistentVolumeClaim").filter((one) => one.metadata.name.startsWith(`${name}-${metadata.name}-`));
    const bytes = (size: string): number => parseQuantity(size) ?? 0;
    const [size = "0"] = [claim as KubeObject, ...claims].map(sizeOf).sort((a, b) => bytes(b) - bytes(a));
    return { ...common, kind: "persistent", size, deleteClaim: false, ...(storageClassName ? { storageClass: storageClassName } : {}) };
  }
  const empty = set?.template?.spec?.volumes?.find((entry) => entry.name === name && entry.emptyDir !== undefined);
  if (volume.kind !== "persistent" || empty === undefined) return undefined;
  const sizeLimit = empty.emptyDir?.sizeLimit;
  return { ...common, kind: "ephemeral", ...(sizeLimit === undefined ? {} : { sizeLimit }) };
}

/** The spec with the storage that can be had: a volume keeps its type for life (Strimzi: StorageDiff). */
export function keepStorage(spec: ClusterSpec, live: LiveObjects): { readonly spec: ClusterSpec; readonly leftAlone: readonly Notice[] } {
  const leftAlone: Notice[] = [];
  const keep = (pool: PoolSpec): PoolSpec => {
    const set = live.find("StatefulSet", poolObjectName(spec, pool));
    if (set === undefined) return pool;
    const volumes = pool.volumes.map((volume) => {
      const kept = keepVolume(volume, set as StorageOfSet, live);
      if (kept === undefined) return volume;
      const message = `volume ${volumeName(volume)} cannot change from ${kept.kind} to ${volume.kind}: it stays`;
      leftAlone.push({ subject: `KafkaNodePool ${pool.name}`, reason: "KafkaStorage", message });
      return kept;
    });
    return { ...pool, volumes };
  };
  return { spec: { ...spec, pools: spec.pools.map(keep) }, leftAlone };
}
