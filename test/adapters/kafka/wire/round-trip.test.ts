import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeMessage, type ElementMaps } from "../../../../src/adapters/kafka/wire/decode.ts";
import { InexpressibleField } from "../../../../src/adapters/kafka/wire/encode.ts";
import { messageOf } from "../../../../src/adapters/kafka/wire/schema.ts";
import { decode, encode, everyVersion, messageArbitrary } from "./arbitrary.ts";

test("every message in every version is read as it was written", () => {
  assert.ok(everyVersion.length > 350, `${everyVersion.length} versions`);
  for (const { message, version } of everyVersion) {
    const property = fc.property(messageArbitrary(message, version), (value) => {
      assert.deepEqual(decode(message, version, encode(message, version, value)), value, `${message.name} v${version}`);
    });
    fc.assert(property, { numRuns: 4, seed: version });
  }
});

test("what a request leaves out has Kafka's default", () => {
  const read = decode(messageOf("CreateTopicsRequest"), 7, encode(messageOf("CreateTopicsRequest"), 7, { topics: [] }));
  assert.deepEqual(read, { topics: [], timeoutMs: 60000, validateOnly: false });
});

test("a field that the version lacks stops the request unless Kafka calls it ignorable", () => {
  const listGroups = messageOf("ListGroupsRequest");
  assert.throws(() => encode(listGroups, 4, { statesFilter: [], typesFilter: ["Consumer"] }), InexpressibleField);
  assert.throws(() => encode(listGroups, 3, { statesFilter: ["Stable"] }), { field: "statesFilter" });
  assert.equal(encode(listGroups, 4, { statesFilter: [], typesFilter: [] }).length, 2);
  const listOffsets = { replicaId: -1, topics: [{ name: "t", partitions: [{ partitionIndex: 0, currentLeaderEpoch: 9, timestamp: -1 }] }] };
  assert.ok(encode(messageOf("ListOffsetsRequest"), 3, listOffsets).length > 0);
});

test("null is refused where the version does not know it", () => {
  assert.throws(() => encode(messageOf("MetadataRequest"), 0, { topics: null }), InexpressibleField);
});

test("a tagged field is written only when it says something", () => {
  const message = messageOf("ApiVersionsResponse");
  const bare = { errorCode: 0, apiKeys: [], throttleTimeMs: 0 };
  assert.equal(encode(message, 3, bare).toString("hex"), "0000010000000000");
  assert.equal(encode(message, 3, { ...bare, finalizedFeaturesEpoch: 7 }).toString("hex"), "000001000000000101080000000000000007");
});

test("tagged fields that are not known are passed over", () => {
  const bytes = Buffer.from("00000100000000020108000000000000000763020102", "hex");
  const read = decode(messageOf("ApiVersionsResponse"), 3, bytes) as { finalizedFeaturesEpoch: number };
  assert.equal(read.finalizedFeaturesEpoch, 7);
});

test("element maps make what they like of elements, and equal lists of ids become one", () => {
  const message = messageOf("MetadataResponse");
  const partition = (index: number, isr: number[]) => ({
    errorCode: 0,
    partitionIndex: index,
    leaderId: 1,
    replicaNodes: [1, 2, 3],
    isrNodes: isr,
    offlineReplicas: [],
  });
  const bytes = encode(message, 12, {
    brokers: [],
    topics: [{ errorCode: 0, name: "a", partitions: [partition(0, [1, 2, 3]), partition(1, [2, 3])] }],
  });
  const seen: unknown[] = [];
  const maps = {
    "topics.partitions": ({
      partitionIndex,
      replicaNodes,
      isrNodes,
    }: {
      partitionIndex: number;
      replicaNodes: unknown;
      isrNodes: unknown;
    }) => {
      seen.push(replicaNodes, isrNodes);
      return partitionIndex * 10;
    },
    topics: (topic: { name: string; partitions: unknown }) => `${topic.name}: ${String(topic.partitions)}`,
  };
  const read = decodeWith(bytes, maps);
  assert.deepEqual(read.topics, ["a: 0,10"]);
  assert.equal(seen[0], seen[1]);
  assert.equal(seen[0], seen[2]);
  assert.deepEqual(seen[3], [2, 3]);
});

function decodeWith(bytes: Buffer, maps: ElementMaps): { topics: unknown } {
  return decodeMessage(messageOf("MetadataResponse"), 12, { bytes, maps }) as { topics: unknown };
}
