import type Broker from "kafkajs/src/broker/index.js";
import type { Call, FetchArguments } from "kafkajs/src/broker/index.js";
import { requests } from "kafkajs/src/protocol/requests/index.js";
import { AppError } from "../../../model/errors.ts";
import type { Isolation } from "../../../ports/kafka-data.ts";
import { type Cursor, cursorOver, readInt16, readInt32, readInt64, readText, take } from "../wire/cursor.ts";
import { type AbortedTransaction, type ReadRecords, readRecordSet } from "./fetched-records.ts";

const fetchKey = 1;

/** The version whose answers are read here: Kafka 2.3 and later speak it. */
const fetchVersion = 11;

type PartitionAnswer = {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly aborted: AbortedTransaction[];
  readonly preferredReadReplica: number;
  readonly bytes: Buffer;
};

type Answer = {
  readonly throttleMs: number;
  readonly errorCode: number;
  readonly topics: { topic: string; partitions: PartitionAnswer[] }[];
};

const readArray = <T>(cursor: Cursor, read: (cursor: Cursor) => T): T[] =>
  Array.from({ length: Math.max(0, readInt32(cursor)) }, () => read(cursor));

function readAborted(cursor: Cursor): AbortedTransaction {
  const producerId = cursor.bytes.readBigInt64BE(take(cursor, 8));
  return { producerId, firstOffset: readInt64(cursor) };
}

function readPartition(cursor: Cursor): PartitionAnswer {
  const partition = readInt32(cursor);
  const errorCode = readInt16(cursor);
  const highWatermark = readInt64(cursor);
  const lastStableOffset = readInt64(cursor);
  readInt64(cursor); // where the log starts
  const aborted = readArray(cursor, readAborted);
  const preferredReadReplica = readInt32(cursor);
  const size = Math.max(0, readInt32(cursor));
  const at = take(cursor, size);
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    aborted,
    preferredReadReplica,
    bytes: cursor.bytes.subarray(at, at + size),
  };
}

/** https://kafka.apache.org/protocol, Fetch Response (Version: 11). */
function readAnswer(raw: Buffer): Answer {
  const cursor = cursorOver(raw);
  const throttleMs = readInt32(cursor);
  const errorCode = readInt16(cursor);
  readInt32(cursor); // session
  const topics = readArray(cursor, () => {
    const topic = readText(cursor, readInt16(cursor));
    return { topic, partitions: readArray(cursor, readPartition) };
  });
  return { throttleMs, errorCode, topics };
}

const isolationLevels: Readonly<Record<Isolation, number>> = { read_uncommitted: 0, read_committed: 1 };

export const isolationLevel = (isolation: Isolation): number => isolationLevels[isolation];

function callFor(broker: Broker, args: FetchArguments): Call<unknown> {
  const call = broker.lookupRequest(fetchKey, requests.Fetch)(args);
  if (call.request.apiVersion === fetchVersion) return call;
  const { host, port } = broker.connectionPool;
  throw new AppError(
    "UnsupportedByBroker",
    `Kafka at ${host}:${port} is too old to be read: it knows Fetch up to version ${call.request.apiVersion}`,
    {
      hint: "Records can be read from Kafka 2.3 and later",
    },
  );
}

/** Reads each partition's records, from the offset that was asked for. */
async function readRecordsOf(answer: Answer, args: FetchArguments): Promise<FetchedPartition[]> {
  const isolation: Isolation = args.isolationLevel === isolationLevels.read_uncommitted ? "read_uncommitted" : "read_committed";
  const offsets = new Map(
    args.topics.flatMap(({ topic, partitions }) => partitions.map((p) => [`${topic}/${p.partition}`, Number(p.fetchOffset)])),
  );
  const fetched: FetchedPartition[] = [];
  for (const { topic, partitions } of answer.topics) {
    for (const { bytes, aborted, lastStableOffset, ...partition } of partitions) {
      const from = offsets.get(`${topic}/${partition.partition}`) ?? 0;
      const set = { bytes, aborted, from, isolation };
      const read = await readRecordSet(set).catch((cause: unknown) => unreadable(cause, { topic, partition: partition.partition, from }));
      const endOffset = isolation === "read_committed" && lastStableOffset >= 0 ? lastStableOffset : partition.highWatermark;
      fetched.push({ ...partition, ...read, topic, from, endOffset });
    }
  }
  return fetched;
}

export type FetchedPartition = Pick<PartitionAnswer, "partition" | "errorCode" | "highWatermark" | "preferredReadReplica"> &
  ReadRecords & {
    readonly topic: string;
    readonly from: number;
    /** The last stable offset, or without regard to transactions the high watermark; -1 beside an error. */
    readonly endOffset: number;
  };

function unreadable(cause: unknown, at: { topic: string; partition: number; from: number }): never {
  if (cause instanceof AppError) throw cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new AppError("KafkaError", `Records of ${at.topic} partition ${at.partition} from offset ${at.from} on cannot be read: ${why}`, {
    hint: `Go on behind them: name a later offset for partition ${at.partition}`,
    cause,
    details: { error: "CORRUPT_RECORD" },
  });
}

const turns: WeakMap<Broker, number> = new WeakMap();

/**
 * The same partitions, beginning with another one at each turn: an answer is filled in the order it was asked for, and those at the end
 * would wait as long as the first ones have records.
 */
function inTurn(broker: Broker, args: FetchArguments): FetchArguments {
  const all = args.topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partitions: [partition] })));
  const turn = (turns.get(broker) ?? 0) % Math.max(1, all.length);
  turns.set(broker, turn + 1);
  return { ...args, topics: [...all.slice(turn), ...all.slice(0, turn)] };
}

/** One Fetch, by kafkajs's transport. Rejects with kafkajs's errors for the connection; errors of partitions are in the answer. */
export async function fetchRecords(broker: Broker, args: FetchArguments): Promise<{ errorCode: number; partitions: FetchedPartition[] }> {
  const call = callFor(broker, inTurn(broker, args));
  const decode = async (raw: Buffer): Promise<object> => {
    const answer = readAnswer(raw);
    return { clientSideThrottleTime: answer.throttleMs, errorCode: answer.errorCode, partitions: await readRecordsOf(answer, args) };
  };
  const parse = async (data: unknown): Promise<{ errorCode: number; partitions: FetchedPartition[] }> => data as never;
  return broker.connectionPool.send({ ...call, response: { decode, parse }, logResponseError: false });
}

/** A stand-in that kafkajs hides from its readers, but goes on behind. */
const filler = (offset: number): object => ({ offset: String(offset), key: null, value: null, isControlRecord: true, batchContext: {} });

/** The same for kafkajs's own consumer: in the shape, and with the exceptions, that it expects of its broker's `fetch`. */
export async function fetchForConsumer(broker: Broker, args: FetchArguments): Promise<unknown> {
  const { errorCode, partitions } = await fetchRecords(broker, args);
  const responses = partitions.map(({ topic, records, nextOffset, from, highWatermark, ...partition }) => {
    const messages: object[] = records.map((record) => ({
      offset: String(record.offset),
      isControlRecord: false,
      batchContext: {},
      record,
    }));
    const last = records.at(-1)?.offset ?? from - 1;
    if (nextOffset > last + 1) messages.push(filler(nextOffset - 1));
    return { topicName: topic, partitions: [{ ...partition, highWatermark: String(highWatermark), abortedTransactions: [], messages }] };
  });
  return callFor(broker, args).response.parse({ errorCode, responses });
}
