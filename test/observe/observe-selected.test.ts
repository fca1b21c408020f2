import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/model/errors.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { observeSelected, openSelected, selectedRef } from "../../src/observe/observe-selected.ts";
import { planRoll } from "../../src/plan/roll.ts";
import { everyone } from "../execute/roll-cluster.ts";
import { type FakeKafka, fakeKafka } from "../fakes/kafka.ts";
import { fakeKube } from "../fakes/kube.ts";
import { podObject } from "../fakes/objects.ts";
import { partition, topic, worldTime } from "../worlds.ts";

const labels = { "app.kubernetes.io/name": "kafka", "app.kubernetes.io/instance": "shop" };

/** A pod as a chart makes it: none of Strimzi's labels, and ids that its name does not tell. */
function chartPod(role: "controller" | "broker", ordinal: number, changes: object = {}): KubeObject {
  const pod = podObject("kafka", role, ordinal);
  const spec = { containers: [{ name: "kafka", image: "kafka:4.3.1", ports: [{ name: "client", containerPort: 9094 }] }] };
  return { ...pod, spec, metadata: { ...pod.metadata, labels: { ...labels, "controller-revision-hash": "rev-1" }, ...changes } };
}

const set = (role: string): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: `kafka-${role}`, namespace: "kafka", labels },
  spec: {},
  status: { updateRevision: role === "broker" ? "rev-2" : "rev-1" },
});

const pods = [0, 1, 2].flatMap((ordinal) => [chartPod("controller", ordinal), chartPod("broker", ordinal)]);
const kafka: FakeKafka = {
  info: {
    clusterId: "c",
    controllerId: 100,
    brokers: [0, 1, 2].map((at) => ({ id: 100 + at, host: `kafka-broker-${at}.kafka-broker-headless.kafka.svc`, port: 9094 })),
  },
  topics: [topic("orders", [partition(0, [100, 101, 102])])],
  quorum: {
    leaderId: 1,
    leaderEpoch: 1,
    highWatermark: 1,
    voters: [0, 1, 2].map((id) => ({ id, logEndOffset: 1, lastFetchMs: worldTime, lastCaughtUpMs: worldTime })),
    observers: [],
  },
};

const selected = { namespace: "kafka", selector: "app.kubernetes.io/name=kafka", disks: false };
const ref = { namespace: "kafka", name: "shop" };

function sources(objects: readonly KubeObject[], state: FakeKafka = kafka) {
  const { kube } = fakeKube({ objects });
  const faked = fakeKafka(state);
  return {
    kube,
    openKafka: faked.openKafka,
    targets: faked.targets,
    readCertificates: () => [],
    clock: { now: () => worldTime, sleep: async () => {} },
  };
}

test("selected: brokers by the host they advertise, controllers by their votes; revisions by their sets", async () => {
  const from = sources([...pods, set("controller"), set("broker")]);
  assert.deepEqual(await selectedRef(from.kube, selected), ref);
  const seen = await observeSelected(from, ref, selected);
  assert.deepEqual(
    seen.nodes.map(({ id, name, roles, restartReasons }) => [id, name, roles.join(), restartReasons.join()]),
    [
      [0, "kafka-controller-0", "controller", ""],
      [1, "kafka-controller-1", "controller", ""],
      [2, "kafka-controller-2", "controller", ""],
      [100, "kafka-broker-0", "broker", "PodHasOldRevision"],
      [101, "kafka-broker-1", "broker", "PodHasOldRevision"],
      [102, "kafka-broker-2", "broker", "PodHasOldRevision"],
    ],
  );
  assert.deepEqual(from.targets[0]?.bootstrap[0]?.port, 9094);
  const answer = planRoll(seen, { ...everyone, onlyPending: true });
  assert.deepEqual(answer.ok && answer.plan.waves.length, 3);
});

test("selected: who is who is not forgotten while a pod, or Kafka, is away", async () => {
  const before = (await observeSelected(sources(pods), ref, selected)).nodes;
  const away = pods.filter(({ metadata }) => metadata.name !== "kafka-broker-1");
  const seen = await observeSelected(sources(away), ref, { ...selected, before });
  assert.deepEqual(
    seen.nodes.filter(({ pod }) => pod === undefined).map(({ id, name, roles }) => [id, name, roles.join()]),
    [[101, "kafka-broker-1", "broker"]],
  );
  const down = { ...kafka, down: new AppError("KafkaUnreachable", "nobody answers") };
  const silent = await observeSelected(sources(pods, down), ref, { ...selected, before });
  assert.deepEqual([silent.nodes.length, silent.kafka, silent.gaps[0]?.because], [6, undefined, "nobody answers"]);
  await assert.rejects(observeSelected(sources(pods, down), ref, selected), /Kafka could not be asked which node .* is: nobody answers/);
});

test("selected: what cannot be told is a fault, and no guess", async () => {
  const stranger = chartPod("broker", 7);
  await assert.rejects(
    observeSelected(sources([...pods, stranger]), ref, selected),
    /no broker advertises a host that begins with kafka-broker-7/,
  );
  await assert.rejects(observeSelected(sources([]), ref, selected), /no pod in namespace kafka has the labels/);
  const managed = chartPod("broker", 0, { labels: { ...labels, "strimzi.io/cluster": "c" } });
  await assert.rejects(selectedRef(sources([managed]).kube, selected), { code: "Usage" });
});

test("selected: Kafka is opened at the pods, or at the address given", async () => {
  const from = sources(pods);
  (await openSelected(from, selected)).close();
  const target = { bootstrap: [{ host: "k", port: 1 }], security: {}, route: { kind: "Direct" }, via: "k" } as const;
  (await openSelected(from, { ...selected, target })).close();
  assert.deepEqual(
    from.targets.map(({ route }) => route.kind),
    ["Tunnel", "Direct"],
  );
});
