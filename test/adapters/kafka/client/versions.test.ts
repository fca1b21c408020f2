import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "../open.ts";

test("a broker that does not know our ApiVersions is asked in the newest one that both know", async (context) => {
  const { kafka, brokers } = await open(context, { nodes: [1], ranges: { ApiVersions: [0, 3] } });
  assert.deepEqual(
    brokers.requests.map(({ api, version }) => `${api} ${version}`),
    ["ApiVersions 4", "ApiVersions 3", "DescribeCluster 2"],
  );
  assert.equal((await kafka.features()).level, 30);
});

test("each broker is spoken to in its own versions", async (context) => {
  const { kafka, brokers } = await open(context, { nodes: [1, 2] });
  brokers.intercept = ({ api, node }) =>
    api === "ApiVersions" && node === 2
      ? { kind: "Body", body: { errorCode: 0, apiKeys: [{ apiKey: 35, minVersion: 1, maxVersion: 3 }] } }
      : undefined;
  await kafka.logDirs([1, 2]);
  const asked = brokers.requests.filter(({ api }) => api === "DescribeLogDirs").map(({ node, version }) => [node, version]);
  assert.deepEqual(asked.sort(), [
    [1, 5],
    [2, 3],
  ]);
});

test("no version in common is told with both ranges", async (context) => {
  const { kafka } = await open(context, { nodes: [1], ranges: { DescribeQuorum: undefined, ListPartitionReassignments: [5, 7] } });
  await assert.rejects(kafka.quorum(), {
    code: "UnsupportedByBroker",
    message: /^Kafka at 127\.0\.0\.1:\d+ \(a test\) does not know DescribeQuorum$/,
    details: { api: "DescribeQuorum" },
  });
  await assert.rejects(kafka.reassignments(), {
    code: "UnsupportedByBroker",
    message: /knows ListPartitionReassignments in versions 5 to 7, and we in version 0$/,
    hint: "This Kafka is newer than this tool: upgrade the tool",
  });
});
