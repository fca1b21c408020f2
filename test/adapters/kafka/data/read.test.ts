import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openKafkaData } from "../../../../src/adapters/kafka/data/open.ts";
import { dialer } from "../../../../src/adapters/kafka/dial.ts";
import { clock } from "../../../../src/adapters/node/clock.ts";
import type { KafkaData, RecordBatch } from "../../../../src/ports/kafka-data.ts";
import { batch, marker } from "./batches.ts";
import { type Log, type LogBrokers, startLogBrokers } from "./log-broker.ts";

const value = (text: string): { value: string } => ({ value: text });
const log = (batches: Buffer[], endOffset: number, more: Partial<Log> = {}): Log => ({
  leader: 1,
  startOffset: 0,
  endOffset,
  batches,
  ...more,
});
const twoBatches = (): Buffer[] => [
  batch({ baseOffset: 0, records: ["a", "b", "c"].map(value) }),
  batch({ baseOffset: 3, records: ["d", "e"].map(value) }),
];

async function open(context: TestContext, logs: Log[], nodes = 1): Promise<{ data: KafkaData; brokers: LogBrokers }> {
  const brokers = await startLogBrokers(logs, nodes);
  const target = { bootstrap: brokers.bootstrap, security: {}, route: { kind: "Direct" }, via: "a test" } as const;
  const quick = { now: clock.now, sleep: (ms: number, signal?: AbortSignal) => clock.sleep(Math.min(ms, 5), signal) };
  const data = await openKafkaData(target, { dial: dialer(), clock: quick, trace: () => undefined });
  context.after(async () => {
    await data.close();
    await brokers.close();
  });
  return { data, brokers };
}

const texts = (batches: readonly RecordBatch[]): string[] =>
  batches.flatMap(({ partition, records }) =>
    records.map((record) => `${partition}/${record.offset} ${Buffer.from(record.value ?? "null").toString()}`),
  );

const read = (data: KafkaData, ranges: { partition: number; from: number; to?: number }[]): Promise<RecordBatch[]> =>
  Array.fromAsync(data.read({ topic: "t", ranges, isolation: "read_committed" }));

test("a range is read from its first offset to before its last, across and inside batches", async (context) => {
  const { data } = await open(context, [log(twoBatches(), 5)]);
  assert.deepEqual(texts(await read(data, [{ partition: 0, from: 1, to: 4 }])), ["0/1 b", "0/2 c", "0/3 d"]);
  assert.deepEqual(texts(await read(data, [{ partition: 0, from: 5, to: 5 }])), []);
});

test("partitions are read from their leaders", async (context) => {
  const { data, brokers } = await open(context, [log(twoBatches(), 5), log(twoBatches(), 5, { leader: 2 })], 2);
  const batches = await read(data, [
    { partition: 0, from: 0, to: 5 },
    { partition: 1, from: 3, to: 5 },
  ]);
  assert.deepEqual(texts(batches).sort(), ["0/0 a", "0/1 b", "0/2 c", "0/3 d", "0/4 e", "1/3 d", "1/4 e"]);
  assert.deepEqual(brokers.requests.filter((name) => name.startsWith("Fetch")).sort(), ["Fetch@1", "Fetch@2"]);
});

test("a leader that moves is followed", async (context) => {
  const logs = [log(twoBatches(), 5)];
  const { data, brokers } = await open(context, logs, 2);
  const [moving] = logs;
  assert.ok(moving);
  await data.offsets({ topic: "t", isolation: "read_committed" });
  const batches = data.read({ topic: "t", ranges: [{ partition: 0, from: 0 }], isolation: "read_committed" })[Symbol.asyncIterator]();
  assert.deepEqual(texts([(await batches.next()).value]).length, 5);
  moving.leader = 2;
  moving.batches.push(batch({ baseOffset: 5, records: [value("f")] }));
  moving.endOffset = 6;
  assert.deepEqual(texts([(await batches.next()).value]), ["0/5 f"]);
  assert.ok(brokers.requests.includes("Fetch@2"));
  await batches.return?.();
});

test("a partition without a leader holds nobody up, and is read when it has one", async (context) => {
  const logs = [log(twoBatches(), 5), log(twoBatches(), 5, { leader: -1 })];
  const { data } = await open(context, logs);
  const seen: RecordBatch[] = [];
  for await (const one of data.read({
    topic: "t",
    ranges: [
      { partition: 0, from: 0, to: 5 },
      { partition: 1, from: 0, to: 5 },
    ],
    isolation: "read_committed",
  })) {
    seen.push(one);
    if (logs[1]) logs[1].leader = 1;
  }
  assert.deepEqual(
    seen.map(({ partition }) => partition),
    [0, 1],
  );
});

test("records that were deleted are passed over; an offset beyond the end is refused", async (context) => {
  const { data } = await open(context, [log(twoBatches().slice(1), 5, { startOffset: 3 })]);
  assert.deepEqual(texts(await read(data, [{ partition: 0, from: 0, to: 5 }])), ["0/3 d", "0/4 e"]);
  assert.deepEqual(texts(await read(data, [{ partition: 0, from: 0, to: 2 }])), []);
  await assert.rejects(read(data, [{ partition: 0, from: 9 }]), {
    code: "KafkaError",
    details: { error: "OFFSET_OUT_OF_RANGE" },
    message: /no offset 9: it ends at 5/,
  });
});

test("batches that compaction emptied and gaps inside batches do not stop the reader", async (context) => {
  const batches = [
    batch({ baseOffset: 0, records: [{ ...value("a"), offset: 1 }], lastOffset: 4 }),
    batch({ baseOffset: 5, records: [], lastOffset: 9 }),
    batch({ baseOffset: 10, records: [value("z")] }),
  ];
  const { data } = await open(context, [log(batches, 11)]);
  const seen = await read(data, [{ partition: 0, from: 0, to: 11 }]);
  assert.deepEqual(texts(seen), ["0/1 a", "0/10 z"]);
  assert.deepEqual(
    seen.map(({ nextOffset, endOffset }) => [nextOffset, endOffset]),
    [[11, 11]],
  );
  assert.deepEqual(texts(await read(data, [{ partition: 0, from: 5, to: 10 }])), []);
});

test("records of aborted transactions are hidden, whatever their keys, and shown when asked for", async (context) => {
  const transactional = { transactional: true, producerId: 7 };
  const zeros = Buffer.alloc(4);
  const batches = [
    batch({
      ...transactional,
      baseOffset: 0,
      records: [
        { key: zeros, value: "no 1" },
        { key: zeros, value: "no 2" },
      ],
    }),
    batch({ baseOffset: 2, records: [value("yes 1")] }),
    batch({ ...transactional, baseOffset: 3, records: [value("no 3")] }),
    batch({ transactional: true, producerId: 8, baseOffset: 4, records: [value("yes 2")] }),
    marker(5, 7, "abort"),
    batch({ ...transactional, baseOffset: 6, records: [value("yes 3")] }),
    marker(7, 7, "commit"),
    marker(8, 8, "commit"),
  ];
  const { data } = await open(context, [log(batches, 9, { aborted: [{ producerId: 7, firstOffset: 0 }] })]);
  assert.deepEqual(texts(await read(data, [{ partition: 0, from: 0, to: 9 }])), ["0/2 yes 1", "0/4 yes 2", "0/6 yes 3"]);
  const all = await Array.fromAsync(data.read({ topic: "t", ranges: [{ partition: 0, from: 0, to: 9 }], isolation: "read_uncommitted" }));
  assert.deepEqual(texts(all).length, 6);
});

test("no more is asked for while the reader is at work than one answer per leader", async (context) => {
  const { data, brokers } = await open(context, [log(twoBatches(), 5)]);
  const batches = data.read({ topic: "t", ranges: [{ partition: 0, from: 0 }], isolation: "read_committed" })[Symbol.asyncIterator]();
  await batches.next();
  await clock.sleep(50);
  assert.equal(brokers.requests.filter((name) => name.startsWith("Fetch")).length, 2);
  await batches.return?.();
});

test("an abort ends the wait for records at once", async (context) => {
  const { data } = await open(context, [log([], 0)]);
  const stop = new AbortController();
  const reading = Array.fromAsync(data.read({ topic: "t", ranges: [{ partition: 0, from: 0 }], isolation: "read_committed" }, stop.signal));
  setTimeout(() => stop.abort(), 20);
  await assert.rejects(reading, { code: "Interrupted" });
});

test("topics and partitions that are not there are named", async (context) => {
  const { data } = await open(context, [log([], 0)]);
  await assert.rejects(data.offsets({ topic: "none", isolation: "read_committed" }), {
    code: "NotFound",
    message: /^topic none does not exist/,
  });
  await assert.rejects(read(data, [{ partition: 4, from: 0 }]), {
    code: "NotFound",
    message: "topic t has no partition 4: it has 1, the first is 0",
  });
});

test("a batch that cannot be read names its place", async (context) => {
  const broken = batch({ baseOffset: 0, records: [value("a")] });
  broken.writeInt32BE(3, 57);
  const { data } = await open(context, [log([broken], 1)]);
  await assert.rejects(read(data, [{ partition: 0, from: 0, to: 1 }]), {
    code: "KafkaError",
    message: /^Records of t partition 0 from offset 0 on cannot be read/,
  });
});

test("nothing listens: every bootstrap address is tried, the last one's fault is told", async () => {
  const target = {
    bootstrap: [
      { host: "127.0.0.1", port: 1 },
      { host: "127.0.0.1", port: 2 },
    ],
    security: {},
    route: { kind: "Direct" },
    via: "",
  } as const;
  const data = await openKafkaData(target, { dial: dialer(), clock, trace: () => undefined });
  await assert.rejects(data.offsets({ topic: "t", isolation: "read_committed" }), {
    code: "KafkaUnreachable",
    message: /127\.0\.0\.1:2: connection refused/,
  });
  await data.close();
});
