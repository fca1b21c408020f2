import type { KafkaTarget } from "../model/kafka-target.ts";

export type Compression = "none" | "gzip" | "snappy" | "lz4" | "zstd";

/** `read_committed` leaves out the records of aborted transactions and stops before those still open. */
export type Isolation = "read_committed" | "read_uncommitted";

/** A name may come several times. */
export type RecordHeader = { readonly key: string; readonly value: Uint8Array | null };

/** Texts are sent as UTF-8. A null value is a tombstone. */
export type NewRecord = {
  readonly key?: Uint8Array | string | null;
  readonly value: Uint8Array | string | null;
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array | string }[];
  /** Left out: by the key's hash as Java's producer does, and without a key one partition for all such records of the request. */
  readonly partition?: number;
  /** Milliseconds since the epoch; left out: now. */
  readonly timestampMs?: number;
};

export type ProduceRequest = {
  readonly topic: string;
  readonly records: readonly NewRecord[];
  /** Who has to have written a record before it counts as sent; `idempotent` needs `all`. */
  readonly acks: "all" | "leader" | "none";
  readonly compression: Compression;
  /** The broker drops what a retry sends twice. */
  readonly idempotent: boolean;
};

/** One batch that was written. `baseOffset` is its first record's, -1 with acks `none`. */
export type ProducedBatch = { readonly partition: number; readonly baseOffset: number; readonly count: number };

export type OffsetsRequest = {
  readonly topic: string;
  /** Left out: all of the topic's. */
  readonly partitions?: readonly number[];
  readonly isolation: Isolation;
  /** Milliseconds since the epoch: also the first record that is not older. */
  readonly atMs?: number;
};

/** `end` is the offset after the last record that can be read; `at` equals it when every record is older. */
export type PartitionOffsets = { readonly partition: number; readonly start: number; readonly end: number; readonly at?: number };

/** `headers` in the order they were written. `offset` has gaps where records were compacted or aborted. */
export type KafkaRecord = {
  readonly offset: number;
  readonly timestampMs: number;
  readonly timestampType: "CreateTime" | "LogAppendTime";
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
};

/** Records of one partition, at least one. Reading goes on at `nextOffset`; `endOffset` is the partition's end as its leader told it. */
export type RecordBatch = {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly KafkaRecord[];
  readonly nextOffset: number;
  readonly endOffset: number;
};

/** Offsets `from` to before `to`; without `to` as far as ever records come. */
export type PartitionRange = { readonly partition: number; readonly from: number; readonly to?: number | undefined };

export type ReadRequest = { readonly topic: string; readonly ranges: readonly PartitionRange[]; readonly isolation: Isolation };

export type GroupRequest = {
  readonly group: string;
  readonly topics: readonly string[];
  readonly isolation: Isolation;
  /** Where to begin in partitions the group has no offset for. */
  readonly from: "start" | "end";
};

/** `offset` is that of the next record to read. */
export type GroupOffset = { readonly topic: string; readonly partition: number; readonly offset: number };

/**
 * A member of a consumer group. To iterate is to join; to stop iterating is to leave. Records come again, to this member or another, when
 * they were not committed before the group was rearranged.
 */
export interface GroupReader extends AsyncIterable<RecordBatch> {
  /** Call it while the batch is at hand. False: the group is being rearranged and knows nothing of it. */
  commit(offsets: readonly GroupOffset[], signal?: AbortSignal): Promise<boolean>;
}

/**
 * Kafka's records. Throws AppError only: KafkaUnreachable, TlsFailed, KafkaAuthenticationFailed, KafkaError (details.error is Kafka's name
 * for it), NotFound (no such topic or partition), UnsupportedByBroker, Timeout, Interrupted. An iteration asks for more only when its
 * reader does, but for one answer per broker.
 */
export interface KafkaData {
  /** In the order of the partitions' batches. When it throws, some batches may have been written. */
  produce(request: ProduceRequest, signal?: AbortSignal): Promise<ProducedBatch[]>;
  offsets(request: OffsetsRequest, signal?: AbortSignal): Promise<PartitionOffsets[]>;
  /** Without a group. Records deleted before they could be read are passed over. */
  read(request: ReadRequest, signal?: AbortSignal): AsyncIterable<RecordBatch>;
  readGroup(request: GroupRequest, signal?: AbortSignal): GroupReader;
  close(): Promise<void>;
}

/** Dials nothing yet: each method connects when it must. */
export type OpenKafkaData = (target: KafkaTarget) => Promise<KafkaData>;
