import type { RestartReason } from "../model/observation.ts";
import { parseQuantity } from "../model/units.ts";
import type { Pod } from "./kube-shapes.ts";
import type { KubeView } from "./read-kube.ts";

const annotation = (object: { metadata: { annotations?: Record<string, string> } } | undefined, name: string): string | undefined =>
  object?.metadata.annotations?.[`strimzi.io/${name}`];

/** What tells the reasons of a pod. */
type Around = Pick<KubeView, "statefulSets" | "podSets" | "claims" | "secrets">;

/** The claims a pod mounts are named after it: `data-<pod>`, `data-<volume>-<pod>`. */
export const claimsOf = (pod: string, view: Pick<KubeView, "claims">) =>
  view.claims.filter((claim) => claim.metadata.name.endsWith(`-${pod}`));

/** The size a node's volumes have, in bytes; undefined without claims. */
export function claimedBytes(pod: string, view: KubeView): number | undefined {
  const sizes = claimsOf(pod, view).map((claim) =>
    parseQuantity(claim.status?.capacity?.storage ?? claim.spec?.resources?.requests?.storage ?? ""),
  );
  return sizes.length === 0 || sizes.includes(undefined) ? undefined : (sizes as number[]).reduce((sum, size) => sum + size, 0);
}

/** StatefulSets tell the revision they want, pods the one they have; Strimzi writes both as an annotation into the pod set. */
function hasOldRevision(pod: Pod, view: Around): boolean {
  const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller);
  if (owner?.kind === "StatefulSet") {
    const wanted = view.statefulSets.find((set) => set.metadata.name === owner.name)?.status?.updateRevision;
    const present = pod.metadata.labels?.["controller-revision-hash"];
    return wanted !== undefined && present !== undefined && wanted !== present;
  }
  const planned = view.podSets.flatMap((set) => set.spec?.pods ?? []).find((entry) => entry.metadata.name === pod.metadata.name);
  const wanted = annotation(planned, "revision");
  return wanted !== undefined && wanted !== annotation(pod, "revision");
}

/** The pod trusts an older generation of one of the two CAs. */
function trustsOldCa(pod: Pod, view: Around): boolean {
  const cluster = pod.metadata.labels?.["strimzi.io/cluster"];
  return ["cluster", "clients"].some((ca) => {
    const secret = view.secrets.find((candidate) => candidate.metadata.name === `${cluster}-${ca}-ca-cert`);
    const wanted = annotation(secret, "ca-cert-generation");
    const present = annotation(pod, `${ca}-ca-cert-generation`);
    return wanted !== undefined && present !== undefined && wanted !== present;
  });
}

function awaitsManualRoll(pod: Pod, view: Around): boolean {
  const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller)?.name;
  const set = [...view.podSets, ...view.statefulSets].find((candidate) => candidate.metadata.name === owner);
  return annotation(pod, "manual-rolling-update") === "true" || annotation(set, "manual-rolling-update") === "true";
}

/** Why a pod waits for a restart; the ecosystem's names, in a fixed order (Strimzi: RestartReason). */
export function restartReasons(pod: Pod, view: Around): RestartReason[] {
  const resizing = claimsOf(pod.metadata.name, view).some((claim) =>
    claim.status?.conditions?.some((condition) => condition.type === "FileSystemResizePending" && condition.status === "True"),
  );
  const checks: [RestartReason, boolean][] = [
    ["ManualRollingUpdate", awaitsManualRoll(pod, view)],
    ["PodHasOldRevision", hasOldRevision(pod, view)],
    ["CaCertRenewed", trustsOldCa(pod, view)],
    ["FileSystemResizeNeeded", resizing],
  ];
  return checks.filter(([, holds]) => holds).map(([reason]) => reason);
}
