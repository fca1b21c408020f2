import type { KubeObject } from "../../src/model/kube.ts";
import type { RollRequest } from "../../src/model/roll.ts";
import { type FakeWorld, newWorld, type WorldOptions } from "../fakes/world/world.ts";
import { bootstrap, labelled, setOf } from "./small-cluster.ts";

export const everyone: RollRequest = {
  nodes: [],
  pools: [],
  roles: [],
  racks: [],
  onlyPending: false,
  maxUnavailable: 1,
  evict: false,
  leaderMoves: true,
};

export const controllers = [0, 1, 2];
export const brokers = [3, 4, 5, 6, 7, 8];
export const podNames = [...controllers.map((id) => `c-controller-${id}`), ...brokers.map((id) => `c-broker-${id}`)];

const topics = [
  {
    name: "orders",
    minIsr: 2,
    partitions: [
      [3, 4, 5],
      [4, 5, 6],
      [5, 6, 7],
      [6, 7, 8],
      [7, 8, 3],
      [8, 3, 4],
    ],
  },
  {
    name: "pairs",
    minIsr: 1,
    partitions: [
      [3, 7],
      [4, 8],
      [5, 6],
    ],
  },
];

function fill(world: FakeWorld): FakeWorld {
  world.settle();
  const kafka = world.kafka("c");
  for (const id of brokers) kafka.racks.set(id, `z${id % 3}`);
  for (const topic of topics) kafka.createTopic(topic);
  return world;
}

/** Three controllers c-controller-0…2 and six brokers c-broker-3…8 in three racks, with rack-aware topics, on StatefulSets. */
export const directCluster = (options: WorldOptions = {}): FakeWorld =>
  fill(
    newWorld({
      ...options,
      objects: [bootstrap, setOf("controller"), setOf("broker", { start: 3, replicas: 6 }), ...(options.objects ?? [])],
    }),
  );

function podSet(pool: string, ids: readonly number[]): KubeObject {
  const set = setOf(pool);
  const { labels } = set.metadata;
  const pods = ids.map((id) => labelled("Pod", `c-${pool}-${id}`, { spec: { containers: [{ name: "kafka", image: "kafka:4.3.1" }] } }));
  const own = pods.map((pod) => ({ ...pod, metadata: { ...pod.metadata, labels } }));
  return { ...set, apiVersion: "core.strimzi.io/v1", kind: "StrimziPodSet", spec: { pods: own } };
}

/** The same, looked after by an operator that forgets so many times what it was asked for. */
export const managedCluster = (forgets = 0, options: WorldOptions = {}): FakeWorld =>
  fill(newWorld({ ...options, operator: { forgets }, objects: [bootstrap, podSet("controller", controllers), podSet("broker", brokers)] }));

/** UIDs of all pods, by name; a pod that is not there has none. */
export const uidsOf = (world: FakeWorld): Record<string, string | undefined> =>
  Object.fromEntries(podNames.map((name) => [name, world.store.find("Pod", "kafka", name)?.metadata.uid]));

/** Counts how often each pod was made from now on. */
export function countRestarts(world: FakeWorld): () => Record<string, number> {
  const seen = new Map(podNames.map((name) => [name, new Set([world.store.find("Pod", "kafka", name)?.metadata.uid])]));
  const look = (): void => {
    for (const name of podNames) {
      const uid = world.store.find("Pod", "kafka", name)?.metadata.uid;
      if (uid !== undefined) seen.get(name)?.add(uid);
    }
    world.clock.after(100, look);
  };
  look();
  return () => Object.fromEntries([...seen].map(([name, uids]) => [name, uids.size - 1]));
}

/** Whatever a roll may not do, seen a few times a second: partitions under their min ISR, a quorum without a leader. */
export function watchSafety(world: FakeWorld): readonly string[] {
  const broken: string[] = [];
  const look = (): void => {
    for (const { name, minIsr = 1, partitions } of world.kafka("c").topics())
      if (partitions.some(({ isr, replicas, leader }) => (replicas.length > minIsr && isr.length < minIsr) || leader < 0))
        broken.push(`${name} at ${world.clock.now()}`);
    if (world.kafka("c").leader() < 0) broken.push("no quorum");
    world.clock.after(200, look);
  };
  look();
  return broken;
}
