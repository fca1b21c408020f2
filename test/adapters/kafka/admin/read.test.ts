import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "../open.ts";

for (const release of ["3.9", "4.3"] as const) {
  test(`reads a cluster of Kafka ${release}`, async (context) => {
    const { kafka, brokers, trace } = await open(context, { release, topics: { count: 3, partitions: 4, replicationFactor: 2 } });
    const node = brokers.state.nodes.get(2);
    if (node) node.rack = "b";
    const cluster = await kafka.cluster();
    assert.deepEqual(
      cluster.brokers.map(({ id }) => id),
      [1, 2, 3],
    );
    assert.equal(cluster.brokers[0]?.fenced, release === "4.3" ? false : undefined);
    assert.deepEqual(await kafka.features(), { level: 30, metadataVersion: "4.3-IV0" });
    const topics = await kafka.topics();
    assert.deepEqual(
      topics.map(({ name }) => name),
      ["topic-0", "topic-1", "topic-2"],
    );
    assert.deepEqual(topics[1]?.partitions[0], { partition: 0, leader: 2, replicas: [2, 3], isr: [2, 3] });
    assert.equal(topics[0]?.internal, false);
    assert.match(topics[0]?.id ?? "", /^[\w-]{22}$/);
    const quorum = await kafka.quorum();
    assert.deepEqual([quorum.leaderId, quorum.voters.length, quorum.observers.length], [1, 1, 2]);
    assert.deepEqual(await kafka.reassignments(), []);
    assert.match(
      trace.join("\n"),
      release === "4.3" ? /Kafka Metadata v13 to 1 \(127\.0\.0\.1:\d+\) in 0 ms, \d+ B/ : /Kafka Metadata v12 to/,
    );
  });
}

test("asks the brokers anew each time, and only once at first", async (context) => {
  const { kafka, brokers } = await open(context);
  await kafka.cluster();
  assert.equal(brokers.requests.filter(({ api }) => api === "DescribeCluster").length, 1);
  const third = brokers.state.nodes.get(3);
  if (third) third.fenced = true;
  assert.equal((await kafka.cluster()).brokers[2]?.fenced, true);
});

test("all topics come in one request; named ones are asked for by name and must be there", async (context) => {
  const { kafka, brokers } = await open(context, { topics: { count: 5, partitions: 1 } });
  await kafka.topics();
  assert.deepEqual(
    (await kafka.topics(["topic-3", "topic-1"])).map(({ name }) => name),
    ["topic-1", "topic-3"],
  );
  assert.deepEqual(await kafka.topics([]), []);
  assert.equal(brokers.requests.filter(({ api }) => api === "Metadata").length, 2);
  await assert.rejects(kafka.topics(["topic-1", "nope"]), { code: "NotFound", message: 'Topic "nope" does not exist' });
});

test("partitions come in order, whatever order they are told in", async (context) => {
  const partition = (index: number) => ({ partition: index, leader: 1, replicas: [1], isr: [1] });
  const { kafka } = await open(context, {
    topics: [{ name: "t", internal: false, partitions: [partition(2), partition(0), partition(1)] }],
  });
  assert.deepEqual(
    (await kafka.topics())[0]?.partitions.map((one) => one.partition),
    [0, 1, 2],
  );
});

test("settings of topics come in one request, with the wanted keys alone; a topic that is not there is an error of its name", async (context) => {
  const { kafka, brokers } = await open(context, { topics: { count: 2, partitions: 1 } });
  brokers.state.configs.set("topic topic-0", new Map([["min.insync.replicas", "2"]]));
  const { entries, errors } = await kafka.configs({ type: "topic", names: ["topic-0", "topic-1", "gone"], keys: ["min.insync.replicas"] });
  assert.deepEqual(entries.get("topic-0"), [
    { name: "min.insync.replicas", value: "2", source: "DYNAMIC_TOPIC_CONFIG", readOnly: false, sensitive: false },
  ]);
  assert.equal(entries.get("topic-1")?.[0]?.source, "DEFAULT_CONFIG");
  assert.equal(errors.get("gone"), 'Topic "gone": topic gone is not there (UNKNOWN_TOPIC_OR_PARTITION)');
  assert.equal(brokers.requests.filter(({ api }) => api === "DescribeConfigs").length, 1);
});

test("settings of brokers are asked of each, and one that is away is an error of its name", async (context) => {
  const { kafka, brokers } = await open(context);
  brokers.state.configs.set("broker 3", new Map([["min.insync.replicas", "3"]]));
  await brokers.stop(2);
  const { entries, errors } = await kafka.configs({ type: "broker", names: ["2", "3", ""], keys: ["min.insync.replicas"] });
  assert.equal(entries.get("3")?.[0]?.value, "3");
  assert.ok(entries.has(""));
  assert.match(errors.get("2") ?? "", /Cannot reach Kafka at 127\.0\.0\.1:\d+ \(a test\): connection refused/);
  assert.deepEqual(
    brokers.requests
      .filter(({ api }) => api === "DescribeConfigs")
      .map(({ node }) => node)
      .sort(),
    [1, 3],
  );
});

test("log directories are asked of each broker, without their topics", async (context) => {
  const { kafka, brokers } = await open(context);
  brokers.state.logDirs.set(3, [{ errorCode: 56, logDir: "/broken", totalBytes: -1, usableBytes: -1 }]);
  await brokers.stop(1);
  const { dirs, errors } = await kafka.logDirs([1, 2, 3, 9]);
  assert.deepEqual(dirs, [
    { brokerId: 2, path: "/var/lib/kafka/data-0", totalBytes: 100e9, usableBytes: 60e9 },
    { brokerId: 3, path: "/broken", totalBytes: -1, usableBytes: -1, error: "KAFKA_STORAGE_ERROR" },
  ]);
  assert.deepEqual([...errors.keys()].sort(), [1, 9]);
  assert.match(errors.get(9) ?? "", /Broker 9 is not registered/);
});

test("filled log directories tell how much lies in them and what their replicas lack", async (context) => {
  const { kafka, brokers } = await open(context);
  const replica = (partitionSize: number, offsetLag: number, isFutureKey = false) => ({
    partitionIndex: 0,
    partitionSize,
    offsetLag,
    isFutureKey,
  });
  const replicas = [{ name: "orders", partitions: [replica(100, 5), replica(20, 0), replica(50, 7, true)] }];
  brokers.state.logDirs.set(3, [{ errorCode: 0, logDir: "/data", totalBytes: 9, usableBytes: 4, replicas }]);
  const { dirs } = await kafka.filledLogDirs([3]);
  assert.deepEqual(dirs, [{ brokerId: 3, path: "/data", totalBytes: 9, usableBytes: 4, replicaBytes: 120, recordsBehind: 5 }]);
});

test("a refusal carries Kafka's name for it and the broker's own text", async (context) => {
  const { kafka, brokers } = await open(context);
  brokers.intercept = () => ({ kind: "Body", body: { errorCode: 31, errorMessage: "not for you", topics: [] } });
  await assert.rejects(kafka.reassignments(), {
    code: "KafkaError",
    message: "The reassignments under way: not for you (CLUSTER_AUTHORIZATION_FAILED)",
    details: { error: "CLUSTER_AUTHORIZATION_FAILED" },
    hint: "Our user lacks an ACL on the cluster; connect as one that may, or grant it",
  });
});
