import type { PartitionRef } from "../model/finding.ts";

/** Why Kafka did not do one of the things it was asked for: Kafka's name for it, and its text. */
export type Refusal = { readonly error: string; readonly message: string };

/** By name of the thing, "orders-3" for a partition; empty when all was done. */
export type Refusals = ReadonlyMap<string, Refusal>;

/** With `assignments` (replicas per partition, by index) the numbers are taken from there; left out otherwise, the broker's defaults count. */
export type NewTopic = {
  readonly name: string;
  readonly partitions?: number;
  readonly replicationFactor?: number;
  readonly assignments?: readonly (readonly number[])[];
  readonly configs?: Readonly<Record<string, string>>;
};

/** `assignments`: replicas of each added partition. */
export type MorePartitions = { readonly name: string; readonly count: number; readonly assignments?: readonly (readonly number[])[] };

/** Settings to set and to take back of one topic, broker ("" for all brokers) or group; those not named stay. */
export type ConfigChange = {
  readonly type: "topic" | "broker" | "group";
  readonly name: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
};

/** The replicas a partition shall have, the preferred leader first; null cancels a move that is under way. */
export type Move = PartitionRef & { readonly replicas: readonly number[] | null };

/** A time in ms since the epoch, or a place. */
export type OffsetPlace = "earliest" | "latest" | "maxTimestamp" | number;

/** `offset` -1: no record is that young. */
export type PartitionOffset = PartitionRef & { readonly offset: number; readonly timestampMs: number };

/** What KIP-966 adds: `eligible` replicas may lead though they are not in sync, `lastKnown` ones were the last that were. Empty before Kafka 4.0. */
export type PartitionDetail = PartitionRef & {
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly eligible: readonly number[];
  readonly lastKnown: readonly number[];
  readonly offline: readonly number[];
};

type Dry = { readonly validateOnly?: boolean; readonly signal?: AbortSignal | undefined };

/** Changes to topics and partitions. What Kafka refuses of many is told by name; a fault that concerns all of them is thrown as by KafkaAdmin. */
export interface KafkaTopics {
  /** In pages, by topic, so that any number of partitions can be gone through. Throws for a topic that is not there. */
  partitions(names: readonly string[], signal?: AbortSignal): AsyncIterable<PartitionDetail[]>;
  createTopics(topics: readonly NewTopic[], options?: Dry): Promise<Refusals>;
  deleteTopics(names: readonly string[], signal?: AbortSignal): Promise<Refusals>;
  createPartitions(topics: readonly MorePartitions[], options?: Dry): Promise<Refusals>;
  /** Brokers are asked themselves. Refusals are named "topic orders", "broker 3". */
  alterConfigs(changes: readonly ConfigChange[], options?: Dry): Promise<Refusals>;
  /** Starts or cancels moves; they go on by themselves (KafkaAdmin.reassignments tells which). `keepFactor`: refuse to change the number of replicas. */
  moveReplicas(moves: readonly Move[], options?: { keepFactor?: boolean; signal?: AbortSignal | undefined }): Promise<Refusals>;
  /** Left out: of all partitions. Those whose leader is the right one already are no refusals. */
  electLeaders(kind: "preferred" | "unclean", partitions?: readonly PartitionRef[], signal?: AbortSignal): Promise<Refusals>;
  offsets(
    partitions: readonly PartitionRef[],
    at: OffsetPlace,
    signal?: AbortSignal,
  ): Promise<{ offsets: PartitionOffset[]; refusals: Refusals }>;
  /** Deletes what lies before an offset, -1 for everything; answers with the first offset that is left. */
  deleteRecords(
    before: readonly (PartitionRef & { offset: number })[],
    signal?: AbortSignal,
  ): Promise<{ starts: Map<string, number>; refusals: Refusals }>;
}
