import type { KubeObject, Resource } from "../../src/model/kube.ts";
import { resources } from "../../src/model/kube.ts";
import type { Plan, Step } from "../../src/model/plan.ts";
import { type FakeWorld, newWorld, type WorldOptions } from "../fakes/world/world.ts";

export const ref = { namespace: "kafka", name: "c" };

const labels = { "strimzi.io/cluster": "c", "strimzi.io/kind": "Kafka", "strimzi.io/name": "c-kafka" };

export const labelled = (kind: string, name: string, rest: object = {}, annotations: Record<string, string> = {}): KubeObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name, namespace: "kafka", labels, annotations },
  ...rest,
});

const roleLabels = (pool: string): Record<string, string> => ({
  ...labels,
  "strimzi.io/pool-name": pool,
  "strimzi.io/broker-role": String(pool !== "controller"),
  "strimzi.io/controller-role": String(pool !== "broker"),
});

type SetOptions = { readonly start?: number; readonly replicas?: number; readonly image?: string; readonly storage?: string };

/** A pool's StatefulSet; the name of the pool tells its roles: "controller", "broker", anything else both. */
export function setOf(
  pool: string,
  { start = 0, replicas = 3, image = "apache/kafka:4.3.0", storage = "1Gi" }: SetOptions = {},
): KubeObject {
  const own = roleLabels(pool);
  const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: `c-${pool}`, namespace: "kafka", labels: own },
    spec: {
      replicas,
      ordinals: { start },
      serviceName: "c-kafka-brokers",
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "OnDelete" },
      selector: { matchLabels: { "strimzi.io/cluster": "c", "strimzi.io/pool-name": pool } },
      template: { metadata: { labels: own }, spec: { containers: [{ name: "kafka", image }] } },
      volumeClaimTemplates: [{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data", labels: own }, spec: claim }],
    },
  };
}

/** What lets the observer in without a certificate. */
export const bootstrap = labelled("Service", "c-kafka-bootstrap", { spec: { ports: [{ name: "tcp-plain", port: 9092 }] } });

const topics = [
  {
    name: "orders",
    minIsr: 2,
    partitions: [
      [0, 1, 2],
      [1, 2, 0],
      [2, 0, 1],
    ],
  },
  { name: "once", minIsr: 1, partitions: [[0], [1], [2]] },
];

/** A running cluster of three combined nodes c-dual-0…2, with topics. */
export function runningCluster(options: WorldOptions = {}): FakeWorld {
  const world = newWorld({ ...options, objects: [bootstrap, setOf("dual"), ...(options.objects ?? [])] });
  world.settle();
  for (const topic of topics) world.kafka("c").createTopic(topic);
  return world;
}

type Bare<S> = S extends Step ? Omit<S, "id" | "hazard" | "why"> : never;

export const planOf = (...waves: readonly Bare<Step>[][]): Plan => ({
  apiVersion: "kubectl-kafka/v1",
  kind: "ClusterPlan",
  cluster: ref,
  observedAt: "2026-11-23T12:00:00.000Z",
  basis: "b",
  waves: waves.map((steps, wave) => ({
    steps: steps.map((step, at) => ({ id: `${wave}.${at}`, hazard: "none", why: [], ...step }) as Step),
  })),
  leftAlone: [],
});

export const apply = (object: KubeObject, resource: Resource): Bare<Extract<Step, { object: unknown; resource: unknown }>> => ({
  kind: "CreateObject",
  resource,
  object,
  changes: [],
});

export const podOf = (world: FakeWorld, name: string): KubeObject => world.store.find("Pod", "kafka", name) ?? failed(name);

function failed(name: string): never {
  throw new Error(`there is no ${name}`);
}

type Restart = Bare<Extract<Step, { kind: "RestartNodes" }>>;

/** A batch of nodes of the pool "dual". */
export const restart = (world: FakeWorld, ...nodes: number[]): Restart => ({
  kind: "RestartNodes",
  leaderMoves: true,
  nodes: nodes.map((node) => ({
    node,
    pod: `c-dual-${node}`,
    uid: podOf(world, `c-dual-${node}`).metadata.uid ?? "",
    reasons: ["PodHasOldRevision"],
  })),
});

/** The same, planned when the pods were others. */
export const withUid = (step: Restart, uid: string): Restart => ({ ...step, nodes: step.nodes.map((node) => ({ ...node, uid })) });

/** The template changed: every pod is out of date. */
export const outdate = (world: FakeWorld, image = "apache/kafka:4.3.1"): Promise<KubeObject> =>
  world.kube.apply({ object: setOf("dual", { image }), resource: resources.statefulSets, fieldManager: "kubectl-kafka", force: true });
