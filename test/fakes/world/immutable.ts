import { isDeepStrictEqual } from "node:util";
import { AppError } from "../../../src/model/errors.ts";
import type { KubeObject } from "../../../src/model/kube.ts";
import { parseQuantity } from "../../../src/model/units.ts";

const mutable = new Set([
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
  "revisionHistoryLimit",
]);

type Claim = { resources?: { requests?: { storage?: string } }; storageClassName?: string };

const invalid = ({ kind, metadata }: KubeObject, why: string): AppError =>
  new AppError("Invalid", `${kind} ${metadata.name} is invalid: ${why}`);

/** Throws where Kubernetes would refuse the change. */
export function refuseUpdate(live: KubeObject, next: KubeObject): void {
  if (live.kind === "StatefulSet") {
    const [a, b] = [live.spec, next.spec] as Record<string, unknown>[];
    const changed = [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])].find(
      (field) => !mutable.has(field) && !isDeepStrictEqual(a?.[field], b?.[field]),
    );
    if (changed) throw invalid(live, `spec.${changed}: updates to statefulset spec are forbidden`);
  }
  if (live.kind === "PersistentVolumeClaim") {
    const [a, b] = [live.spec, next.spec] as Claim[];
    const size = (claim: Claim | undefined) => parseQuantity(claim?.resources?.requests?.storage ?? "") ?? 0;
    if (size(b) > size(a) && (live.status as { phase?: string } | undefined)?.phase !== "Bound")
      throw invalid(live, "spec is immutable after creation except resources.requests for bound claims");
    if (size(b) < size(a)) throw invalid(live, "spec.resources.requests.storage: field can not be less than status.capacity");
    if (a?.storageClassName !== b?.storageClassName) throw invalid(live, "spec is immutable after creation");
  }
}
