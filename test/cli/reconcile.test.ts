import assert from "node:assert/strict";
import { test } from "node:test";
import { planOnly, reconcileCluster, runBare } from "../../src/cli/reconcile.ts";
import { clusterIdOf } from "../../src/cli/reconcile-input.ts";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import { readLive } from "../../src/observe/read-live.ts";
import { planDelete } from "../../src/plan/delete.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { contextOf } from "./flow-context.ts";
import { annotate, declare, made, options, patch, planned, ref } from "./reconcile-world.ts";
import { combined, find } from "./world-cli.ts";

/** Everything that may never change in the life of a cluster. */
const identity = (world: FakeWorld) => ({
  clusterId: (find(world, "Kafka", "c").status as { clusterId?: string }).clusterId,
  ca: find(world, "Secret", "c-cluster-ca").data,
  clients: find(world, "Secret", "c-clients-ca").data,
  ids: (find(world, "KafkaNodePool", "combined").status as { nodeIds?: number[] }).nodeIds,
});

test("a cluster id is the resource's own uid, 16 bytes as Kafka writes them", () => {
  assert.equal(clusterIdOf("00112233-4455-6677-8899-aabbccddeeff"), "ABEiM0RVZneImaq7zN3u_w");
  assert.equal(clusterIdOf("f8000000-0000-4000-8000-000000000000").startsWith("-"), false);
});

test("a new cluster becomes ready, its status says so, and nothing is left to do", async () => {
  const world = await made();
  const { conditions, listeners, kafkaMetadataVersion } = find(world, "Kafka", "c").status as Record<string, never[]>;
  assert.deepEqual(
    (conditions as { type: string; status: string }[] | undefined)?.map(({ type, status }) => [type, status]),
    [["Ready", "True"]],
  );
  assert.deepEqual(
    (listeners as { bootstrapServers: string }[] | undefined)?.map(({ bootstrapServers }) => bootstrapServers),
    ["c-kafka-bootstrap.kafka.svc:9092", "c-kafka-bootstrap.kafka.svc:9093"],
  );
  assert.equal(kafkaMetadataVersion, "4.3-IV0");
  assert.deepEqual(await planned(world), []);
  const before = world.writes.length;
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  assert.deepEqual(world.writes.slice(before), ["create Lease kubectl-kafka-c", "delete Lease kubectl-kafka-c"]);
});

test("as many requests for 3 nodes as for 30", async () => {
  const counts = await Promise.all(
    [3, 30].map(async (replicas) => {
      const world = await made({ ...combined, replicas, controllers: 3 });
      const before = world.requests();
      await reconcileCluster(contextOf(world), ref, options);
      return world.requests() - before;
    }),
  );
  assert.equal(counts[0], counts[1]);
});

test("an option that is read at start restarts nodes one by one, one that is dynamic does not", async () => {
  const world = await made();
  patch(world, "Kafka", "c", { kafka: { config: { "log.retention.ms": 1000 } } });
  assert.deepEqual(await planned(world), ["alter configs", "status final"]);
  patch(world, "Kafka", "c", { kafka: { config: { "num.partitions": 4 } } });
  assert.deepEqual((await planned(world)).filter((id) => id.startsWith("restart")).sort(), [
    "restart c-combined-0",
    "restart c-combined-1",
    "restart c-combined-2",
  ]);
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  assert.equal(world.kafka("c").dynamic.get("log.retention.ms"), "1000");
  assert.deepEqual(await planned(world), []);
});

test("what was set by hand on one broker goes where the resource decides, and stays where it does not", async () => {
  const world = await made();
  patch(world, "Kafka", "c", { kafka: { config: { "log.retention.ms": 1000 } } });
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  const byHand = () =>
    new Map([
      ["log.retention.ms", "5"],
      ["leader.replication.throttled.rate", "1000"],
    ]);
  for (const id of [0, 2]) world.kafka("c").overrides.set(id, byHand());
  assert.deepEqual(await planned(world), ["alter configs of node 0", "alter configs of node 2", "status final"]);
  const context = contextOf(world);
  assert.equal(await reconcileCluster(context, ref, options), 0);
  assert.match(
    context.text(),
    /~ settings of node 0, of node 2: set on this broker alone, where the Kafka\n {4}resource decides for all\n {4}log\.retention\.ms: 5 /,
  );
  assert.deepEqual([...(world.kafka("c").overrides.get(0) ?? [])], [["leader.replication.throttled.rate", "1000"]]);
  assert.deepEqual(await planned(world), []);
});

test("a dynamic value that Kafka refuses is told by name with Kafka's words; nothing restarts and nothing loops", async () => {
  const world = await made();
  world.kafka("c").refused.set("background.threads", "value cannot be more than double the present one");
  patch(world, "Kafka", "c", { kafka: { config: { "background.threads": 500 } } });
  const uids = () => world.store.all("Pod").map(({ metadata }) => metadata.uid);
  const before = uids();
  await assert.rejects(reconcileCluster(contextOf(world), ref, options), {
    code: "KafkaError",
    message: /^Kafka refuses to change background\.threads: value cannot be more than double the present one$/,
  });
  assert.deepEqual(uids(), before);
  assert.equal(world.writes.filter((what) => what === "alter configs").length, 2);
});

test("settings do not change while the cluster is weak, and then they do", async () => {
  const world = await made();
  world.kafka("c").createTopic({ name: "orders", minIsr: 2, partitions: [[0, 1, 2]] });
  for (const id of [1, 2]) world.kafka("c").lag(id, true);
  patch(world, "Kafka", "c", { kafka: { config: { "log.retention.ms": 1000 } } });
  world.clock.after(20_000, () => world.kafka("c").lag(1, false));
  const context = contextOf(world);
  assert.equal(await reconcileCluster(context, ref, options), 0);
  assert.match(
    context.text(),
    /waiting for the cluster to be well enough for a change: (orders-0 has ISR \{0\}, below min ISR 2|the metadata quorum has no leader)/,
  );
});

test("restarts need consent, and without it nothing is changed", async () => {
  const world = await made();
  patch(world, "Kafka", "c", { kafka: { config: { "num.partitions": 4 } } });
  const before = world.writes.length;
  await assert.rejects(reconcileCluster(contextOf(world), ref, { ...options, yes: false }), { code: "Declined" });
  assert.deepEqual(
    world.writes.slice(before).filter((what) => !what.includes("Lease")),
    [],
  );
});

test("pods that are spread and kept apart in several ways need no second restart", async () => {
  const world = await made();
  const term = (name: string) => ({ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { name } } });
  const spread = { topologyKey: "kubernetes.io/hostname", maxSkew: 1, labelSelector: {} };
  const pod = {
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term("a"), term("b")] } },
    topologySpreadConstraints: ["DoNotSchedule", "ScheduleAnyway"].map((whenUnsatisfiable) => ({ ...spread, whenUnsatisfiable })),
  };
  patch(world, "KafkaNodePool", "combined", { template: { pod } });
  patch(world, "Kafka", "c", { kafka: { template: { pod } } });
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  assert.deepEqual(await planned(world), []);
});

test("a listener that goes is let in until the last node has restarted, and is gone then from Services and network policy", async () => {
  const world = await made();
  const plain = { name: "plain", port: 9092, type: "internal", tls: false };
  const moved = { name: "tls", port: 9095, type: "internal", tls: true };
  const portsOf = () => {
    const services = ["c-kafka-bootstrap", "c-kafka-brokers"].map(
      (name) => find(world, "Service", name).spec as { ports: { port: number }[] },
    );
    const { ingress } = find(world, "NetworkPolicy", "c-network-policy-kafka").spec as { ingress: { ports: { port: number }[] }[] };
    const lists = [...services.map(({ ports }) => ports), ingress.flatMap(({ ports }) => ports)];
    return lists.map((ports) =>
      ports
        .map(({ port }) => port)
        .filter((port) => port > 9091)
        .sort(),
    );
  };
  const same = (...ports: number[]): number[][] => [ports, ports, ports];
  patch(world, "Kafka", "c", { kafka: { listeners: [plain, moved] } });
  let restarts = 0;
  world.intercept = ({ what, when }) => {
    if (when !== "before" || !what.startsWith("Pod ")) return;
    restarts += 1;
    assert.deepEqual(portsOf(), same(9092, 9093, 9095));
  };
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  assert.equal(restarts, 3);
  assert.deepEqual(portsOf(), same(9092, 9095));
  assert.deepEqual(await planned(world), []);
});

test("what was deleted or edited by hand is found and repaired", async () => {
  const world = await made();
  const before = identity(world);
  for (const [kind, name] of [
    ["Service", "c-kafka-bootstrap"],
    ["ConfigMap", "c-combined"],
    ["Secret", "c-combined"],
    ["PodDisruptionBudget", "c-kafka"],
  ] as const)
    world.store.remove(find(world, kind, name));
  patch(world, "Service", "c-kafka-brokers", { publishNotReadyAddresses: false });
  assert.equal(await reconcileCluster(contextOf(world, "1"), ref, options), 0);
  for (const name of ["c-kafka-bootstrap", "c-kafka-brokers"]) find(world, "Service", name);
  assert.deepEqual(identity(world), before);
  assert.deepEqual(await planned(world), []);
});

test("volumes grow, and what cannot be done to them is left alone and told", async () => {
  const world = await made();
  patch(world, "KafkaNodePool", "combined", { storage: { size: "2Gi" } });
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  assert.deepEqual(await planned(world), []);
  patch(world, "KafkaNodePool", "combined", { storage: { size: "1Gi" } });
  const shrunk = await planOnly(contextOf(world), ref, options);
  assert.ok("plan" in shrunk && shrunk.plan.leftAlone.length === 3);
  const pool = find(world, "KafkaNodePool", "combined");
  world.store.update({ ...pool, spec: { ...(pool.spec as object), storage: { type: "ephemeral" } } });
  const ephemeral = await planOnly(contextOf(world), ref, options);
  assert.ok("plan" in ephemeral && ephemeral.plan.waves.every(({ steps }) => steps.every(({ kind }) => kind === "WriteStatus")));
  assert.deepEqual(
    ephemeral.plan.leftAlone.map(({ message }) => message),
    ["the type of the storage cannot change from persistent-claim to ephemeral: the storage stays as it is"],
  );
});

test("a paused cluster is not changed, its status says so, and afterwards it goes on", async () => {
  const world = await made();
  const conditions = () =>
    (find(world, "Kafka", "c").status as { conditions: { type: string; status: string }[] }).conditions.map(({ type, status }) => [
      type,
      status,
    ]);
  const generation = () => (find(world, "Kafka", "c").status as { observedGeneration?: number }).observedGeneration;
  const observed = generation();
  annotate(world, "Kafka", "c", { "strimzi.io/pause-reconciliation": "true" });
  patch(world, "Kafka", "c", { kafka: { config: { "num.partitions": 4 } } });
  const before = world.writes.length;
  const context = contextOf(world);
  assert.equal(await reconcileCluster(context, ref, options), 3);
  assert.match(context.text(), /kubectl annotate kafka c -n kafka strimzi\.io\/pause-reconciliation-/);
  assert.deepEqual(
    world.writes.slice(before).filter((what) => !what.includes("Lease")),
    ["patch Kafka c"],
  );
  assert.deepEqual([conditions(), generation()], [[["ReconciliationPaused", "True"]], observed]);
  annotate(world, "Kafka", "c", { "strimzi.io/pause-reconciliation": "false" });
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  assert.deepEqual(conditions(), [["Ready", "True"]]);
  assert.deepEqual(await planned(world), []);
});

test("a restart that loses data for good needs the cluster's name", async () => {
  const world = await made({ ...combined, replicas: 1, storage: { kind: "ephemeral" } });
  patch(world, "Kafka", "c", { kafka: { config: { "num.partitions": 4 } } });
  await assert.rejects(reconcileCluster(contextOf(world), ref, options), {
    code: "Declined",
    message: /data of Kafka kafka\/c would be lost/,
  });
  assert.equal(await reconcileCluster(contextOf(world), ref, { ...options, confirm: "c" }), 0);
  assert.deepEqual(await planned(world), []);
});

test("a Kafka that cannot read the metadata is refused, though its metadata version is lowered beside it", async () => {
  const world = await made();
  patch(world, "Kafka", "c", { kafka: { version: "4.2.1", metadataVersion: "4.2" } });
  const context = contextOf(world);
  assert.equal(await reconcileCluster(context, ref, options), 3);
  assert.match(context.text(), /4\.2\.1 cannot read metadata of the version 4\.3-IV0/);
});

test("the status warns of what is left as it is, and of what is asked for", async () => {
  const world = await made({ ...combined, replicas: 4 });
  const conditionsOf = (kind: string, name: string) =>
    (find(world, kind, name).status as { conditions: { type: string; reason?: string; lastTransitionTime: string }[] }).conditions;
  const told = (kind: string, name: string) => conditionsOf(kind, name).map(({ type, reason }) => [type, reason].filter(Boolean).join(" "));
  assert.deepEqual([told("Kafka", "c"), told("KafkaNodePool", "combined")], [["Warning KafkaKRaftControllerNodeCount", "Ready"], []]);
  const times = conditionsOf("Kafka", "c").map(({ lastTransitionTime }) => lastTransitionTime);
  patch(world, "KafkaNodePool", "combined", { storage: { class: "other" } });
  world.settle();
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  assert.deepEqual(
    [told("Kafka", "c"), told("KafkaNodePool", "combined")],
    [["Warning KafkaKRaftControllerNodeCount", "Warning KafkaStorage", "Ready"], ["Warning KafkaStorage"]],
  );
  assert.deepEqual(
    [0, 2].map((at) => conditionsOf("Kafka", "c")[at]?.lastTransitionTime),
    times,
  );
  const { status, metadata } = find(world, "KafkaNodePool", "combined");
  assert.equal((status as { observedGeneration?: number }).observedGeneration, metadata.generation);
  assert.deepEqual(await planned(world), []);
});

const restartsOf = (ids: readonly string[]): string[] => ids.filter((id) => id.startsWith("restart")).sort();
const uidsOf = (world: FakeWorld): (string | undefined)[] => [0, 1, 2].map((id) => find(world, "Pod", `c-combined-${id}`).metadata.uid);

test("a roll that a pod or its set asks for is carried out once", async () => {
  const world = await made();
  const before = uidsOf(world);
  annotate(world, "Pod", "c-combined-1", { "strimzi.io/manual-rolling-update": "true" });
  assert.deepEqual(restartsOf(await planned(world)), ["restart c-combined-1"]);
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  assert.deepEqual(
    uidsOf(world).map((uid, at) => uid === before[at]),
    [true, false, true],
  );
  annotate(world, "StatefulSet", "c-combined", { "strimzi.io/manual-rolling-update": "true" });
  assert.equal(restartsOf(await planned(world)).length, 3);
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  assert.equal(find(world, "StatefulSet", "c-combined").metadata.annotations?.["strimzi.io/manual-rolling-update"], undefined);
  assert.deepEqual(await planned(world), []);
});

test("volumes that grow only when their pod comes back get the restart they wait for", async () => {
  const world = await made(combined, { offlineGrowth: true });
  const before = uidsOf(world);
  patch(world, "KafkaNodePool", "combined", { storage: { size: "2Gi" } });
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  const capacity = (find(world, "PersistentVolumeClaim", "data-c-combined-0").status as { capacity?: { storage?: string } }).capacity;
  assert.equal(capacity?.storage, "2Gi");
  assert.ok(uidsOf(world).every((uid, at) => uid !== before[at]));
  assert.deepEqual(await planned(world), []);
});

test("a saved plan is carried out as it is, or not at all", async () => {
  const world = await made();
  patch(world, "Kafka", "c", { kafka: { config: { "num.partitions": 4 } } });
  await assert.rejects(reconcileCluster(contextOf(world), ref, { ...options, basis: "of old" }), { code: "Declined" });
});

test("killed after any change, the next run finishes with the same identity", async () => {
  const total = (await made()).writes.length;
  for (let at = 1; at <= total; at += 1) {
    const world = declare();
    world.intercept = ({ when, count }) => {
      if (when === "after" && count >= at) throw new Error("killed");
    };
    await reconcileCluster(contextOf(world, "a"), ref, options).catch(() => {});
    const first = world.store.find("Secret", "kafka", "c-cluster-ca")?.data;
    world.intercept = () => {};
    world.settle();
    assert.equal(await reconcileCluster(contextOf(world, "b"), ref, options), 0, `killed after change ${at}`);
    if (first !== undefined) assert.deepEqual(identity(world).ca, first, `the CA changed: killed after change ${at}`);
    assert.deepEqual(await planned(world), [], `killed after change ${at}`);
  }
});

const remove = async (world: FakeWorld, deleteVolumes: boolean): Promise<void> => {
  const live = await readLive(world.kube, ref);
  const plan = planDelete({ ...live, cluster: ref, deleteVolumes, now: "2026-11-23T12:00:00.000Z", timeoutMs: 60_000 });
  await runBare(plan, { context: contextOf(world), options, signal: new AbortController().signal });
};

test("deleted, a cluster leaves its volumes and nothing else, and the next of its name goes on with them", async () => {
  const world = await made();
  const { clusterId } = identity(world);
  await remove(world, false);
  assert.deepEqual([...new Set(world.store.all().map(({ kind }) => kind))], ["PersistentVolumeClaim"]);
  for (const object of kafkaManifest(combined)) world.store.insert(object);
  assert.equal(await reconcileCluster(contextOf(world, "2"), ref, options), 0);
  assert.equal(identity(world).clusterId, clusterId);
  await remove(world, true);
  assert.deepEqual(world.store.all(), []);
});

test("what belongs to users of the cluster is neither swept nor deleted with it", async () => {
  const world = await made();
  const labels = { "strimzi.io/cluster": "c", "strimzi.io/kind": "KafkaUser", "app.kubernetes.io/managed-by": "kubectl-kafka" };
  world.store.insert({ apiVersion: "v1", kind: "Secret", metadata: { name: "jane", namespace: "kafka", labels } });
  assert.deepEqual(await planned(world), []);
  await remove(world, true);
  assert.deepEqual(
    world.store.all().map(({ metadata }) => metadata.name),
    ["jane"],
  );
});
