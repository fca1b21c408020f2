import assert from "node:assert/strict";
import { test } from "node:test";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { type FakeWorld, newWorld } from "../fakes/world/world.ts";
import { combined, conditions, find, runIn } from "./world-cli.ts";

/** Pools of a namespace share their names. */
const rename = (object: KubeObject, cluster: string): KubeObject =>
  object.kind === "Kafka" ? object : { ...object, metadata: { ...object.metadata, name: `${cluster}-combined` } };

const names = ["a", "b", "c"];
const declared = (): FakeWorld =>
  newWorld({ objects: names.flatMap((name) => kafkaManifest({ ...combined, name }).map((object) => rename(object, name))) });

type Kafka = KubeObject & { spec: { kafka: { config: object } } };

function configure(world: FakeWorld, name: string, config: object): void {
  const kafka = find(world, "Kafka", name) as Kafka;
  world.store.update({
    ...kafka,
    spec: { ...kafka.spec, kafka: { ...kafka.spec.kafka, config: { ...kafka.spec.kafka.config, ...config } } },
  } as KubeObject);
}

const isReady = (world: FakeWorld, name: string): boolean => conditions(world, name).includes("Ready");

test("reconcile -A goes on with the others when one fails, and ends with its exit code", async () => {
  const world = declared();
  configure(world, "a", { "num.partitions": "many" });
  const { stderr, exitCode } = await runIn(world, "reconcile -A");
  assert.equal(exitCode, 1);
  assert.deepEqual(
    names.map((name) => isReady(world, name)),
    [false, true, true],
  );
  assert.match(stderr, /^error: Kafka kafka\/a: spec\.kafka\.config\[num\.partitions\]: /);
  assert.match(stderr, /\nNot done, of 3 clusters: kafka\/a\.\n$/);
});

test("of several ends the worst is the exit code: failed before refused", async () => {
  const world = declared();
  assert.equal((await runIn(world, "reconcile -A")).exitCode, 0);
  configure(world, "a", { "num.partitions": 4 });
  assert.equal((await runIn(world, "reconcile -A")).exitCode, 3);
  configure(world, "b", { "num.partitions": "many" });
  configure(world, "c", { "log.retention.ms": 1000 });
  const { stdout, stderr, exitCode } = await runIn(world, "reconcile -A");
  assert.equal(exitCode, 1);
  assert.match(stderr, /nodes of Kafka kafka\/a would restart\n/);
  assert.match(stderr, /\nNot done, of 3 clusters: kafka\/a, kafka\/b\.\n$/);
  assert.match(stdout, /Kafka kafka\/c: 1 to change\n/);
});

test("each of several that has nothing to do is named", async () => {
  const world = declared();
  await runIn(world, "reconcile -A");
  const { stdout } = await runIn(world, "reconcile -A");
  assert.equal(stdout, names.map((name) => `Kafka kafka/${name}: nothing to do\n`).join(""));
});

test("a paused cluster is passed over among several, and told", async () => {
  const world = declared();
  const kafka = find(world, "Kafka", "b");
  const annotations = { "strimzi.io/pause-reconciliation": "true" };
  world.store.update({ ...kafka, metadata: { ...kafka.metadata, annotations } });
  const { stderr, exitCode } = await runIn(world, "reconcile -A");
  assert.equal(exitCode, 0);
  assert.match(stderr, /^Kafka kafka\/b is passed over: .*pause-reconciliation/m);
  assert.deepEqual(
    names.map((name) => isReady(world, name)),
    [true, false, true],
  );
});

test("plans of several clusters are a list, though one cannot be planned for", async () => {
  const world = declared();
  configure(world, "a", { "num.partitions": "many" });
  const { stdout, exitCode } = await runIn(world, "reconcile -A --dry-run --exit-code -o json");
  assert.equal(exitCode, 1);
  const { kind, items } = JSON.parse(stdout);
  assert.deepEqual([kind, items.map(({ cluster }: { cluster: { name: string } }) => cluster.name)], ["ClusterPlanList", ["b", "c"]]);
});
