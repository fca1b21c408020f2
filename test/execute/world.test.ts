import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "../../src/model/errors.ts";
import { type KubeObject, type Resource, resources } from "../../src/model/kube.ts";
import { objectChanges } from "../../src/plan/object-diff.ts";
import { observeWorld } from "../fakes/world/execute-io.ts";
import { type FakeWorld, newWorld } from "../fakes/world/world.ts";
import { labelled, outdate, podOf, ref, runningCluster, setOf } from "./small-cluster.ts";

const put = (world: FakeWorld, object: KubeObject, resource: Resource, fieldManager = "kubectl-kafka") =>
  world.kube.apply({ object, resource, fieldManager, force: true });

const service = (...ports: { name: string; port: number }[]): KubeObject => labelled("Service", "s", { spec: { ports } });

describe("the fake Kubernetes", () => {
  test("merges lists by their keys, keeps what it added, and takes away what we no longer want", async () => {
    const world = newWorld();
    const made = await put(world, service({ name: "a", port: 1 }, { name: "b", port: 2 }), resources.services);
    assert.equal((made.spec as { clusterIP: string }).clusterIP.startsWith("10.96."), true);
    assert.deepEqual(objectChanges(service({ name: "a", port: 1 }, { name: "b", port: 2 }), made, "kubectl-kafka"), []);
    const next = await put(world, service({ name: "b", port: 2 }), resources.services);
    assert.deepEqual((next.spec as { ports: unknown }).ports, [{ name: "b", port: 2, protocol: "TCP" }]);
    assert.equal((next.spec as { clusterIP: string }).clusterIP, (made.spec as { clusterIP: string }).clusterIP);
    assert.notEqual(next.metadata.resourceVersion, made.metadata.resourceVersion);
    assert.equal(
      (await put(world, service({ name: "b", port: 2 }), resources.services)).metadata.resourceVersion,
      next.metadata.resourceVersion,
    );
  });

  test("tells an object's generations apart from its versions", async () => {
    const world = newWorld();
    const kafka = (spec: object): KubeObject => ({
      apiVersion: "kafka.strimzi.io/v1",
      kind: "Kafka",
      metadata: { name: "c", namespace: "kafka" },
      spec,
    });
    assert.equal((await put(world, kafka({ a: 1 }), resources.kafkas)).metadata.generation, 1);
    const status = { ...kafka({}), status: { observedGeneration: 1 } };
    const written = await world.kube.apply({
      object: status,
      resource: resources.kafkas,
      fieldManager: "kubectl-kafka",
      subresource: "status",
    });
    assert.deepEqual([written.metadata.generation, written.spec, written.status], [1, { a: 1 }, { observedGeneration: 1 }]);
    const changed = await put(world, kafka({ a: 2 }), resources.kafkas);
    assert.deepEqual([changed.metadata.generation, changed.status], [2, { observedGeneration: 1 }]);
  });

  test("a field that another manager owns too stays when we drop it", async () => {
    const world = newWorld();
    const map = (data: object) => labelled("ConfigMap", "m", { data });
    await put(world, map({ a: "1", b: "2" }), resources.configMaps);
    await put(world, map({ a: "1" }), resources.configMaps, "somebody");
    const now = await put(world, map({}), resources.configMaps);
    assert.deepEqual(now.data, { a: "1" });
  });

  test("refuses what Kubernetes refuses", async () => {
    const world = runningCluster();
    const refused = async (object: KubeObject, resource: Resource) =>
      assert.rejects(put(world, object, resource), (error) => error instanceof AppError && error.code === "Invalid");
    await refused(setOf("dual", { storage: "2Gi" }), resources.statefulSets);
    const claim = { ...labelled("PersistentVolumeClaim", "data-c-dual-0"), spec: { resources: { requests: { storage: "1Mi" } } } };
    await refused(claim, resources.volumeClaims);
  });

  test("pods wait for what they mount, and keep their revision until they are deleted", async () => {
    const set = setOf("dual");
    const template = (set.spec as { template: { spec: Record<string, unknown> } }).template;
    template.spec.volumes = [{ name: "configuration", configMap: { name: "later" } }];
    const world = newWorld({ objects: [set] });
    world.settle();
    assert.equal((podOf(world, "c-dual-0").status as { phase: string }).phase, "Pending");
    world.store.insert(labelled("ConfigMap", "later"));
    world.settle();
    assert.equal((podOf(world, "c-dual-0").status as { phase: string }).phase, "Running");
    const revision = podOf(world, "c-dual-0").metadata.labels?.["controller-revision-hash"];
    await outdate(world);
    assert.equal(podOf(world, "c-dual-0").metadata.labels?.["controller-revision-hash"], revision);
    await world.kube.delete({ ref: { resource: resources.pods, name: "c-dual-0" }, propagation: "Background" });
    world.settle();
    assert.notEqual(podOf(world, "c-dual-0").metadata.labels?.["controller-revision-hash"], revision);
  });

  test("what a deleted object owned goes with it", async () => {
    const world = runningCluster();
    await world.kube.delete({ ref: { resource: resources.statefulSets, name: "c-dual" }, propagation: "Background" });
    world.settle();
    assert.deepEqual([world.store.all("Pod").length, world.store.all("PersistentVolumeClaim").length], [0, 3]);
  });

  test("a volume that grows with its pod waits for it", async () => {
    const world = runningCluster({ offlineGrowth: true });
    const claim = { resource: resources.volumeClaims, name: "data-c-dual-0" };
    await world.kube.patch({ ref: claim, type: "merge", body: { spec: { resources: { requests: { storage: "2Gi" } } } } });
    world.settle();
    assert.deepEqual((await observeWorld(world, ref)).nodes[0]?.restartReasons, ["FileSystemResizeNeeded"]);
    await world.kube.delete({ ref: { resource: resources.pods, name: "c-dual-0" }, propagation: "Background" });
    world.settle();
    assert.deepEqual((await observeWorld(world, ref)).nodes[0]?.restartReasons, []);
  });
});

describe("the fake Kafka", () => {
  const isrs = (world: FakeWorld): string[] =>
    world
      .kafka("c")
      .topics()
      .flatMap(({ partitions }) => partitions.map(({ isr, leader }) => `${leader}:${isr.join("")}`));

  test("follows its pods", async () => {
    const world = runningCluster();
    assert.deepEqual(isrs(world), ["0:012", "1:120", "2:201", "0:0", "1:1", "2:2"]);
    await world.kube.delete({ ref: { resource: resources.pods, name: "c-dual-0" }, propagation: "Background" });
    assert.deepEqual(isrs(world), ["1:12", "1:12", "2:21", "-1:0", "1:1", "2:2"]);
    const observation = await observeWorld(world, ref);
    assert.deepEqual([observation.nodes[0]?.registration, observation.kafka?.quorum?.leaderId], ["fenced", 1]);
    world.settle();
    assert.deepEqual(isrs(world), ["1:012", "1:120", "2:201", "0:0", "1:1", "2:2"]);
  });

  test("has no quorum without a majority, and nobody answers without brokers", async () => {
    const world = runningCluster();
    const remove = (id: number) =>
      world.kube.delete({ ref: { resource: resources.pods, name: `c-dual-${id}` }, propagation: "Background" });
    await remove(0);
    await remove(1);
    assert.equal((await observeWorld(world, ref)).kafka?.quorum?.leaderId, -1);
    await remove(2);
    assert.equal((await observeWorld(world, ref)).kafka, undefined);
  });
});

test("the observation of a running world finds nothing wrong", async () => {
  const observation = await observeWorld(runningCluster(), ref);
  assert.deepEqual(
    observation.nodes.map(({ id, pod, registration, restartReasons }) => [id, pod?.ready, registration, restartReasons]),
    [
      [0, true, "active", []],
      [1, true, "active", []],
      [2, true, "active", []],
    ],
  );
  assert.deepEqual(observation.gaps, []);
});
