import assert from "node:assert/strict";
import { test } from "node:test";
import { errorOf, isRetriableError } from "../../../../src/adapters/kafka/wire/error-codes.ts";
import { metadataVersions } from "../../../../src/adapters/kafka/wire/metadata-versions.generated.ts";
import { messageNames, messageOf } from "../../../../src/adapters/kafka/wire/schema.ts";

test("error codes have Kafka's names and texts", () => {
  assert.deepEqual(errorOf(3), {
    code: 3,
    name: "UNKNOWN_TOPIC_OR_PARTITION",
    retriable: true,
    text: "This server does not host this topic-partition.",
  });
  assert.equal(errorOf(-1).name, "UNKNOWN_SERVER_ERROR");
  assert.equal(errorOf(133).name, "SHARE_SESSION_LIMIT_REACHED");
  assert.equal(errorOf(9999).name, "ERROR_9999");
  assert.equal(isRetriableError("NOT_CONTROLLER"), true);
  assert.equal(isRetriableError("POLICY_VIOLATION"), false);
  assert.equal(isRetriableError("ERROR_9999"), false);
});

test("metadata versions have Kafka's names", () => {
  assert.equal(metadataVersions[4], "3.3-IV0");
  assert.equal(metadataVersions[21], "3.9-IV0");
  assert.equal(metadataVersions[30], "4.3-IV0");
});

test("every request has its answer, with the same key, in every version", () => {
  for (const name of messageNames.filter((one) => one.endsWith("Request"))) {
    const request = messageOf(name);
    const response = messageOf(name.replace(/Request$/, "Response"));
    assert.deepEqual([response.apiKey, response.flexibleFrom], [request.apiKey, request.flexibleFrom], name);
    assert.ok(response.max >= request.max, name);
  }
});

test("the versions reach from Kafka 3.9 to 4.3", () => {
  const range = (api: string) => [messageOf(`${api}Request`).min, messageOf(`${api}Request`).max];
  assert.deepEqual(range("Metadata"), [0, 13]);
  assert.deepEqual(range("DescribeLogDirs"), [1, 5]);
  assert.deepEqual(range("AlterPartitionReassignments"), [0, 1]);
  assert.deepEqual(range("DescribeQuorum"), [0, 2]);
});
