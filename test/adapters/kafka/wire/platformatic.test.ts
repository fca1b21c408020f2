import assert from "node:assert/strict";
import { test } from "node:test";
import { type ApiName, requestMessage } from "../../../../src/adapters/kafka/wire/request.ts";
import { encode } from "./arbitrary.ts";

/** A request as another client makes it: the file of its encoder, the versions to compare, its arguments, and the same as our body. */
type Case = { api: ApiName; file: string; versions: [number, number]; args: unknown[]; body: object };

const range = (from: number, to: number): [number, number] => [from, to];

const topic = {
  name: "orders",
  numPartitions: 3,
  replicationFactor: 2,
  assignments: [{ partitionIndex: 0, brokerIds: [1, 2] }],
  configs: [{ name: "retention.ms", value: "1" }],
};
const acl = {
  resourceType: 2,
  resourceName: "orders",
  resourcePatternType: 3,
  principal: "User:jane",
  host: "*",
  operation: 4,
  permissionType: 3,
};
const filter = { resourceType: 1, resourceName: null, resourcePatternType: 1, principal: null, host: "*", operation: 1, permissionType: 1 };
const filterBody = {
  resourceTypeFilter: 1,
  resourceNameFilter: null,
  patternTypeFilter: 1,
  principalFilter: null,
  hostFilter: "*",
  operation: 1,
  permissionType: 1,
};
const moves = [{ name: "orders", partitions: [{ partitionIndex: 0, replicas: [4, 5] }] }];
const settings = [{ resourceType: 2, resourceName: "orders", configs: [{ name: "retention.ms", configOperation: 0, value: "9" }] }];
const entity = [{ entityType: "user", entityName: null }];
const quotas = [{ entity, ops: [{ key: "producer_byte_rate", value: 1024.5, remove: false }] }];
const upsertion = { name: "jane", mechanism: 2, iterations: 4096, salt: Buffer.from("salt"), saltedPassword: Buffer.from("salted") };
const committed = { partitionIndex: 1, committedOffset: 42, committedLeaderEpoch: 3, committedMetadata: null };

const cases: Case[] = [
  {
    api: "Metadata",
    file: "metadata/metadata",
    versions: range(4, 9),
    args: [[{ name: "orders" }], true],
    body: { topics: [{ name: "orders" }], allowAutoTopicCreation: true },
  },
  {
    api: "DescribeCluster",
    file: "admin/describe-cluster",
    versions: range(0, 1),
    args: [true, 1],
    body: { includeClusterAuthorizedOperations: true },
  },
  {
    api: "CreateTopics",
    file: "admin/create-topics",
    versions: range(2, 7),
    args: [[topic], 9000, true],
    body: { topics: [topic], timeoutMs: 9000, validateOnly: true },
  },
  {
    api: "DeleteTopics",
    file: "admin/delete-topics",
    versions: range(1, 5),
    args: [[{ name: "orders" }], 9000],
    body: { topicNames: ["orders"], timeoutMs: 9000 },
  },
  {
    api: "CreatePartitions",
    file: "admin/create-partitions",
    versions: range(2, 3),
    args: [[{ name: "orders", count: 6, assignments: [{ brokerIds: [1, 2] }] }], 9000, false],
    body: { topics: [{ name: "orders", count: 6, assignments: [{ brokerIds: [1, 2] }] }], timeoutMs: 9000, validateOnly: false },
  },
  {
    api: "DescribeConfigs",
    file: "admin/describe-configs",
    versions: range(3, 4),
    args: [[{ resourceType: 2, resourceName: "orders", configurationKeys: ["a", "b"] }], true, true],
    body: {
      resources: [{ resourceType: 2, resourceName: "orders", configurationKeys: ["a", "b"] }],
      includeSynonyms: true,
      includeDocumentation: true,
    },
  },
  {
    api: "IncrementalAlterConfigs",
    file: "admin/incremental-alter-configs",
    versions: range(0, 1),
    args: [settings, true],
    body: { resources: settings, validateOnly: true },
  },
  {
    api: "AlterPartitionReassignments",
    file: "admin/alter-partition-reassignments",
    versions: range(0, 1),
    args: [9000, true, moves],
    body: { timeoutMs: 9000, topics: moves },
  },
  {
    api: "ListPartitionReassignments",
    file: "admin/list-partition-reassignments",
    versions: range(0, 0),
    args: [9000, [{ name: "orders", partitionIndexes: [0, 1] }]],
    body: { timeoutMs: 9000, topics: [{ name: "orders", partitionIndexes: [0, 1] }] },
  },
  {
    api: "DescribeLogDirs",
    file: "admin/describe-log-dirs",
    versions: range(2, 4),
    args: [[{ name: "orders", partitions: [0, 1] }]],
    body: { topics: [{ topic: "orders", partitions: [0, 1] }] },
  },
  {
    api: "AlterReplicaLogDirs",
    file: "admin/alter-replica-log-dirs",
    versions: range(2, 2),
    args: [[{ path: "/a", topics: [{ name: "orders", partitions: [0] }] }]],
    body: { dirs: [{ path: "/a", topics: [{ name: "orders", partitions: [0] }] }] },
  },
  { api: "CreateAcls", file: "admin/create-acls", versions: range(1, 3), args: [[acl]], body: { creations: [acl] } },
  { api: "DescribeAcls", file: "admin/describe-acls", versions: range(1, 3), args: [filter], body: filterBody },
  { api: "DeleteAcls", file: "admin/delete-acls", versions: range(1, 3), args: [[filter]], body: { filters: [filterBody] } },
  {
    api: "DescribeClientQuotas",
    file: "admin/describe-client-quotas",
    versions: range(0, 1),
    args: [[{ entityType: "user", matchType: 0, match: "jane" }], true],
    body: { components: [{ entityType: "user", matchType: 0, match: "jane" }], strict: true },
  },
  {
    api: "AlterClientQuotas",
    file: "admin/alter-client-quotas",
    versions: range(0, 1),
    args: [quotas.map((one) => ({ ...one, entities: entity })), false],
    body: { entries: quotas, validateOnly: false },
  },
  {
    api: "DescribeUserScramCredentials",
    file: "admin/describe-user-scram-credentials",
    versions: range(0, 0),
    args: [[{ name: "jane" }]],
    body: { users: [{ name: "jane" }] },
  },
  {
    api: "AlterUserScramCredentials",
    file: "admin/alter-user-scram-credentials",
    versions: range(0, 0),
    args: [[{ name: "joe", mechanism: 1 }], [upsertion]],
    body: { deletions: [{ name: "joe", mechanism: 1 }], upsertions: [upsertion] },
  },
  {
    api: "DescribeQuorum",
    file: "admin/describe-quorum",
    versions: range(0, 2),
    args: [[{ topicName: "m", partitions: [{ partitionIndex: 0 }] }]],
    body: { topics: [{ topicName: "m", partitions: [{ partitionIndex: 0 }] }] },
  },
  {
    api: "UpdateFeatures",
    file: "admin/update-features",
    versions: range(1, 1),
    args: [9000, [{ feature: "metadata.version", maxVersionLevel: 30, upgradeType: 1 }], true],
    body: { timeoutMs: 9000, featureUpdates: [{ feature: "metadata.version", maxVersionLevel: 30, upgradeType: 1 }], validateOnly: true },
  },
  { api: "UnregisterBroker", file: "admin/unregister-broker", versions: range(0, 0), args: [7], body: { brokerId: 7 } },
  {
    api: "ListGroups",
    file: "admin/list-groups",
    versions: range(5, 5),
    args: [["STABLE"], ["consumer"]],
    body: { statesFilter: ["Stable"], typesFilter: ["consumer"] },
  },
  {
    api: "DescribeGroups",
    file: "admin/describe-groups",
    versions: range(3, 5),
    args: [["g"], true],
    body: { groups: ["g"], includeAuthorizedOperations: true },
  },
  {
    api: "ConsumerGroupDescribe",
    file: "admin/consumer-group-describe",
    versions: range(0, 0),
    args: [["g"], true],
    body: { groupIds: ["g"], includeAuthorizedOperations: true },
  },
  { api: "DeleteGroups", file: "admin/delete-groups", versions: range(0, 2), args: [["g", "h"]], body: { groupsNames: ["g", "h"] } },
  {
    api: "OffsetDelete",
    file: "admin/offset-delete",
    versions: range(0, 0),
    args: ["g", [{ name: "orders", partitions: [{ partitionIndex: 3 }] }]],
    body: { groupId: "g", topics: [{ name: "orders", partitions: [{ partitionIndex: 3 }] }] },
  },
  {
    api: "OffsetCommit",
    file: "consumer/offset-commit",
    versions: range(7, 9),
    args: ["g", -1, "", null, [{ name: "orders", partitions: [committed] }]],
    body: { groupId: "g", memberId: "", topics: [{ name: "orders", partitions: [committed] }] },
  },
  {
    api: "DeleteRecords",
    file: "admin/delete-records",
    versions: range(0, 2),
    args: [[{ name: "orders", partitions: [{ partitionIndex: 0, offset: 77 }] }], 9000],
    body: { topics: [{ name: "orders", partitions: [{ partitionIndex: 0, offset: 77 }] }], timeoutMs: 9000 },
  },
  {
    api: "ListOffsets",
    file: "consumer/list-offsets",
    versions: range(4, 9),
    args: [-1, 1, [{ name: "orders", partitions: [{ partitionIndex: 0, currentLeaderEpoch: 2, timestamp: -1n }] }]],
    body: {
      replicaId: -1,
      isolationLevel: 1,
      topics: [{ name: "orders", partitions: [{ partitionIndex: 0, currentLeaderEpoch: 2, timestamp: -1 }] }],
    },
  },
  {
    api: "FindCoordinator",
    file: "metadata/find-coordinator",
    versions: range(4, 6),
    args: [0, ["g"]],
    body: { keyType: 0, coordinatorKeys: ["g"] },
  },
  {
    api: "ApiVersions",
    file: "metadata/api-versions",
    versions: range(0, 4),
    args: ["kubectl-kafka", "1"],
    body: { clientSoftwareName: "kubectl-kafka", clientSoftwareVersion: "1" },
  },
  {
    api: "DescribeProducers",
    file: "admin/describe-producers",
    versions: range(0, 0),
    args: [[{ name: "orders", partitionIndexes: [0] }]],
    body: { topics: [{ name: "orders", partitionIndexes: [0] }] },
  },
  {
    api: "DescribeTransactions",
    file: "admin/describe-transactions",
    versions: range(0, 0),
    args: [["t"]],
    body: { transactionalIds: ["t"] },
  },
  {
    api: "DescribeTopicPartitions",
    file: "admin/describe-topic-partitions",
    versions: range(0, 0),
    args: [[{ name: "orders" }], 100, undefined],
    body: { topics: [{ name: "orders" }], responsePartitionLimit: 100 },
  },
  { api: "SaslHandshake", file: "security/sasl-handshake", versions: range(0, 1), args: ["PLAIN"], body: { mechanism: "PLAIN" } },
  {
    api: "SaslAuthenticate",
    file: "security/sasl-authenticate",
    versions: range(0, 2),
    args: [Buffer.from("abc")],
    body: { authBytes: Buffer.from("abc") },
  },
];

/** The other client wants whole 64-bit numbers as BigInt. */
const withBigInts = (value: unknown, key = ""): unknown => {
  if (typeof value === "number" && ["committedOffset", "offset"].includes(key)) return BigInt(value);
  if (Array.isArray(value)) return value.map((one) => withBigInts(one));
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withBigInts(one, name)]));
};

async function otherBytes({ file, args }: Case, version: number): Promise<Buffer> {
  const module = (await import(new URL(`./apis/${file}-v${version}.js`, import.meta.resolve("@platformatic/kafka")).href)) as {
    createRequest(...args: unknown[]): { buffer: Buffer };
  };
  return module.createRequest(...args.map((arg) => withBigInts(arg))).buffer;
}

for (const one of cases) {
  const [from, to] = one.versions;
  for (let version = from; version <= to; version += 1) {
    test(`${one.api} v${version} is the same from another client`, async () => {
      assert.equal(encode(requestMessage(one.api), version, one.body).toString("hex"), (await otherBytes(one, version)).toString("hex"));
    });
  }
}
