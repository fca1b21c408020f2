import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import kafkajs from "kafkajs";
import { BrokerSocket } from "../../src/adapters/kafka/data/broker-socket.ts";
import { openKafkaData } from "../../src/adapters/kafka/data/open.ts";
import { clock } from "../../src/adapters/node/clock.ts";
import type { KafkaTarget } from "../../src/model/kafka-target.ts";
import type {
  Compression,
  GroupReader,
  Isolation,
  KafkaData,
  NewRecord,
  OpenKafkaData,
  PartitionOffsets,
  RecordBatch,
} from "../../src/ports/kafka-data.ts";
import type { RealKafka } from "../e2e/tunnel.ts";
import { realKafka } from "./real-kafka.ts";

// What every implementation of KafkaData has to do, on a real Kafka without TLS and SASL. Topics and groups are made for each run and deleted
// after it.

const run = `contract-${process.pid}-${Date.now().toString(36)}`;
const topic = (name: string): string => `${run}-${name}`;

const partitionCounts: Readonly<Record<string, number>> = {
  plain: 3,
  keyed: 6,
  times: 1,
  deleted: 1,
  transactions: 1,
  group: 4,
  large: 1,
  idle: 2,
};

const text = (bytes: Uint8Array | null | undefined): string | null =>
  bytes === null || bytes === undefined ? null : Buffer.from(bytes).toString();
const values = (batches: readonly RecordBatch[]): (string | null)[] =>
  batches.flatMap(({ records }) => records.map(({ value }) => text(value)));

/** Plain kafkajs, to make topics and to write what KafkaData cannot. */
function newOracle({ target, dial }: RealKafka): kafkajs.Kafka {
  const socketFactory: kafkajs.ISocketFactory = ({ host, port, onConnect }) => {
    const peer = { host, port, via: target.via };
    return new BrokerSocket({ peer, open: async (signal) => dial(peer, target, signal), onConnect }) as unknown as Socket;
  };
  const brokers = target.bootstrap.map(({ host, port }) => `${host}:${port}`);
  return new kafkajs.Kafka({ brokers, socketFactory, logLevel: kafkajs.logLevel.NOTHING, connectionTimeout: 5000 });
}

describe("KafkaData", { timeout: 240_000 }, () => {
  let real: RealKafka;
  let oracle: kafkajs.Kafka;
  let admin: kafkajs.Admin;
  let target: KafkaTarget;
  const openTarget: OpenKafkaData = (where) => openKafkaData(where, { dial: real.dial, clock, trace: () => undefined });
  const open = (): Promise<KafkaData> => openTarget(target);
  const groups: string[] = [];
  let data: KafkaData;

  before(async () => {
    real = await realKafka();
    target = real.target;
    oracle = newOracle(real);
    admin = oracle.admin();
    data = await open();
    await admin.connect();
    const topics = Object.entries(partitionCounts).map(([name, numPartitions]) => ({
      topic: topic(name),
      numPartitions,
      replicationFactor: 1,
    }));
    await admin.createTopics({ topics, waitForLeaders: true });
  });

  after(async () => {
    await data?.close();
    await admin.deleteGroups(groups).catch(() => undefined);
    await admin.deleteTopics({ topics: Object.keys(partitionCounts).map(topic) }).catch(() => undefined);
    await admin.disconnect();
    real.close();
  });

  const produce = (name: string, records: readonly NewRecord[], compression: Compression = "none") =>
    data.produce({ topic: topic(name), records, acks: "all", compression, idempotent: false });

  const offsetsOf = (name: string, isolation: Isolation = "read_committed"): Promise<PartitionOffsets[]> =>
    data.offsets({ topic: topic(name), isolation });

  async function readAll(name: string, isolation: Isolation = "read_committed"): Promise<RecordBatch[]> {
    const ranges = (await offsetsOf(name, isolation)).map(({ partition, start, end }) => ({ partition, from: start, to: end }));
    return Array.fromAsync(data.read({ topic: topic(name), ranges, isolation }));
  }

  for (const compression of ["none", "gzip", "snappy", "lz4", "zstd"] as const) {
    for (const idempotent of [false, true]) {
      test(`what is written is read: ${compression}${idempotent ? ", idempotent" : ""}`, async () => {
        const records = [
          {
            key: "k",
            value: "v",
            partition: 1,
            timestampMs: 1_700_000_000_000,
            headers: [
              { key: "h", value: "1" },
              { key: "h", value: "2" },
              { key: "i", value: new Uint8Array([7]) },
            ],
          },
          { key: "gone", value: null, partition: 1 },
          { value: "", partition: 1 },
          { key: "", value: "x".repeat(10_000), partition: 1 },
        ];
        const [batch] = await data.produce({ topic: topic("plain"), records, acks: "all", compression, idempotent });
        assert.deepEqual([batch?.partition, batch?.count], [1, 4]);
        const from = batch?.baseOffset ?? -1;
        const [read] = await Array.fromAsync(
          data.read({ topic: topic("plain"), ranges: [{ partition: 1, from, to: from + 4 }], isolation: "read_committed" }),
        );
        assert.deepEqual(
          read?.records.map(({ offset }) => offset),
          [from, from + 1, from + 2, from + 3],
        );
        assert.deepEqual(
          read?.records.map(({ key, value }) => [text(key), text(value)]),
          [
            ["k", "v"],
            ["gone", null],
            [null, ""],
            ["", "x".repeat(10_000)],
          ],
        );
        assert.deepEqual(
          read?.records[0]?.headers.map(({ key, value }) => [key, text(value)]),
          [
            ["h", "1"],
            ["h", "2"],
            ["i", "\u0007"],
          ],
        );
        assert.deepEqual([read?.records[0]?.timestampMs, read?.records[0]?.timestampType], [1_700_000_000_000, "CreateTime"]);
        assert.deepEqual([read?.nextOffset, read?.endOffset], [from + 4, from + 4]);
      });
    }
  }

  test("acks: leader tells the offset, none does not", async () => {
    const send = (acks: "leader" | "none") =>
      data.produce({ topic: topic("plain"), records: [{ value: "a", partition: 0 }], acks, compression: "none", idempotent: false });
    const [told] = await send("leader");
    const [untold] = await send("none");
    assert.ok((told?.baseOffset ?? -1) >= 0);
    assert.deepEqual(untold, { partition: 0, baseOffset: -1, count: 1 });
  });

  test("keys choose partitions as Java does, records without one stay together", async () => {
    const keyed = Array.from({ length: 50 }, (_, index) => ({ key: `key-${index}`, value: "v" }));
    await produce("keyed", [...keyed, { value: "one" }, { value: "two" }]);
    const batches = await readAll("keyed");
    const partitionOf = new Map(
      batches.flatMap(({ partition, records }) => records.map(({ key, value }) => [text(key) ?? text(value), partition])),
    );
    // from Java's DefaultPartitioner with six partitions
    assert.deepEqual(
      ["key-0", "key-1", "key-2", "key-3", "key-4"].map((key) => partitionOf.get(key)),
      [1, 0, 2, 5, 3],
    );
    assert.equal(partitionOf.get("one"), partitionOf.get("two"));
  });

  test("many records travel in batches that the broker takes", async () => {
    const records = Array.from({ length: 5000 }, (_, index) => ({ value: `${index} ${"y".repeat(1000)}` }));
    const batches = await produce("large", records);
    assert.ok(batches.length > 5, `${batches.length} batches`);
    assert.equal(
      batches.reduce((sum, { count }) => sum + count, 0),
      5000,
    );
    assert.deepEqual(
      values(await readAll("large")),
      records.map(({ value }) => value),
    );
  });

  test("offsets: start, end and the first record that is not older", async () => {
    await produce(
      "times",
      [1000, 2000, 3000].map((timestampMs) => ({ value: "v", timestampMs })),
    );
    const at = async (atMs: number): Promise<PartitionOffsets | undefined> =>
      (await data.offsets({ topic: topic("times"), isolation: "read_committed", atMs }))[0];
    assert.deepEqual(await at(1500), { partition: 0, start: 0, end: 3, at: 1 });
    assert.deepEqual(await at(9000), { partition: 0, start: 0, end: 3, at: 3 });
  });

  test("reading passes over deleted records, and follows new ones until it is stopped", async () => {
    await produce(
      "deleted",
      ["a", "b", "c"].map((value) => ({ value })),
    );
    await admin.fetchTopicOffsets(topic("deleted")); // deleteTopicRecords knows no leaders otherwise
    await admin.deleteTopicRecords({ topic: topic("deleted"), partitions: [{ partition: 0, offset: "2" }] });
    const stop = new AbortController();
    const batches = data
      .read({ topic: topic("deleted"), ranges: [{ partition: 0, from: 0 }], isolation: "read_committed" }, stop.signal)
      [Symbol.asyncIterator]();
    assert.deepEqual(values([(await batches.next()).value]), ["c"]);
    await produce("deleted", [{ value: "d" }]);
    assert.deepEqual(values([(await batches.next()).value]), ["d"]);
    const waiting = batches.next();
    stop.abort();
    await assert.rejects(waiting, { code: "Interrupted" });
  });

  test("transactions: aborted records are hidden, open ones are waited for", async () => {
    const producer = oracle.producer({ transactionalId: `${run}-t`, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    const send = async (value: string, end: "abort" | "commit"): Promise<void> => {
      const transaction = await producer.transaction();
      await transaction.send({
        topic: topic("transactions"),
        messages: [
          { key: Buffer.alloc(4), value },
          { key: Buffer.alloc(4), value: `${value} again` },
        ],
      });
      await transaction[end]();
    };
    await send("no", "abort");
    await send("yes", "commit");
    await send("never", "abort");
    const open = await producer.transaction();
    await open.send({ topic: topic("transactions"), messages: [{ value: "not yet" }] });
    assert.deepEqual(values(await readAll("transactions")), ["yes", "yes again"]);
    assert.deepEqual(values(await readAll("transactions", "read_uncommitted")), [
      "no",
      "no again",
      "yes",
      "yes again",
      "never",
      "never again",
      "not yet",
    ]);
    await open.commit();
    assert.deepEqual(values(await readAll("transactions")), ["yes", "yes again", "not yet"]);
    await producer.disconnect();
  });

  function member(group: string, from: "start" | "end" = "start"): GroupReader {
    groups.push(`${run}-${group}`);
    return data.readGroup({ group: `${run}-${group}`, topics: [topic("group")], isolation: "read_committed", from });
  }

  async function take(reader: GroupReader, count: number, commit: boolean): Promise<string[]> {
    const seen: string[] = [];
    for await (const { topic: of, partition, records, nextOffset } of reader) {
      seen.push(...records.map(({ value }) => text(value) ?? ""));
      if (commit) assert.equal(await reader.commit([{ topic: of, partition, offset: nextOffset }]), true);
      if (seen.length >= count) break;
    }
    return seen;
  }

  test("a group goes on where it committed, and sees again what it did not", async () => {
    const first = Array.from({ length: 40 }, (_, index) => ({ key: `${index}`, value: `first ${index}` }));
    await produce("group", first);
    const all = first.map(({ value }) => value).sort();
    assert.deepEqual((await take(member("g"), 40, false)).sort(), all);
    assert.deepEqual((await take(member("g"), 40, true)).sort(), all);
    await produce("group", [{ value: "second" }]);
    assert.deepEqual(await take(member("g"), 1, true), ["second"]);
  });

  test("two members share the partitions, and one takes over from the other", async () => {
    const other = await open();
    const stop = new AbortController();
    const request = { group: `${run}-shared`, topics: [topic("group")], isolation: "read_committed", from: "start" } as const;
    groups.push(request.group);
    const seen = new Map<string, Set<number>>([
      ["a", new Set()],
      ["b", new Set()],
    ]);
    const follow = async (name: string, from: KafkaData): Promise<void> => {
      const reader = from.readGroup(request, stop.signal);
      try {
        for await (const { topic: of, partition, nextOffset } of reader) {
          seen.get(name)?.add(partition);
          await reader.commit([{ topic: of, partition, offset: nextOffset }]);
        }
      } catch (error) {
        assert.equal((error as { code?: string }).code, "Interrupted");
      }
    };
    const following = [follow("a", data), follow("b", other)];
    const shared = async (): Promise<boolean> => {
      for (const names of seen.values()) names.clear();
      await produce(
        "group",
        [0, 1, 2, 3].map((partition) => ({ value: "shared", partition })),
      );
      await clock.sleep(500);
      return [...seen.values()].every(({ size }) => size === 2);
    };
    let isShared = false;
    for (let attempt = 0; !isShared && attempt < 40; attempt += 1) isShared = await shared();
    stop.abort();
    await Promise.all(following);
    await other.close();
    assert.ok(isShared, "each of two members has two of four partitions");
  });

  test("topics, partitions and offsets that are not there are named", async () => {
    const absent = { topic: topic("absent") };
    await assert.rejects(data.offsets({ ...absent, isolation: "read_committed" }), { code: "NotFound" });
    await assert.rejects(data.produce({ ...absent, records: [{ value: "v" }], acks: "all", compression: "none", idempotent: false }), {
      code: "NotFound",
    });
    await assert.rejects(produce("plain", [{ value: "v", partition: 3 }]), { code: "NotFound", message: /has no partition 3: it has 3/ });
    const read = data.read({ topic: topic("times"), ranges: [{ partition: 0, from: 99 }], isolation: "read_committed" });
    await assert.rejects(Array.fromAsync(read), { code: "KafkaError", message: /no offset 99: it ends at 3/ });
  });

  test("closing lets nothing of it live on", async () => {
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => /TCP/.test(name)).length;
    const before = sockets();
    const one = await open();
    await one.produce({
      topic: topic("idle"),
      records: [{ value: "v", partition: 0 }],
      acks: "all",
      compression: "none",
      idempotent: true,
    });
    await one.offsets({ topic: topic("idle"), isolation: "read_committed" });
    const reading = Array.fromAsync(one.read({ topic: topic("idle"), ranges: [{ partition: 1, from: 0 }], isolation: "read_committed" }));
    assert.ok(sockets() > before);
    await one.close();
    await assert.rejects(reading, { code: "Interrupted" });
    await clock.sleep(50);
    assert.ok(sockets() <= before, `${sockets()} sockets where ${before} were`);
  });
});
