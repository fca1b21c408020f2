import { desiredClaims } from "../desired/volumes.ts";
import type { ClusterSpec } from "../model/cluster-spec.ts";
import { type KubeObject, resources } from "../model/kube.ts";
import type { Notice, Step } from "../model/plan.ts";
import { parseQuantity } from "../model/units.ts";

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

/** Claims to make and to grow, and the wishes that cannot be fulfilled. Claims that nobody asks for any more are not touched here. */
export function planVolumes(spec: ClusterSpec, live: readonly KubeObject[]): ClaimPlan {
  const present = new Map(live.filter(({ kind }) => kind === "PersistentVolumeClaim").map((claim) => [claim.metadata.name, claim]));
  const steps: Step[] = [];
  const leftAlone: Notice[] = [];
  for (const object of desiredClaims(spec)) {
    const { name } = object.metadata;
    const found = present.get(name);
    const planned = found === undefined ? undefined : planClaim(object, found);
    if (found === undefined)
      steps.push({
        id: `create PersistentVolumeClaim ${name}`,
        kind: "CreateObject",
        hazard: "none",
        why: [],
        resource: resources.volumeClaims,
        object,
        changes: [],
      });
    else if (planned !== undefined && "kind" in planned) steps.push(planned);
    else if (planned !== undefined) leftAlone.push(planned);
  }
  return { steps, leftAlone };
}
