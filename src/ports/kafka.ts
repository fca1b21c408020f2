import type { KafkaTarget } from "../model/kafka-target.ts";
import type { Reassignment, Topic } from "../model/topic.ts";
import type { KafkaControl } from "./kafka-cluster.ts";

export type BrokerInfo = { id: number; host: string; port: number; rack?: string; fenced?: boolean };

/** `controllerId` is Kafka's word, -1 for none; with KRaft a broker names any broker here: QuorumInfo has the active controller. */
export type ClusterInfo = { clusterId: string; controllerId: number; brokers: BrokerInfo[] };

/** `metadataVersion` by Kafka's own name, "4.3-IV0"; `level` as on the wire. */
export type FeatureInfo = { metadataVersion?: string; level?: number };

export type QuorumReplica = {
  id: number;
  logEndOffset: number /** ms since the epoch, -1 unknown */;
  lastFetchMs: number;
  lastCaughtUpMs: number;
};

/** The KRaft metadata quorum (DescribeQuorum): `leaderId` -1 when there is none. */
export type QuorumInfo = {
  leaderId: number;
  leaderEpoch: number;
  highWatermark: number;
  voters: QuorumReplica[];
  observers: QuorumReplica[];
};

/** Sizes in bytes; -1 where the broker does not tell (before Kafka 3.3). */
/** `replicaBytes`: of all replicas in it; `recordsBehind`: how many records they lack of what is known to be written. */
export type FilledLogDir = LogDirInfo & { readonly replicaBytes: number; readonly recordsBehind: number };

export type LogDirInfo = { brokerId: number; path: string; totalBytes: number; usableBytes: number; error?: string };

export type ConfigQuery = {
  type: "topic" | "broker";
  names: readonly string[] /** Only these; all when left out. */;
  keys?: readonly string[];
};
export type ConfigEntry = { name: string; value: string | null; source: string; readOnly: boolean; sensitive: boolean };

/**
 * Kafka's admin protocol. Throws AppError only: KafkaUnreachable, KafkaAuthenticationFailed, TlsFailed (we do not trust the broker), KafkaError
 * (details.error is Kafka's name for it, the message carries the broker's own text), NotFound (a topic or group that was named),
 * UnsupportedByBroker, Timeout, Interrupted. Errors that pass by themselves are retried inside until the deadline.
 */
export interface KafkaAdmin {
  cluster(signal?: AbortSignal): Promise<ClusterInfo>;
  features(signal?: AbortSignal): Promise<FeatureInfo>;
  /** All topics in one request, or those named. `minIsr` is not filled here. */
  topics(names?: readonly string[], signal?: AbortSignal): Promise<Topic[]>;
  /** name → entries; a name the broker refused is left out of the map and its error in `errors`. */
  configs(query: ConfigQuery, signal?: AbortSignal): Promise<{ entries: Map<string, ConfigEntry[]>; errors: Map<string, string> }>;
  quorum(signal?: AbortSignal): Promise<QuorumInfo>;
  /** Each broker is asked itself; one that does not answer is in `errors`. */
  logDirs(brokerIds: readonly number[], signal?: AbortSignal): Promise<{ dirs: LogDirInfo[]; errors: Map<number, string> }>;
  /** The same with what lies in the directories: an answer as large as the broker has partitions. */
  filledLogDirs(brokerIds: readonly number[], signal?: AbortSignal): Promise<{ dirs: FilledLogDir[]; errors: Map<number, string> }>;
  reassignments(signal?: AbortSignal): Promise<Reassignment[]>;
  close(): void;
}

/** Connects to any broker of the target, trying them all before it gives up. */
export type OpenKafka = (target: KafkaTarget, signal?: AbortSignal) => Promise<KafkaControl>;
