import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../../src/model/kube.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { changesSince, conditions, configure, find, readyWorld, runIn } from "./world-cli.ts";

// Whoever waits for condition Ready should not be told that a cluster is as its resource asks for when that was refused.

type Told = { conditions: { type: string; message?: string }[]; observedGeneration?: number; clusterId?: string };

const statusOf = (world: FakeWorld): Told => find(world, "Kafka", "c").status as Told;
const generationOf = (world: FakeWorld): number | undefined => find(world, "Kafka", "c").metadata.generation;

function pause(world: FakeWorld): void {
  const kafka = find(world, "Kafka", "c");
  world.store.update({ ...kafka, metadata: { ...kafka.metadata, annotations: { "strimzi.io/pause-reconciliation": "true" } } });
}

test("a problematic resource is not ready, its status says why and of which generation, and the cluster id stays", async () => {
  const world = await readyWorld();
  const { clusterId } = statusOf(world);
  configure(world, { "num.partitions": "many" });
  for (const line of ["reconcile c --dry-run", "plan c"]) {
    assert.equal((await runIn(world, line)).exitCode, 1);
    assert.deepEqual(conditions(world), ["Ready"], "a look changes nothing");
  }
  assert.equal((await runIn(world, "reconcile c")).exitCode, 1);
  assert.deepEqual(conditions(world), ["NotReady InvalidResourceException"]);
  const status = statusOf(world);
  assert.match(status.conditions[0]?.message ?? "", /^Kafka kafka\/c: spec\.kafka\.config\[num\.partitions\]: must be a whole number/);
  assert.deepEqual([status.observedGeneration, status.clusterId], [generationOf(world), clusterId]);
  configure(world, { "num.partitions": 1 });
  assert.equal((await runIn(world, "reconcile c --yes")).exitCode, 0);
  assert.deepEqual(conditions(world), ["Ready"]);
});

test("so is one whose plan is refused", async () => {
  const world = await readyWorld();
  world.store.remove(find(world, "StatefulSet", "c-combined"));
  world.store.insert({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "c-gone", namespace: "kafka", labels: { "strimzi.io/cluster": "c" } },
    spec: { replicas: 0, updateStrategy: { type: "OnDelete" }, selector: { matchLabels: {} }, template: {} },
  });
  assert.equal((await runIn(world, "reconcile c")).exitCode, 3);
  assert.deepEqual(conditions(world), ["NotReady InvalidResourceException"]);
  assert.match(statusOf(world).conditions[0]?.message ?? "", /StatefulSet c-gone: its KafkaNodePool is not there/);
});

test("a paused one says that it is, whatever else is wrong with it", async () => {
  const world = await readyWorld();
  configure(world, { "num.partitions": "many" });
  pause(world);
  await runIn(world, "reconcile c");
  assert.deepEqual(conditions(world), ["ReconciliationPaused"]);
});

test("what an operator looks after is the operator's to judge, and so is its status", async () => {
  const world = await readyWorld();
  configure(world, { "num.partitions": "many" });
  const operator: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "strimzi-cluster-operator", namespace: "kafka", labels: { app: "strimzi" } },
    spec: {},
  };
  world.store.insert(operator);
  const before = world.writes.length;
  const { stderr, exitCode } = await runIn(world, "reconcile c");
  assert.deepEqual([exitCode, changesSince(world, before)], [3, []]);
  assert.match(stderr, /a Strimzi operator looks after it/);
  assert.doesNotMatch(stderr, /num\.partitions/);
});

test("a refusal before anything is written says nothing of what is there", async () => {
  const world = await readyWorld();
  const text = JSON.stringify(find(world, "Kafka", "c")).replace('"default.replication.factor":3', '"default.replication.factor":"many"');
  assert.equal((await runIn(world, "apply -f -", { files: { "-": text } })).exitCode, 1);
  assert.deepEqual(conditions(world), ["Ready"]);
});
