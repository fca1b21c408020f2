import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { type OpenedKafka, openKafka } from "../../src/adapters/kafka/open.ts";
import { clock } from "../../src/adapters/node/clock.ts";
import type { RealKafka } from "../e2e/tunnel.ts";
import { realKafka } from "./real-kafka.ts";

/** Kafka tells all brokers of a change a moment after it said that it is done. */
async function eventually<T>(read: () => Promise<T>, isThere: (value: T) => boolean): Promise<T> {
  for (let left = 50; ; left -= 1) {
    const value = await read().catch((error: unknown) => {
      if (left > 0) return undefined;
      throw error;
    });
    if (value !== undefined && isThere(value)) return value;
    if (left <= 0) assert.fail(`never became so: ${JSON.stringify(value)}`);
    await clock.sleep(100);
  }
}

const none = new Map();

describe("a real Kafka", () => {
  const prefix = `contract-${randomUUID().slice(0, 8)}`;
  const topic = `${prefix}-a`;
  let real: RealKafka;
  let kafka: OpenedKafka;
  let ids: number[] = [];

  before(async () => {
    real = await realKafka();
    kafka = await openKafka(real.target, { dial: real.dial, clock, trace: () => undefined });
    ids = (await kafka.cluster()).brokers.map(({ id }) => id);
    assert.deepEqual(
      await kafka.createTopics([{ name: topic, partitions: 3, replicationFactor: 1, configs: { "retention.ms": "1000000" } }]),
      none,
    );
    await eventually(
      () => kafka.topics([topic]),
      ([one]) => one?.partitions.every(({ leader }) => leader >= 0) ?? false,
    );
  });

  after(async () => {
    const left = (await kafka.topics()).map(({ name }) => name).filter((name) => name.startsWith(prefix));
    await kafka.deleteTopics(left);
    kafka.close();
    real.close();
  });

  test("tells what it is", async () => {
    const cluster = await kafka.cluster();
    assert.match(cluster.clusterId, /^.{22}$/);
    assert.match((await kafka.features()).metadataVersion ?? "", /^\d+\.\d+-IV\d+$/);
    const quorum = await kafka.quorum();
    assert.ok(quorum.voters.some(({ id }) => id === quorum.leaderId));
    assert.ok(quorum.highWatermark > 0);
  });

  test("log directories tell their size though no topic is asked for", async () => {
    const { dirs, errors } = await kafka.logDirs([...ids, 999]);
    assert.deepEqual([...new Set(dirs.map(({ brokerId }) => brokerId))].sort(), ids.toSorted());
    assert.ok(dirs.every(({ totalBytes, usableBytes, path }) => totalBytes > usableBytes && usableBytes > 0 && path.startsWith("/")));
    assert.deepEqual([...errors.keys()], [999]);
    const filled = (await kafka.filledLogDirs(ids)).dirs;
    assert.ok(filled.every(({ replicaBytes, recordsBehind }) => replicaBytes >= 0 && recordsBehind >= 0));
  });

  test("topics are made, grown and deleted, and what is refused is told by name", async () => {
    const name = `${prefix}-b`;
    const refused = await kafka.createTopics([{ name: topic }, { name, assignments: [[ids[0] ?? 0], [ids.at(-1) ?? 0]] }]);
    assert.deepEqual([...refused], [[topic, { error: "TOPIC_ALREADY_EXISTS", message: `Topic '${topic}' already exists.` }]]);
    const many = await kafka.createTopics([{ name: `${prefix}-c`, replicationFactor: 99 }]);
    assert.match(many.get(`${prefix}-c`)?.message ?? "", /replication factor/);
    assert.deepEqual(await kafka.createTopics([{ name: `${prefix}-d` }], { validateOnly: true }), none);
    assert.deepEqual(await kafka.createPartitions([{ name, count: 4 }]), none);
    assert.equal((await kafka.createPartitions([{ name, count: 2 }])).get(name)?.error, "INVALID_PARTITIONS");
    const [made] = await eventually(
      () => kafka.topics([name]),
      ([one]) => one?.partitions.length === 4,
    );
    assert.deepEqual(made?.partitions[1]?.replicas, [ids.at(-1)]);
    assert.deepEqual([...(await kafka.deleteTopics([name, "nope"])).keys()], ["nope"]);
    await eventually(
      () => kafka.topics(),
      (all) => !all.some((one) => one.name === name),
    );
    await assert.rejects(kafka.topics([name]), { code: "NotFound" });
  });

  test("partitions come in pages, with their eligible leaders", async () => {
    const pages = await Array.fromAsync(kafka.partitions([topic]));
    assert.deepEqual(
      pages
        .flat()
        .map(({ partition }) => partition)
        .sort(),
      [0, 1, 2],
    );
    assert.ok(pages.flat().every(({ leader, isr, eligible }) => isr.includes(leader) && eligible.length === 0));
    await assert.rejects(Array.fromAsync(kafka.partitions(["nope"])), { details: { error: "UNKNOWN_TOPIC_OR_PARTITION" } });
  });

  test("settings are read by key, set and taken back", async () => {
    const read = async () =>
      (await kafka.configs({ type: "topic", names: [topic], keys: ["retention.ms", "min.insync.replicas"] })).entries.get(topic);
    const retention = (await read())?.find(({ name }) => name === "retention.ms");
    assert.deepEqual(retention, {
      name: "retention.ms",
      value: "1000000",
      source: "DYNAMIC_TOPIC_CONFIG",
      readOnly: false,
      sensitive: false,
    });
    const refused = await kafka.alterConfigs([
      { type: "topic", name: topic, set: { "retention.ms": "2000000" } },
      { type: "topic", name: "nope", set: { "retention.ms": "1" } },
    ]);
    assert.deepEqual([...refused.keys()], ["topic nope"]);
    await eventually(read, (entries) => entries?.some(({ value }) => value === "2000000") ?? false);
    await kafka.alterConfigs([{ type: "topic", name: topic, remove: ["retention.ms"] }]);
    await eventually(read, (entries) => entries?.every(({ source }) => source !== "DYNAMIC_TOPIC_CONFIG") ?? false);
    assert.match(
      (await kafka.alterConfigs([{ type: "topic", name: topic, set: { "retention.ms": "soon" } }])).get(`topic ${topic}`)?.message ?? "",
      /soon/,
    );
    const { errors } = await kafka.configs({ type: "topic", names: ["nope"] });
    assert.match(errors.get("nope") ?? "", /UNKNOWN_TOPIC_OR_PARTITION/);
  });

  test("settings of brokers are read and set at each", async () => {
    const id = String(ids.at(-1));
    assert.deepEqual(
      await kafka.alterConfigs([
        { type: "broker", name: id, set: { "log.cleaner.io.buffer.load.factor": "0.8" } },
        { type: "broker", name: "", set: { "log.cleaner.backoff.ms": "14000" } },
      ]),
      none,
    );
    const query = {
      type: "broker",
      names: [...ids.map(String), "999"],
      keys: ["log.cleaner.backoff.ms", "log.cleaner.io.buffer.load.factor"],
    } as const;
    const { entries } = await eventually(
      () => kafka.configs(query),
      (read) => read.entries.get(id)?.every(({ source }) => source.startsWith("DYNAMIC")) ?? false,
    );
    assert.equal(entries.size, ids.length);
    assert.deepEqual(
      await kafka.alterConfigs([
        { type: "broker", name: id, remove: ["log.cleaner.io.buffer.load.factor"] },
        { type: "broker", name: "", remove: ["log.cleaner.backoff.ms"] },
      ]),
      none,
    );
  });

  test("replicas move, moves are cancelled, leaders elected", async () => {
    const [one] = await kafka.topics([topic]);
    const at = one?.partitions[0]?.replicas ?? [];
    const other = ids.filter((id) => !at.includes(id));
    assert.equal(
      (await kafka.moveReplicas([{ topic, partition: 0, replicas: null }])).get(`${topic}-0`)?.error,
      "NO_REASSIGNMENT_IN_PROGRESS",
    );
    assert.equal(
      (await kafka.moveReplicas([{ topic, partition: 0, replicas: [999] }])).get(`${topic}-0`)?.error,
      "INVALID_REPLICA_ASSIGNMENT",
    );
    assert.deepEqual(await kafka.electLeaders("preferred", [{ topic, partition: 0 }]), none);
    assert.equal(
      (await kafka.electLeaders("preferred", [{ topic, partition: 77 }])).get(`${topic}-77`)?.error,
      "UNKNOWN_TOPIC_OR_PARTITION",
    );
    if (other.length > 0) {
      assert.deepEqual(await kafka.moveReplicas([{ topic, partition: 0, replicas: other.slice(0, 1) }]), none);
      await eventually(
        () => kafka.topics([topic]),
        ([now]) => now?.partitions[0]?.replicas[0] === other[0] && now?.partitions[0]?.replicas.length === 1,
      );
    }
    assert.deepEqual(await kafka.reassignments(), []);
  });

  test("offsets are asked of the leaders", async () => {
    const partitions = [0, 1, 2, 9].map((partition) => ({ topic, partition }));
    for (const at of ["earliest", "latest", "maxTimestamp", 0] as const) {
      const { offsets, refusals } = await kafka.offsets(partitions, at);
      assert.deepEqual(offsets.map(({ partition }) => partition).sort(), [0, 1, 2], String(at));
      assert.ok(
        offsets.every(({ offset }) => offset === (at === "earliest" || at === "latest" ? 0 : -1)),
        String(at),
      );
      assert.deepEqual([...refusals.keys()], [`${topic}-9`]);
    }
    const { starts, refusals } = await kafka.deleteRecords([
      { topic, partition: 0, offset: -1 },
      { topic, partition: 1, offset: 55 },
    ]);
    assert.deepEqual([...starts], [[`${topic}-0`, 0]]);
    assert.equal(refusals.get(`${topic}-1`)?.error, "OFFSET_OUT_OF_RANGE");
  });

  test("a group's offsets are committed, read, deleted, and the group with them", async () => {
    const id = `${prefix}-g`;
    await assert.rejects(kafka.group(id), { code: "NotFound" });
    assert.deepEqual(
      await kafka.commit(id, [
        { topic, partition: 0, offset: 5, metadata: "by hand" },
        { topic, partition: 1, offset: 7 },
      ]),
      none,
    );
    assert.deepEqual(
      (await kafka.committed(id)).toSorted((a, b) => a.partition - b.partition),
      [
        { topic, partition: 0, offset: 5, metadata: "by hand" },
        { topic, partition: 1, offset: 7 },
      ],
    );
    const info = await kafka.group(id);
    assert.deepEqual([info.type, info.state, info.members], ["classic", "Empty", []]);
    const { groups, errors } = await kafka.groups();
    assert.equal(groups.find((group) => group.id === id)?.state, "Empty");
    assert.equal(errors.size, 0);
    assert.deepEqual(await kafka.deleteCommitted(id, [{ topic, partition: 0 }]), none);
    assert.deepEqual(
      (await kafka.committed(id)).map(({ partition }) => partition),
      [1],
    );
    assert.deepEqual(await kafka.deleteGroups([id]), none);
    assert.equal((await kafka.deleteGroups([id])).get(id)?.error, "GROUP_ID_NOT_FOUND");
  });

  test("ACLs are made, found by what applies, and deleted", async () => {
    const acl = {
      resource: "topic",
      name: prefix,
      pattern: "prefixed",
      principal: `User:${prefix}`,
      host: "*",
      operation: "read",
      permission: "allow",
    } as const;
    const group = { ...acl, resource: "group", pattern: "literal", operation: "describe", permission: "deny" } as const;
    assert.deepEqual(await kafka.createAcls([acl, group]), none);
    const mine = await eventually(
      () => kafka.acls({ principal: acl.principal }),
      (all) => all.length === 2,
    );
    assert.deepEqual(
      mine.toSorted((a, b) => (a.resource < b.resource ? 1 : -1)),
      [acl, group],
    );
    assert.deepEqual(await kafka.acls({ resource: "topic", name: topic, pattern: "match", principal: acl.principal }), [acl]);
    assert.equal((await kafka.createAcls([{ ...acl, principal: "nobody" }])).size, 1);
    assert.equal((await kafka.deleteAcls([{ principal: acl.principal }])).length, 2);
    await eventually(
      () => kafka.acls({ principal: acl.principal }),
      (all) => all.length === 0,
    );
  });

  test("passwords for SCRAM are set and taken back", async () => {
    const user = `${prefix}-u`;
    assert.deepEqual(await kafka.alterScram({ set: [{ user, mechanism: "SCRAM-SHA-512", password: "s3cret", iterations: 8192 }] }), none);
    const mine = await eventually(
      async () => (await kafka.scramCredentials()).filter((one) => one.user === user),
      (all) => all.length === 1,
    );
    assert.deepEqual(mine, [{ user, mechanism: "SCRAM-SHA-512", iterations: 8192 }]);
    assert.deepEqual(await kafka.alterScram({ remove: [{ user, mechanism: "SCRAM-SHA-512" }] }), none);
    assert.equal((await kafka.alterScram({ remove: [{ user, mechanism: "SCRAM-SHA-256" }] })).get(user)?.error, "RESOURCE_NOT_FOUND");
  });

  test("quotas are set and taken back", async () => {
    const entity = { user: `${prefix}-u`, "client-id": null };
    assert.deepEqual(await kafka.alterQuotas([{ entity, limits: { producer_byte_rate: 1024, request_percentage: 50.5 } }]), none);
    const mine = async () => (await kafka.quotas()).filter((quota) => quota.entity.user === entity.user);
    const [quota] = await eventually(mine, (all) => all.length === 1);
    assert.deepEqual(quota, { entity, limits: { producer_byte_rate: 1024, request_percentage: 50.5 } });
    assert.equal((await kafka.alterQuotas([{ entity, limits: { nonsense: 1 } }])).size, 1);
    assert.deepEqual(await kafka.alterQuotas([{ entity, limits: { producer_byte_rate: null, request_percentage: null } }]), none);
    await eventually(mine, (all) => all.length === 0);
  });

  test("a feature cannot be finalized at a level that nobody knows, and a broker that is not there not be forgotten", async () => {
    await assert.rejects(kafka.updateFeature("metadata.version", 2000, { validateOnly: true }), { code: "KafkaError" });
    const { level = 0 } = await kafka.features();
    await kafka.updateFeature("metadata.version", level, { validateOnly: true });
    await assert.rejects(kafka.unregisterBroker(999), { code: "KafkaError", details: { error: "BROKER_ID_NOT_REGISTERED" } });
  });
});
