import { Buffer } from "node:buffer";
import { randomInt } from "node:crypto";
import kafkajs, { type Message, type Producer } from "kafkajs";
import type Cluster from "kafkajs/src/cluster/index.js";
import { AppError } from "../../../model/errors.ts";
import type { Compression, NewRecord, ProducedBatch, ProduceRequest } from "../../../ports/kafka-data.ts";
import { kafkaError } from "../client/kafka-errors.ts";
import { errorCodes } from "./faults.ts";
import { partitionOfKey } from "./partitioner.ts";
import type { Session } from "./session.ts";

// Records are laid out over partitions here, before kafkajs sees them: on a retry it would choose partitions anew, and so lose records or
// write them twice. They are sent in portions, because kafkajs makes one batch of all that a partition gets at once, in quadratic time.

const types = {
  none: kafkajs.CompressionTypes.None,
  gzip: kafkajs.CompressionTypes.GZIP,
  snappy: kafkajs.CompressionTypes.Snappy,
  lz4: kafkajs.CompressionTypes.LZ4,
  zstd: kafkajs.CompressionTypes.ZSTD,
} as const satisfies Record<Compression, number>;

const acksOf = { all: -1, leader: 1, none: 0 } as const;

/** Of one partition in one portion. A broker takes batches up to 1 MiB unless it is set up otherwise; a record that is larger goes alone. */
const mostRecords = 2000;
const mostBytes = 512 * 1024;
const retries = 8;

type Placed = Message & { readonly partition: number };
type Sender = { readonly producer: Producer; readonly cluster: Cluster };

const bytesOf = (content: Uint8Array | string | null | undefined): Buffer | null =>
  content === null || content === undefined ? null : Buffer.from(content as Uint8Array);

function headersOf({ headers = [] }: NewRecord): { headers?: Record<string, Buffer[]> } {
  if (headers.length === 0) return {};
  const grouped = Map.groupBy(headers, ({ key }) => key);
  return {
    headers: Object.fromEntries([...grouped].map(([key, values]) => [key, values.map(({ value }) => bytesOf(value) ?? Buffer.alloc(0))])),
  };
}

type Layout = { readonly count: number /** For records that have no key. */; readonly keyless: number };

function place(record: NewRecord, { count, keyless }: Layout, topic: string): Placed {
  const key = bytesOf(record.key);
  const partition = record.partition ?? (key === null ? keyless : partitionOfKey(key, count));
  if (!(Number.isInteger(partition) && partition >= 0 && partition < count))
    throw new AppError("NotFound", `topic ${topic} has no partition ${partition}: it has ${count}, the first is 0`);
  const timestamp = record.timestampMs === undefined ? {} : { timestamp: String(record.timestampMs) };
  return { key, value: bytesOf(record.value), partition, ...timestamp, ...headersOf(record) };
}

const sizeOf = ({ key, value }: Placed): number => (key?.length ?? 0) + (value?.length ?? 0);

/** Cuts the records of every partition into portions that make one batch each; the n-th portions of all partitions travel together. */
function portions(records: readonly Placed[]): Placed[][] {
  const cut: Placed[][] = [];
  for (const theirs of Map.groupBy(records, ({ partition }) => partition).values()) {
    let portion = 0;
    let count = 0;
    let size = 0;
    for (const record of theirs) {
      if (count > 0 && (count >= mostRecords || size + sizeOf(record) > mostBytes)) {
        portion += 1;
        count = 0;
        size = 0;
      }
      cut[portion] ??= [];
      cut[portion]?.push(record);
      count += 1;
      size += sizeOf(record);
    }
  }
  return cut;
}

/** Which partition has a leader is known by now; one of those is chosen for the records without a key. */
function layoutOf(cluster: Cluster, topic: string): Layout {
  const partitions = cluster.findTopicPartitionMetadata(topic);
  const led = partitions.filter(({ leader }) => leader >= 0);
  const keyless = led.length === 0 ? undefined : led[randomInt(led.length)];
  if (keyless === undefined) throw kafkaError(`topic ${topic}`, { errorCode: errorCodes.leaderNotAvailable });
  return { count: partitions.length, keyless: keyless.partitionId };
}

/** Sends what kafkajs left out: it forgets a partition that changed its leader to a broker that has answered already. */
async function sendPortion({ producer }: Sender, portion: readonly Placed[], request: ProduceRequest): Promise<ProducedBatch[]> {
  const done = new Map<number, number>();
  let rest = [...portion];
  for (let attempt = 0; rest.length > 0 && attempt <= retries; attempt += 1) {
    const answers = await producer.send({
      topic: request.topic,
      messages: rest,
      acks: acksOf[request.acks],
      compression: types[request.compression],
    });
    if (request.acks === "none") for (const { partition } of rest) done.set(partition, -1);
    for (const { partition, baseOffset } of answers) done.set(partition, Number(baseOffset ?? -1));
    rest = rest.filter(({ partition }) => !done.has(partition));
  }
  if (rest.length > 0)
    throw kafkaError(`topic ${request.topic} partition ${rest[0]?.partition}`, { errorCode: errorCodes.leaderNotAvailable });
  const counts = Map.groupBy(portion, ({ partition }) => partition);
  return [...done].map(([partition, baseOffset]) => ({ partition, baseOffset, count: counts.get(partition)?.length ?? 0 }));
}

export type Senders = { produce(request: ProduceRequest, signal?: AbortSignal): Promise<ProducedBatch[]>; close(): Promise<void> };

/** Two producers at most, made when they are needed: kafkajs fixes idempotence when a producer is made. */
export function newSenders(session: Session): Senders {
  const senders = new Map<boolean, Sender>();

  const senderFor = (idempotent: boolean): Sender => {
    const known = senders.get(idempotent);
    if (known !== undefined) return known;
    const createPartitioner =
      () =>
      ({ message }: { message: Message }) =>
        message.partition ?? 0;
    const producer = session.kafka.producer({ createPartitioner, idempotent, allowAutoTopicCreation: false, retry: { retries } });
    const cluster = session.clusters.at(-1);
    if (cluster === undefined) throw new Error("kafkajs is not the version that it is pinned to");
    const sender = { producer, cluster };
    senders.set(idempotent, sender);
    return sender;
  };

  const ready = async (request: ProduceRequest): Promise<Sender> => {
    const sender = senderFor(request.idempotent);
    await sender.cluster.connect();
    await sender.cluster.addMultipleTargetTopics([request.topic]); // before connect(), which would ask for all topics otherwise
    await sender.producer.connect();
    return sender;
  };

  const sendAll = async (sender: Sender, request: ProduceRequest, signal?: AbortSignal): Promise<ProducedBatch[]> => {
    const layout = layoutOf(sender.cluster, request.topic);
    const placed = request.records.map((record) => place(record, layout, request.topic));
    const batches: ProducedBatch[] = [];
    for (const portion of portions(placed)) {
      const sent = session.guard(`topic ${request.topic}`, sendPortion(sender, portion, request), signal);
      batches.push(...(await sent));
    }
    return batches;
  };

  /** Nobody knows which sequence numbers the broker has seen: the next request begins with a new producer. */
  const abandon = (sender: Sender, { idempotent }: ProduceRequest): void => {
    if (!idempotent || senders.get(idempotent) !== sender) return;
    senders.delete(idempotent);
    sender.producer.disconnect().catch(() => undefined);
  };

  return {
    async produce(request, signal) {
      const sender = await session.guard(`topic ${request.topic}`, ready(request), signal);
      try {
        return await sendAll(sender, request, signal);
      } catch (error) {
        abandon(sender, request);
        throw error;
      }
    },
    async close() {
      await Promise.allSettled([...senders.values()].map(({ producer }) => producer.disconnect()));
    },
  };
}
