import assert from "node:assert/strict";
import { test } from "node:test";
import type { Incoming } from "../../../fakes/kafka-broker/serve.ts";
import { lastBody, open } from "../open.ts";

/** Answers of one API; everything else is answered by the fake. */
const answering = (bodies: Partial<Record<string, object>>) => (request: Incoming) => {
  const body = bodies[request.api];
  return body ? ({ kind: "Body", body } as const) : undefined;
};

/** ConsumerProtocolAssignment v3: "orders" 0 and 2, no user data. */
const assignment = Buffer.from("00030000000100066f726465727300000002000000000000000 2ffffffff".replace(" ", ""), "hex");
const classic = {
  errorCode: 0,
  groupId: "g",
  groupState: "Stable",
  protocolType: "consumer",
  protocolData: "range",
  members: [{ memberId: "m", clientId: "c", clientHost: "/10.0.0.1", memberMetadata: Buffer.alloc(0), memberAssignment: assignment }],
};

test("a classic group is described, whether or not the broker knows the newer request", async (context) => {
  const want = {
    id: "g",
    type: "classic",
    state: "Stable",
    assignor: "range",
    members: [
      {
        id: "m",
        clientId: "c",
        host: "10.0.0.1",
        partitions: [
          { topic: "orders", partition: 0 },
          { topic: "orders", partition: 2 },
        ],
      },
    ],
  };
  for (const ranges of [{}, { ConsumerGroupDescribe: undefined }]) {
    const { kafka, brokers } = await open(context, { ranges });
    brokers.intercept = answering({
      ConsumerGroupDescribe: { groups: [{ errorCode: 69, errorMessage: "no consumer group", groupId: "g", members: [] }] },
      DescribeGroups: { groups: [classic] },
    });
    assert.deepEqual(await kafka.group("g"), want);
  }
});

test("a group of the newer protocol is described by the newer request", async (context) => {
  const { kafka, brokers } = await open(context);
  const member = {
    memberId: "m",
    instanceId: "i",
    clientId: "c",
    clientHost: "h",
    assignment: { topicPartitions: [{ topicId: "AAAAAAAAAAAAAAAAAAAAAA", topicName: "orders", partitions: [4] }] },
    targetAssignment: { topicPartitions: [] },
    subscribedTopicNames: [],
    memberEpoch: 1,
  };
  brokers.intercept = answering({
    ConsumerGroupDescribe: {
      groups: [
        { errorCode: 0, groupId: "g", groupState: "Stable", groupEpoch: 1, assignmentEpoch: 1, assignorName: "uniform", members: [member] },
      ],
    },
  });
  assert.deepEqual(await kafka.group("g"), {
    id: "g",
    type: "consumer",
    state: "Stable",
    assignor: "uniform",
    members: [{ id: "m", instanceId: "i", clientId: "c", host: "h", partitions: [{ topic: "orders", partition: 4 }] }],
  });
});

test("a dead group is no group", async (context) => {
  const { kafka, brokers } = await open(context, { release: "3.9" });
  brokers.intercept = answering({
    ConsumerGroupDescribe: { groups: [{ errorCode: 69, groupId: "g", members: [] }] },
    DescribeGroups: { groups: [{ ...classic, groupState: "Dead", members: [] }] },
  });
  await assert.rejects(kafka.group("g"), { code: "NotFound", message: 'Group "g" does not exist' });
});

test("groups are asked of every broker, and one that is away is an error of its id", async (context) => {
  const { kafka, brokers } = await open(context);
  brokers.intercept = ({ api, node }) =>
    api === "ListGroups"
      ? {
          kind: "Body",
          body: { errorCode: 0, groups: [{ groupId: `g${node}`, protocolType: "consumer", groupState: "Empty", groupType: "classic" }] },
        }
      : undefined;
  await brokers.stop(2);
  const { groups, errors } = await kafka.groups();
  assert.deepEqual(groups.map(({ id }) => id).sort(), ["g1", "g3"]);
  assert.deepEqual([...errors.keys()], [2]);
});

for (const [versions, shape] of [
  [[1, 7], "alone"],
  [[1, 10], "among many"],
] as const) {
  test(`offsets of a group are read by a request for it ${shape}, by the names of topics`, async (context) => {
    const { kafka, brokers } = await open(context, { ranges: { OffsetFetch: versions } });
    const topics = [
      {
        name: "orders",
        partitions: [
          { partitionIndex: 0, committedOffset: 12, metadata: "x", errorCode: 0 },
          { partitionIndex: 1, committedOffset: -1, metadata: "", errorCode: 0 },
        ],
      },
    ];
    brokers.intercept = answering({
      OffsetFetch: shape === "alone" ? { topics, errorCode: 0 } : { groups: [{ groupId: "g", topics, errorCode: 0 }] },
    });
    assert.deepEqual(await kafka.committed("g"), [{ topic: "orders", partition: 0, offset: 12, metadata: "x" }]);
    assert.equal(brokers.requests.at(-1)?.version, shape === "alone" ? 7 : 9);
  });
}

test("offsets are committed as nobody's, and what Kafka refuses of them is told by partition", async (context) => {
  const { kafka, brokers } = await open(context);
  brokers.intercept = answering({
    OffsetCommit: {
      topics: [
        {
          name: "orders",
          partitions: [
            { partitionIndex: 0, errorCode: 0 },
            { partitionIndex: 1, errorCode: 25 },
          ],
        },
      ],
    },
  });
  const refused = await kafka.commit(
    "g",
    [0, 1].map((partition) => ({ topic: "orders", partition, offset: 3 })),
  );
  assert.deepEqual(
    [...refused].map(([name, { error }]) => [name, error]),
    [["orders-1", "UNKNOWN_MEMBER_ID"]],
  );
  const sent = lastBody<{ memberId: string; generationIdOrMemberEpoch: number }>(brokers);
  assert.deepEqual([sent.memberId, sent.generationIdOrMemberEpoch], ["", -1]);
});
