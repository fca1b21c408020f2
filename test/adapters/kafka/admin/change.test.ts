import assert from "node:assert/strict";
import { test } from "node:test";
import { finishMoves } from "../../../fakes/kafka-broker/handle-moves.ts";
import { open } from "../open.ts";

const none = new Map();

for (const release of ["3.9", "4.3"] as const) {
  test(`topics are made, grown and deleted on Kafka ${release}, and refusals told by name`, async (context) => {
    const { kafka, brokers } = await open(context, { release, ranges: release === "3.9" ? { DeleteTopics: [0, 5] } : {} });
    assert.deepEqual(
      await kafka.createTopics([
        { name: "a", partitions: 2, replicationFactor: 2, configs: { "retention.ms": "5" } },
        {
          name: "b",
          assignments: [
            [3, 1],
            [1, 2],
          ],
        },
      ]),
      none,
    );
    assert.deepEqual(
      (await kafka.topics(["b"]))[0]?.partitions.map(({ replicas }) => replicas),
      [
        [3, 1],
        [1, 2],
      ],
    );
    assert.equal(brokers.state.configs.get("topic a")?.get("retention.ms"), "5");
    const refused = await kafka.createTopics([{ name: "a" }, { name: "c" }]);
    assert.deepEqual([...refused], [["a", { error: "TOPIC_ALREADY_EXISTS", message: "Topic 'a' already exists." }]]);
    await kafka.createTopics([{ name: "d" }], { validateOnly: true });
    assert.deepEqual(await kafka.createPartitions([{ name: "a", count: 5 }]), none);
    assert.equal((await kafka.createPartitions([{ name: "a", count: 5 }])).get("a")?.error, "INVALID_PARTITIONS");
    assert.deepEqual([...(await kafka.deleteTopics(["b", "nope"])).keys()], ["nope"]);
    assert.deepEqual(
      (await kafka.topics()).map(({ name, partitions }) => `${name} ${partitions.length}`),
      ["a 5", "c 1"],
    );
  });
}

test("a change is not sent twice when the connection was lost on the way", async (context) => {
  const { kafka, brokers } = await open(context);
  await kafka.quorum();
  brokers.intercept = ({ api }) => (api === "CreateTopics" ? { kind: "HangUp" } : undefined);
  await assert.rejects(kafka.createTopics([{ name: "a" }]), {
    code: "KafkaUnreachable",
    details: { reason: "ConnectionLost", address: `127.0.0.1:${brokers.bootstrap[0]?.port}` },
  });
  assert.equal(brokers.requests.filter(({ api }) => api === "CreateTopics").length, 1);
});

test("a change that all brokers refuse in passing is tried again", async (context) => {
  const { kafka, brokers } = await open(context);
  let left = 2;
  brokers.intercept = ({ api }) =>
    api === "CreateTopics" && left-- > 0
      ? { kind: "Body", body: { topics: [{ name: "a", errorCode: 89, errorMessage: "slow down" }] } }
      : undefined;
  assert.deepEqual(await kafka.createTopics([{ name: "a" }]), none);
  assert.equal(brokers.state.topics.size, 1);
});

test("settings go to whom they concern, and are set and taken back", async (context) => {
  const { kafka, brokers } = await open(context, { topics: { count: 1, partitions: 1 } });
  const refused = await kafka.alterConfigs([
    { type: "topic", name: "topic-0", set: { "min.insync.replicas": "2" } },
    { type: "topic", name: "nope", set: { "min.insync.replicas": "2" } },
    { type: "broker", name: "2", set: { "min.insync.replicas": "3" } },
    { type: "broker", name: "", set: { "min.insync.replicas": "1" } },
  ]);
  assert.deepEqual([...refused.keys()], ["topic nope"]);
  assert.deepEqual(
    brokers.requests
      .filter(({ api }) => api === "IncrementalAlterConfigs")
      .map(({ node }) => node)
      .sort(),
    [1, 2],
  );
  assert.equal(brokers.state.configs.get("broker 2")?.get("min.insync.replicas"), "3");
  await kafka.alterConfigs([{ type: "topic", name: "topic-0", remove: ["min.insync.replicas"] }]);
  assert.equal(brokers.state.configs.get("topic topic-0")?.size, 0);
});

test("moves are started, seen, cancelled and finished", async (context) => {
  const { kafka, brokers } = await open(context, {
    topics: [
      { name: "t", internal: false, partitions: [0, 1].map((partition) => ({ partition, leader: 1, replicas: [1, 2], isr: [1, 2] })) },
    ],
  });
  assert.deepEqual(
    await kafka.moveReplicas([
      { topic: "t", partition: 0, replicas: [3, 2] },
      { topic: "t", partition: 1, replicas: [2, 3] },
    ]),
    none,
  );
  assert.deepEqual((await kafka.reassignments())[0], { topic: "t", partition: 0, replicas: [3, 2, 1], adding: [3], removing: [1] });
  assert.deepEqual(await kafka.moveReplicas([{ topic: "t", partition: 1, replicas: null }]), none);
  finishMoves(brokers.state);
  assert.deepEqual(await kafka.reassignments(), []);
  assert.deepEqual(
    (await kafka.topics())[0]?.partitions.map(({ replicas }) => replicas),
    [
      [3, 2],
      [1, 2],
    ],
  );
  assert.equal((await kafka.moveReplicas([{ topic: "t", partition: 1, replicas: null }])).get("t-1")?.error, "NO_REASSIGNMENT_IN_PROGRESS");
});

test("what an old broker cannot be told is not left out in silence", async (context) => {
  const { kafka } = await open(context, { release: "3.9", topics: { count: 1, partitions: 1 } });
  await assert.rejects(kafka.moveReplicas([{ topic: "topic-0", partition: 0, replicas: [1] }], { keepFactor: true }), {
    code: "UnsupportedByBroker",
    message: /is too old: its AlterPartitionReassignments has no allowReplicationFactorChange$/,
  });
});

test("offsets are asked of the leaders, once more where one moved", async (context) => {
  const partitions = [
    { partition: 0, leader: 1, replicas: [1], isr: [1] },
    { partition: 1, leader: 2, replicas: [2], isr: [2] },
    { partition: 2, leader: -1, replicas: [3], isr: [] },
  ];
  const { kafka, brokers } = await open(context, { topics: [{ name: "t", internal: false, partitions }] });
  let moved = false;
  brokers.intercept = ({ api, node, body }) => {
    if (api !== "ListOffsets") return undefined;
    const errorCode = node === 2 && !moved ? 6 : 0;
    moved ||= node === 2;
    const { topics } = body as { topics: { name: string; partitions: { partitionIndex: number; timestamp: number }[] }[] };
    return {
      kind: "Body",
      body: {
        topics: topics.map(({ name, partitions: own }) => ({
          name,
          partitions: own.map(({ partitionIndex, timestamp }) => ({ partitionIndex, errorCode, timestamp, offset: 10 * node })),
        })),
      },
    };
  };
  const { offsets, refusals } = await kafka.offsets(
    [0, 1, 2, 7].map((partition) => ({ topic: "t", partition })),
    "earliest",
  );
  assert.deepEqual(offsets, [
    { topic: "t", partition: 0, offset: 10, timestampMs: -2 },
    { topic: "t", partition: 1, offset: 20, timestampMs: -2 },
  ]);
  assert.deepEqual(
    [...refusals].map(([name, { error }]) => `${name} ${error}`),
    ["t-2 LEADER_NOT_AVAILABLE", "t-7 UNKNOWN_TOPIC_OR_PARTITION"],
  );
});

test("partitions come page by page, until there is no next one", async (context) => {
  const { kafka, brokers } = await open(context);
  const page = (index: number) => ({
    errorCode: 0,
    name: "t",
    partitions: [
      {
        errorCode: 0,
        partitionIndex: index,
        leaderId: 1,
        leaderEpoch: 4,
        replicaNodes: [1, 2],
        isrNodes: [1],
        eligibleLeaderReplicas: [2],
        lastKnownElr: null,
        offlineReplicas: [],
      },
    ],
  });
  brokers.intercept = ({ api, body }) => {
    if (api !== "DescribeTopicPartitions") return undefined;
    const at = (body as { cursor: { partitionIndex: number } | null }).cursor?.partitionIndex ?? 0;
    return { kind: "Body", body: { topics: [page(at)], nextCursor: at < 2 ? { topicName: "t", partitionIndex: at + 1 } : null } };
  };
  const pages = await Array.fromAsync(kafka.partitions(["t"]));
  assert.deepEqual(
    pages.flat().map(({ partition, eligible }) => [partition, eligible]),
    [
      [0, [2]],
      [1, [2]],
      [2, [2]],
    ],
  );
});
