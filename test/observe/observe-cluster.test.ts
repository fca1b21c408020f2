import assert from "node:assert/strict";
import { test } from "node:test";
import type { CertificateInfo } from "../../src/model/certificate.ts";
import { AppError } from "../../src/model/errors.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { findClusters } from "../../src/observe/find-clusters.ts";
import { observeCluster, observeClusters } from "../../src/observe/observe-cluster.ts";
import { type FakeKafka, fakeKafka } from "../fakes/kafka.ts";
import { fakeKube } from "../fakes/kube.ts";
import { kafkaResource, labelledCluster, podObject, secretObject, statefulSetObject } from "../fakes/objects.ts";
import { partition, topic, worldTime } from "../worlds.ts";

const ref = { namespace: "kafka", name: "my-cluster" };
const look = { access: {}, disks: true };

const broker = (id: number) => ({
  id,
  host: `my-cluster-broker-${id}.my-cluster-kafka-brokers.kafka.svc`,
  port: 9091,
  rack: `zone-${id - 2}`,
  fenced: false,
});

const kafkaUp: FakeKafka = {
  info: { clusterId: "abc", controllerId: 3, brokers: [3, 4, 5].map(broker) },
  topics: [topic("orders", [partition(0, [3, 4, 5]), partition(1, [4, 5, 3])])],
  quorum: {
    leaderId: 1,
    leaderEpoch: 7,
    highWatermark: 100,
    voters: [
      { id: 0, logEndOffset: 99, lastFetchMs: worldTime, lastCaughtUpMs: worldTime - 20 },
      { id: 1, logEndOffset: 100, lastFetchMs: worldTime, lastCaughtUpMs: worldTime },
    ],
    observers: [],
  },
  logDirs: [{ brokerId: 3, path: "/data", totalBytes: 100, usableBytes: 40 }],
};

const readCertificates = (pem: string): CertificateInfo[] => [
  {
    subject: `CN=${pem}`,
    issuer: "CN=ca",
    serial: "01",
    notBefore: "2026-01-01T00:00:00Z",
    notAfter: "2027-01-01T00:00:00Z",
    dnsNames: [],
    ipAddresses: [],
    isCa: false,
    fingerprint: "AA",
  },
];

function sources(
  objects: readonly KubeObject[],
  options: { kafka?: FakeKafka; forbidden?: string[]; groups?: string[]; down?: AppError } = {},
) {
  const { kube, requests } = fakeKube({ objects, ...options });
  const kafka = fakeKafka(options.kafka ?? kafkaUp);
  const clock = { now: () => worldTime, sleep: async () => {} };
  return { kube, requests, kafka, openKafka: kafka.openKafka, readCertificates, clock };
}

test("observe: a cluster without custom resources is joined from labels, sets and Kafka's answers", async () => {
  const from = sources(labelledCluster(), { groups: [] });
  const seen = await observeCluster(from, ref, look);
  assert.ok(seen);
  assert.deepEqual(seen.mode, { kind: "direct", because: "its pods belong to StatefulSets" });
  assert.deepEqual(
    seen.nodes.map(({ id, roles, rack }) => [id, ...roles, rack]),
    [
      [0, "controller", "zone-1"],
      [1, "controller", "zone-2"],
      [2, "controller", "zone-3"],
      [3, "broker", "zone-1"],
      [4, "broker", "zone-2"],
      [5, "broker", "zone-3"],
    ],
  );
  const { leaders, replicas, disk, registration, version } = seen.nodes[3] ?? {};
  assert.deepEqual(
    { leaders, replicas, disk, registration, version },
    { leaders: 1, replicas: 2, disk: { usedBytes: 60, sizeBytes: 100 }, registration: "active", version: "4.3.1" },
  );
  assert.deepEqual(seen.kafka?.quorum?.voters, [
    { id: 0, lag: 1, behindMs: 20 },
    { id: 1, lag: 0 },
  ]);
  assert.equal(seen.kafka?.topics?.[0]?.minIsr, 2);
  assert.equal(seen.listeners[0]?.bootstrapServers, "my-cluster-kafka-bootstrap.kafka.svc:9092");
  assert.deepEqual(seen.gaps, []);
  assert.equal(from.kafka.open(), 0, "the connection is closed again");
});

test("observe: brokers are reached at 9091 with the operator's identity, trusting every CA", async () => {
  const from = sources(labelledCluster());
  await observeCluster(from, ref, look);
  const [target] = from.kafka.targets;
  assert.deepEqual(target?.bootstrap[0], { host: "my-cluster-broker-3.my-cluster-kafka-brokers.kafka.svc", port: 9091 });
  assert.equal(target?.security.tls?.cert, "CERT");
  assert.match(target?.security.tls?.ca ?? "", /CA\nOLD CA/);
  assert.deepEqual(target?.route, {
    kind: "Tunnel",
    namespace: "kafka",
    pods: ["my-cluster-broker-3", "my-cluster-broker-4", "my-cluster-broker-5"],
  });
});

test("observe: where 9091 refuses the operator's identity the open listener is taken, and both are told", async () => {
  for (const code of ["TlsFailed", "KafkaAuthenticationFailed"] as const) {
    const from = sources(labelledCluster(), { kafka: { ...kafkaUp, closed: { 9091: new AppError(code, "not trusted") } } });
    const seen = await observeCluster(from, ref, look);
    assert.deepEqual(
      from.kafka.targets.map(({ bootstrap }) => bootstrap[0]?.port),
      [9091, 9092],
    );
    assert.equal(seen?.kafka?.via, "listener plain (9092) without authentication");
    assert.deepEqual(seen?.gaps, [{ part: "Kafka by port 9091 as cluster-operator", because: "not trusted" }]);
    assert.equal(from.kafka.open(), 0);
  }
});

test("observe: where nothing stands in for 9091, or nobody answers there, it says what 9091 said", async () => {
  const refusal = new AppError("TlsFailed", "not trusted");
  const closed = { 9091: refusal, 9092: new AppError("KafkaUnreachable", "nobody answers") };
  const both = await observeCluster(sources(labelledCluster(), { kafka: { ...kafkaUp, closed } }), ref, look);
  assert.deepEqual(both?.gaps, [{ part: "Kafka", because: "not trusted" }]);
  const silent = sources(labelledCluster(), { kafka: { ...kafkaUp, closed: { 9091: new AppError("KafkaUnreachable", "silence") } } });
  assert.deepEqual((await observeCluster(silent, ref, look))?.gaps, [{ part: "Kafka", because: "silence" }]);
  assert.equal(silent.kafka.targets.length, 1);
});

test("observe: without the operator's Secret the open listener is taken, and the gap is named", async () => {
  const from = sources(labelledCluster(), { forbidden: ["secrets"] });
  const seen = await observeCluster(from, ref, look);
  assert.equal(from.kafka.targets[0]?.bootstrap[0]?.port, 9092);
  assert.deepEqual(from.kafka.targets[0]?.security, {});
  assert.deepEqual(
    seen?.gaps.map(({ part }) => part),
    ["certificates"],
  );
});

test("observe: Secrets that may be got but not listed are got by name", async () => {
  const from = sources(labelledCluster(), { forbidden: ["list secrets"] });
  const seen = await observeCluster(from, ref, look);
  assert.equal(from.kafka.targets[0]?.bootstrap[0]?.port, 9091);
  assert.equal(seen?.certificates[0]?.secret, "my-cluster-cluster-ca-cert");
});

test("observe: every listener asks for authentication: Kafka is a gap with the way out", async () => {
  const listeners = [{ name: "tls", port: 9093, tls: true, type: "internal", authentication: { type: "scram-sha-512" } }];
  const objects = [
    ...labelledCluster().filter(({ kind }) => kind !== "Secret"),
    kafkaResource("my-cluster", { spec: { kafka: { listeners } } }),
  ];
  const seen = await observeCluster(sources(objects), ref, look);
  const gap = seen?.gaps.find(({ part }) => part === "Kafka");
  assert.match(gap?.because ?? "", /every listener asks for authentication/);
  assert.match(gap?.hint ?? "", /--as-user/);
});

test("observe: a KafkaUser's Secret opens the listener that takes its kind", async () => {
  const listeners = [
    { name: "tls", port: 9093, tls: true, type: "internal", authentication: { type: "tls" } },
    { name: "scram", port: 9094, tls: true, type: "internal", authentication: { type: "scram-sha-512" } },
  ];
  const base = [...labelledCluster(), kafkaResource("my-cluster", { spec: { kafka: { listeners } } })];
  const alice = secretObject("my-cluster", "alice", { password: "secret" });
  const bob = secretObject("my-cluster", "bob", { "user.crt": "C", "user.key": "K" });
  const from = sources([...base, alice, bob]);
  await observeCluster(from, ref, { ...look, access: { asUser: "alice" } });
  await observeCluster(from, ref, { ...look, access: { asUser: "bob" } });
  assert.deepEqual(
    from.kafka.targets.map(({ via }) => via),
    ["listener scram (9094) as alice", "listener tls (9093) as bob"],
  );
  assert.deepEqual(from.kafka.targets[0]?.security.sasl, { mechanism: "SCRAM-SHA-512", username: "alice", password: "secret" });
});

test("observe: half the pods gone, and Kafka with them", async () => {
  const gone = labelledCluster().filter(
    ({ metadata }) => !/-(broker-\d|controller-2)$/.test(metadata.name) || metadata.name.startsWith("node"),
  );
  const seen = await observeCluster(sources(gone), ref, look);
  assert.deepEqual(
    seen?.nodes.filter(({ pod }) => pod === undefined).map(({ id }) => id),
    [2, 3, 4, 5],
  );
  assert.match(seen?.gaps.find(({ part }) => part === "Kafka")?.because ?? "", /no broker pod of my-cluster is running/);
});

test("observe: how far voters are behind is told by the leader's clock, not by this machine's", async () => {
  const late = worldTime - 3_600_000;
  const voters = [
    { id: 0, logEndOffset: 99, lastFetchMs: late, lastCaughtUpMs: late - 50 },
    { id: 1, logEndOffset: 100, lastFetchMs: late, lastCaughtUpMs: late },
  ];
  const kafka = { ...kafkaUp, quorum: { leaderId: 1, leaderEpoch: 7, highWatermark: 100, voters, observers: [] } };
  const seen = await observeCluster(sources(labelledCluster(), { kafka }), ref, look);
  assert.deepEqual(seen?.kafka?.quorum?.voters[0], { id: 0, lag: 1, behindMs: 50 });
});

test("observe: what Kafka refuses is a gap each, the rest is shown", async () => {
  const seen = await observeCluster(sources(labelledCluster(), { kafka: { ...kafkaUp, refuses: ["quorum", "reassignments"] } }), ref, look);
  assert.deepEqual(seen?.gaps.map(({ part }) => part).sort(), ["metadata quorum", "reassignments"]);
  assert.equal(seen?.kafka?.topics?.length, 1);
});

test("observe: nothing by that name is undefined, an API server that is down is its own error", async () => {
  assert.equal(await observeCluster(sources(labelledCluster("other")), ref, look), undefined);
  await assert.rejects(observeCluster(sources(labelledCluster(), { forbidden: ["pods", "statefulsets"], groups: [] }), ref, look), {
    code: "Forbidden",
  });
  const down = new AppError("Unreachable", "connection refused");
  await assert.rejects(observeCluster(sources([], { down }), ref, look), down);
});

test("observe: pods from pod sets, or a resource with an operator over it, are managed", async () => {
  const podSet = {
    apiVersion: "core.strimzi.io/v1",
    kind: "StrimziPodSet",
    metadata: { name: "my-cluster-broker", namespace: "kafka", labels: { "strimzi.io/cluster": "my-cluster" } },
    spec: { pods: [] },
  };
  assert.equal((await observeCluster(sources([...labelledCluster(), podSet]), ref, look))?.mode.kind, "managed");
  const operator = (watched: string): KubeObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "strimzi-cluster-operator", namespace: "strimzi", labels: { app: "strimzi" } },
    spec: {
      template: {
        spec: { containers: [{ image: "quay.io/strimzi/operator:1.2.0", env: [{ name: "STRIMZI_NAMESPACE", value: watched }] }] },
      },
    },
    status: { availableReplicas: 1 },
  });
  const managed = await observeCluster(sources([...labelledCluster(), kafkaResource("my-cluster"), operator("a,kafka")]), ref, look);
  assert.deepEqual([managed?.mode.kind, managed?.operator?.version], ["managed", "1.2.0"]);
  const elsewhere = await observeCluster(sources([...labelledCluster(), kafkaResource("my-cluster"), operator("other")]), ref, look);
  assert.deepEqual([elsewhere?.mode.kind, elsewhere?.operator], ["direct", undefined]);
});

test("observe: pods that await a restart say why", async () => {
  const rest = labelledCluster().filter(({ metadata }) => metadata.name !== "my-cluster-broker-3" && metadata.name !== "my-cluster-broker");
  const set = statefulSetObject("my-cluster", "broker", 3, 3);
  const annotations = { "strimzi.io/manual-rolling-update": "true", "strimzi.io/cluster-ca-cert-generation": "0" };
  const claim: KubeObject = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data-my-cluster-broker-3", namespace: "kafka", labels: { "strimzi.io/cluster": "my-cluster" } },
    status: { capacity: { storage: "1Gi" }, conditions: [{ type: "FileSystemResizePending", status: "True" }] },
  };
  const objects = [...rest, { ...set, status: { updateRevision: "rev-2" } }, podObject("my-cluster", "broker", 3, { annotations }), claim];
  const seen = await observeCluster(sources(objects), ref, look);
  const reasons = seen?.nodes.map(({ restartReasons }) => restartReasons);
  assert.deepEqual(reasons?.[3], ["ManualRollingUpdate", "PodHasOldRevision", "CaCertRenewed", "FileSystemResizeNeeded"]);
  assert.deepEqual(reasons?.[4], ["PodHasOldRevision"]);
  assert.deepEqual(reasons?.[0], []);
});

test("observe: the number of requests depends on neither topics nor pods nor clusters", async () => {
  const topics = Array.from({ length: 500 }, (_, index) => topic(`t${index}`, [partition(0, [3, 4, 5])]));
  const few = sources(labelledCluster());
  const many = sources(
    [...labelledCluster(), ...Array.from({ length: 300 }, (_, index) => podObject("my-cluster", "broker", 10 + index))],
    { kafka: { ...kafkaUp, topics } },
  );
  await observeCluster(few, ref, look);
  await observeCluster(many, ref, look);
  assert.deepEqual(many.requests, few.requests);
  const fleet = sources(["a", "b", "c", "d"].flatMap((name) => labelledCluster(name)));
  const { observations } = await observeClusters(fleet, { namespace: "kafka" }, look);
  assert.equal(observations.length, 4);
  assert.equal(fleet.requests.length, few.requests.length);
});

test("observe: clusters are found by resource and by label, each once", async () => {
  const { kube } = fakeKube({ objects: [...labelledCluster("b"), ...labelledCluster("a"), kafkaResource("a"), kafkaResource("new")] });
  assert.deepEqual(
    (await findClusters(kube, { namespace: "kafka" })).map(({ name }) => name),
    ["a", "b", "new"],
  );
  const blind = fakeKube({ objects: [], forbidden: ["kafkas", "pods"] });
  await assert.rejects(findClusters(blind.kube, { namespace: "kafka" }), { code: "Forbidden" });
});
