import { type KubeObject, type Resource, resources } from "../model/kube.ts";
import type { ClusterRef } from "../model/observation.ts";
import type { Notice, Plan, Step } from "../model/plan.ts";
import { basisOf } from "./basis.ts";
import { isOurs, type LiveObjects, liveObjects } from "./live-objects.ts";

// Takes a cluster away.
// 1. The sets first, so that nothing brings pods back; the rest when every pod has ended.
// 2. A volume stays unless it said of itself that it may go, or the person says so now. An authority that was not to be owned by the cluster
//    stays too. What stays is told.
// 3. The pools and the Kafka resource go last: until then the same command goes on where it stopped.

export type DeleteInput = {
  readonly cluster: ClusterRef;
  readonly kafka: KubeObject;
  readonly pools: readonly KubeObject[];
  readonly objects: readonly KubeObject[];
  readonly deleteVolumes: boolean;
  readonly now: string;
  readonly timeoutMs: number;
};

const plain: readonly Resource[] = [
  resources.disruptionBudgets,
  resources.services,
  resources.configMaps,
  resources.secrets,
  resources.networkPolicies,
  resources.serviceAccounts,
];

function deleteStep(resource: Resource, { metadata }: KubeObject, hazard: Step["hazard"]): Step {
  const { namespace, name, uid } = metadata;
  const ref = { resource, namespace, name };
  const step = { id: `delete ${resource.kind} ${name}`, kind: "DeleteObject", hazard, why: [], ref } as const;
  return uid === undefined ? step : { ...step, uid };
}

/** An authority's Secret that is to outlive the cluster belongs to nobody. */
const staysOnItsOwn = ({ kind, metadata }: KubeObject): boolean =>
  kind === "Secret" &&
  metadata.labels?.["strimzi.io/component-type"] === "certificate-authority" &&
  (metadata.ownerReferences ?? []).length === 0;

const mayGo = ({ metadata }: KubeObject): boolean => metadata.annotations?.["strimzi.io/delete-claim"] === "true";

const kept = (kind: string, names: readonly string[], hint: string): Notice[] =>
  names.length === 0 ? [] : [{ subject: `${kind} ${names.join(", ")}`, reason: "Kept", message: "stays, with what is in it", hint }];

function volumes(live: LiveObjects, { deleteVolumes, cluster }: DeleteInput): { steps: Step[]; leftAlone: Notice[] } {
  const claims = live.all("PersistentVolumeClaim").filter(isOurs);
  const going = claims.filter((claim) => deleteVolumes || mayGo(claim));
  const staying = claims.filter((claim) => !going.includes(claim)).map(({ metadata }) => metadata.name);
  const hint = `kubectl delete pvc -n ${cluster.namespace} -l strimzi.io/cluster=${cluster.name}`;
  return {
    steps: going.map((claim) => deleteStep(resources.volumeClaims, claim, "destructive")),
    leftAlone: kept("PersistentVolumeClaim", staying, hint),
  };
}

function waitForEnd(id: string, names: readonly string[], timeoutMs: number): Step[] {
  const condition = { kind: "ObjectsGone", objects: names } as const;
  return names.length === 0 ? [] : [{ id, kind: "WaitFor", hazard: "none", why: [], condition, timeoutMs }];
}

/** Everything that goes, in its order, and what stays. */
export function planDelete(input: DeleteInput): Plan {
  const live = liveObjects(input.objects);
  const { cluster, kafka, pools, now, timeoutMs } = input;
  const objects = plain.flatMap((resource) =>
    live
      .all(resource.kind)
      .filter(isOurs)
      .map((object) => ({ resource, object })),
  );
  const staying = objects.filter(({ object }) => staysOnItsOwn(object)).map(({ object }) => object.metadata.name);
  const sets = live.all("StatefulSet").filter(isOurs);
  const pods = live.all("Pod").filter(isOurs);
  const claims = volumes(live, input);
  const claimNames = claims.steps.flatMap((step) => (step.kind === "DeleteObject" ? [`PersistentVolumeClaim/${step.ref.name}`] : []));
  const waves = [
    sets.map((set) => deleteStep(resources.statefulSets, set, "disruptive")),
    waitForEnd(
      "wait for pods to end",
      pods.map(({ metadata }) => `Pod/${metadata.name}`),
      timeoutMs,
    ),
    objects.filter(({ object }) => !staysOnItsOwn(object)).map(({ resource, object }) => deleteStep(resource, object, "none")),
    claims.steps,
    waitForEnd("wait for volumes to go", claimNames, timeoutMs),
    pools.map((pool) => deleteStep(resources.kafkaNodePools, pool, "none")),
    [deleteStep(resources.kafkas, kafka, "none")],
  ]
    .filter((steps) => steps.length > 0)
    .map((steps) => ({ steps }));
  const head = { apiVersion: "kubectl-kafka/v1", kind: "ClusterPlan", cluster, observedAt: now } as const;
  const hint = `kubectl delete secret -n ${cluster.namespace} -l strimzi.io/cluster=${cluster.name}`;
  return { ...head, basis: basisOf(cluster, waves), waves, leftAlone: [...claims.leftAlone, ...kept("Secret", staying, hint)] };
}
