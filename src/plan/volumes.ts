import { manager } from "../desired/names.ts";
import { desiredClaims } from "../desired/volumes.ts";
import type { ClusterSpec } from "../model/cluster-spec.ts";
import { type KubeObject, resources } from "../model/kube.ts";
import type { Notice, Step } from "../model/plan.ts";
import { parseQuantity } from "../model/units.ts";
import { isOurs, type LiveObjects } from "./live-objects.ts";
import { objectChanges } from "./object-diff.ts";

// The claims of a cluster's volumes; whether a pool may have the storage it asks for is judged before (storage.ts).
// 1. A claim that is missing is made. One that is there grows online to what is asked for.
// 2. What cannot be, smaller or not able to grow, is left as it is and told; nothing fails for it.

type Claim = KubeObject & {
  spec?: { storageClassName?: string; resources?: { requests?: { storage?: string } } };
  status?: { phase?: string };
};

/** `growths` come after the steps: an update writes the size that was there. */
type ClaimPlan = { readonly steps: readonly Step[]; readonly growths: readonly Step[]; readonly leftAlone: readonly Notice[] };

const sizeOf = (claim: KubeObject): string => (claim as Claim).spec?.resources?.requests?.storage ?? "0";

/** Why a claim cannot grow now; undefined: nothing that is known speaks against it. */
function growthHeld({ spec, status }: Claim, live: LiveObjects): string | undefined {
  if (status?.phase !== "Bound") return "it is not bound to a volume yet, and grows once it is";
  const name = spec?.storageClassName;
  if (!name) return "it has no storage class, and only a class can let it grow";
  const known = live.find("StorageClass", name) as (KubeObject & { allowVolumeExpansion?: boolean }) | undefined;
  return known !== undefined && known.allowVolumeExpansion !== true ? `its storage class ${name} does not let volumes grow` : undefined;
}

/** What becomes of the size of one claim that exists. */
function planSize(desired: KubeObject, found: KubeObject, live: LiveObjects): Step | Notice | undefined {
  const { name } = desired.metadata;
  const subject = `PersistentVolumeClaim ${name}`;
  const [from, to] = [sizeOf(found), sizeOf(desired)];
  const growth = (parseQuantity(to) ?? 0) - (parseQuantity(from) ?? 0);
  if (growth < 0) return { subject, reason: "KafkaStorage", message: `a volume cannot shrink from ${from} to ${to}: it stays` };
  if (growth === 0) return undefined;
  const held = growthHeld(found as Claim, live);
  if (held !== undefined) return { subject, reason: "PvcResizingWarning", message: `it cannot grow from ${from} to ${to}: ${held}` };
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
  const [steps, growths, leftAlone]: [Step[], Step[], Notice[]] = [[], [], []];
  for (const object of desiredClaims(spec)) {
    const { name } = object.metadata;
    const found = live.find("PersistentVolumeClaim", name);
    if (found === undefined) {
      const id = `create PersistentVolumeClaim ${name}`;
      steps.push({ id, kind: "CreateObject", hazard: "none", why: [], resource: resources.volumeClaims, object, changes: [] });
      continue;
    }
    const planned = planSize(object, found, live);
    steps.push(...metadataStep(object, found));
    if (planned !== undefined && "kind" in planned) growths.push(planned);
    else if (planned !== undefined) leftAlone.push(planned);
  }
  return { steps, growths, leftAlone };
}

/** Claims of the cluster that no volume is for any more, and that said of themselves that they may go. */
export function leftoverClaims(spec: ClusterSpec, live: LiveObjects): Step[] {
  const wanted = new Set(desiredClaims(spec).map(({ metadata }) => metadata.name));
  return live
    .all("PersistentVolumeClaim")
    .filter(({ metadata }) => !wanted.has(metadata.name) && metadata.annotations?.["strimzi.io/delete-claim"] === "true")
    .filter((claim) => isOurs(claim) && claim.metadata.deletionTimestamp === undefined)
    .map(({ metadata: { namespace, name, uid } }): Step => {
      const ref = { resource: resources.volumeClaims, namespace, name };
      const why = ["its volume is no longer asked for, and deleteClaim is true"];
      const step = { id: `delete PersistentVolumeClaim ${name}`, kind: "DeleteObject", hazard: "destructive", why, ref } as const;
      return uid === undefined ? step : { ...step, uid };
    });
}
