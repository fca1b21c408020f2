import { desiredConfiguration } from "../desired/configuration.ts";
import { manager, nodesOf } from "../desired/names.ts";
import { desiredStatefulSet, type PodHashes } from "../desired/stateful-sets.ts";
import type { ClusterSpec, PoolSpec } from "../model/cluster-spec.ts";
import { fingerprint } from "../model/hash.ts";
import { type KubeObject, resources } from "../model/kube.ts";
import type { Observation, RestartReason } from "../model/observation.ts";
import type { FieldChange, RestartTarget, Step } from "../model/plan.ts";
import type { LiveObjects } from "./live-objects.ts";
import { objectChanges } from "./object-diff.ts";

// The StatefulSets of a cluster, and which pods must restart for what.
// 1. A set's claim templates are those that are there: sizes live in the claims. Where volumes come or go, the set is replaced under its pods.
// 2. A pod says by its annotations what it was started with; each that differs from the set's is a reason by the ecosystem's name. Any other
//    difference, and a revision that is not the set's, is PodHasOldRevision.
// 3. What is asked for at the pod or the set, and a volume that grows when its pod comes back, are reasons that the observation tells.
// 4. A set that asked for a roll asks no more when it was carried out; a pod's own wish goes with the pod.

export type PoolPlan = {
  readonly sets: readonly Step[];
  readonly restarts: readonly RestartTarget[];
  /** What is left to do once all have restarted. */
  readonly afterwards: readonly Step[];
  /** Pods to wait for before anything restarts: those that are not there yet or not ready, and need no restart. */
  readonly awaited: readonly string[];
};

type ClaimTemplate = {
  metadata: { name: string };
  spec: { accessModes?: unknown; resources?: { requests?: { storage?: string } }; storageClassName?: string; selector?: unknown };
};
type SetSpec = { volumeClaimTemplates?: ClaimTemplate[] };
type LiveSet = KubeObject & { spec?: SetSpec; status?: { updateRevision?: string; observedGeneration?: number } };
type Pod = KubeObject & { status?: { conditions?: { type: string; status: string }[] } };

/** What is read only at start. Log4j 1 reads its file then, Log4j 2 while it runs. */
const readAtStart = ["server.properties", "jvm.options", "log4j.properties"] as const;

export function configurationHash(spec: ClusterSpec, pool: PoolSpec, logging?: string): string {
  const data = desiredConfiguration(spec, pool, logging).data as Record<string, string>;
  return fingerprint(readAtStart.map((file) => `${file}\n${data[file] ?? ""}`).join("\n"));
}

const templatesOf = (set: KubeObject): readonly ClaimTemplate[] => (set as LiveSet).spec?.volumeClaimTemplates ?? [];

/** The templates as they are, without what the API server added, where the volumes are the same; otherwise as they should be. */
function alignTemplates(desired: KubeObject, live: KubeObject): KubeObject {
  const present = new Map(templatesOf(live).map((template) => [template.metadata.name, template]));
  const wanted = templatesOf(desired);
  if (present.size !== wanted.length || wanted.some(({ metadata }) => !present.has(metadata.name))) return desired;
  const volumeClaimTemplates = wanted.map((template) => {
    const { accessModes, resources: amounts, storageClassName, selector } = present.get(template.metadata.name)?.spec ?? template.spec;
    const spec = { accessModes, resources: amounts, ...(storageClassName ? { storageClassName } : {}), ...(selector ? { selector } : {}) };
    return { ...template, spec };
  });
  return { ...desired, spec: { ...(desired.spec as object), volumeClaimTemplates } };
}

const fixed = /^spec\.(volumeClaimTemplates|serviceName|podManagementPolicy|selector)\b/;

function setStep(desired: KubeObject, live: KubeObject | undefined): { steps: Step[]; changes: readonly FieldChange[] } {
  const { name } = desired.metadata;
  const common = { hazard: "none", why: [] } as const;
  if (live === undefined) {
    const step = {
      id: `create StatefulSet ${name}`,
      kind: "CreateObject",
      ...common,
      resource: resources.statefulSets,
      object: desired,
    } as const;
    return { steps: [{ ...step, changes: [] }], changes: [] };
  }
  const object = alignTemplates(desired, live);
  const changes = objectChanges(object, live, manager);
  if (changes.length === 0) return { steps: [], changes };
  const uid = live.metadata.uid ?? "";
  if (changes.some(({ path }) => fixed.test(path)))
    return {
      steps: [{ id: `replace StatefulSet ${name}`, kind: "ReplaceStatefulSet", ...common, object: desired, uid, changes }],
      changes,
    };
  const step = {
    id: `update StatefulSet ${name}`,
    kind: "UpdateObject",
    ...common,
    resource: resources.statefulSets,
    object,
    changes,
  } as const;
  return { steps: [step], changes };
}

const told: readonly (readonly [annotation: string, reason: RestartReason])[] = [
  ["strimzi.io/configuration-hash", "ConfigChangeRequiresRestart"],
  ["strimzi.io/server-cert-hash", "KafkaCertificatesChanged"],
  ["strimzi.io/cluster-ca-cert-generation", "CaCertRenewed"],
  ["strimzi.io/clients-ca-cert-generation", "CaCertRenewed"],
];

const toldPaths = new Set(told.map(([annotation]) => `spec.template.metadata.annotations.${annotation}`));

type SetTemplate = { spec: { template: { metadata: { annotations: Readonly<Record<string, string>> } } } };

function reasonsOf(
  pod: KubeObject,
  desired: KubeObject,
  { live, changes }: { live: LiveSet | undefined; changes: readonly FieldChange[] },
) {
  const wanted = (desired as KubeObject & SetTemplate).spec.template.metadata.annotations;
  const reasons = told.filter(([annotation]) => pod.metadata.annotations?.[annotation] !== wanted[annotation]).map(([, reason]) => reason);
  const otherwise = changes.some(({ path }) => path.startsWith("spec.template.") && !toldPaths.has(path));
  const revision = live?.status?.updateRevision;
  const current = live?.status?.observedGeneration === undefined || live.status.observedGeneration === live.metadata.generation;
  const old = current && revision !== undefined && pod.metadata.labels?.["controller-revision-hash"] !== revision;
  if (otherwise || (old && reasons.length === 0)) reasons.unshift("PodHasOldRevision");
  return [...new Set(reasons)];
}

const observedReasons: ReadonlySet<RestartReason> = new Set(["ManualRollingUpdate", "FileSystemResizeNeeded"]);

const observedOf = (pod: string, observation: Observation | undefined): RestartReason[] =>
  (observation?.nodes.find(({ name }) => name === pod)?.restartReasons ?? []).filter((reason) => observedReasons.has(reason));

const rollAnnotation = "strimzi.io/manual-rolling-update";

function rolled(set: KubeObject | undefined): Step[] {
  if (set?.metadata.annotations?.[rollAnnotation] === undefined) return [];
  const { namespace, name } = set.metadata;
  const ref = { resource: resources.statefulSets, namespace, name };
  return [{ id: `rolled ${name}`, kind: "RemoveAnnotation", hazard: "none", why: [], ref, annotation: rollAnnotation }];
}

const isReady = (pod: KubeObject): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  ((pod as Pod).status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false);

type PoolGiven = { readonly hashes: PodHashes; readonly live: LiveObjects; readonly observation: Observation | undefined };

/** Sets and pods of one pool. */
export function planPool(spec: ClusterSpec, pool: PoolSpec, { hashes, live, observation }: PoolGiven): PoolPlan {
  const desired = desiredStatefulSet(spec, pool, hashes);
  const set = live.find("StatefulSet", desired.metadata.name) as LiveSet | undefined;
  const { steps, changes } = setStep(desired, set);
  const nodes = nodesOf(spec).filter((node) => node.pool.name === pool.name);
  const states = nodes.map(({ id, pod: name }) => {
    const pod = live.find("Pod", name);
    const gone = pod === undefined || pod.metadata.deletionTimestamp !== undefined;
    const reasons = gone ? [] : [...observedOf(name, observation), ...reasonsOf(pod, desired, { live: set, changes })];
    return { node: id, pod: name, found: pod, reasons };
  });
  return {
    sets: steps,
    afterwards: rolled(set),
    restarts: states
      .filter(({ reasons }) => reasons.length > 0)
      .map(({ node, pod, found, reasons }) => ({ node, pod, reasons, uid: found?.metadata.uid ?? "" })),
    awaited: states.filter(({ found, reasons }) => reasons.length === 0 && (found === undefined || !isReady(found))).map(({ pod }) => pod),
  };
}
