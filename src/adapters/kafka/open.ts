import type { KafkaTarget } from "../../model/kafka-target.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Trace } from "../../ports/connect.ts";
import type { KafkaAdmin } from "../../ports/kafka.ts";
import type { KafkaAccess } from "../../ports/kafka-access.ts";
import type { KafkaCluster } from "../../ports/kafka-cluster.ts";
import type { KafkaGroups } from "../../ports/kafka-groups.ts";
import type { KafkaTopics } from "../../ports/kafka-topics.ts";
import { aclCalls } from "./admin/acls.ts";
import { clusterChanges } from "./admin/change-cluster.ts";
import { configChanges } from "./admin/change-configs.ts";
import { replicaChanges } from "./admin/change-replicas.ts";
import { topicChanges } from "./admin/change-topics.ts";
import { clusterReader, readFeatures, readQuorum } from "./admin/cluster.ts";
import { readConfigs } from "./admin/configs.ts";
import { credentialCalls } from "./admin/credentials.ts";
import { groupOffsets } from "./admin/group-offsets.ts";
import { groupReads } from "./admin/groups.ts";
import { readFilledLogDirs, readLogDirs } from "./admin/log-dirs.ts";
import { offsetCalls } from "./admin/offsets.ts";
import { partitionPages } from "./admin/partition-pages.ts";
import { quotaCalls } from "./admin/quotas.ts";
import { readReassignments } from "./admin/reassignments.ts";
import { readTopics } from "./admin/topics.ts";
import { type Dial, type KafkaClient, newClient } from "./client/client.ts";

export type KafkaIo = {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly trace: Trace;
  /** For one request, and for the attempts at one that fails in passing; 30 s when left out or 0. */
  readonly timeoutMs?: number | undefined;
};

const defaultTimeoutMs = 30_000;
const longestConnectMs = 10_000;

/** What an open connection can do. */
export type OpenedKafka = KafkaAdmin & KafkaTopics & KafkaGroups & KafkaAccess & KafkaCluster;

const kafkaOver = (client: KafkaClient): OpenedKafka => ({
  cluster: clusterReader(client),
  features: (signal) => readFeatures(client, signal),
  topics: (names, signal) => readTopics(client, names, signal),
  configs: (query, signal) => readConfigs(client, query, signal),
  quorum: (signal) => readQuorum(client, signal),
  logDirs: (ids, signal) => readLogDirs(client, ids, signal),
  filledLogDirs: (ids, signal) => readFilledLogDirs(client, ids, signal),
  reassignments: (signal) => readReassignments(client, signal),
  ...topicChanges(client),
  ...configChanges(client),
  ...replicaChanges(client),
  ...offsetCalls(client),
  ...partitionPages(client),
  ...groupReads(client),
  ...groupOffsets(client),
  ...aclCalls(client),
  ...credentialCalls(client),
  ...quotaCalls(client),
  ...clusterChanges(client),
  close: client.close,
});

/** Connects to any broker of the target, trying them all before it gives up. */
export async function openKafka(target: KafkaTarget, io: KafkaIo, signal?: AbortSignal): Promise<OpenedKafka> {
  const timeoutMs = io.timeoutMs || defaultTimeoutMs;
  const client = newClient({
    target,
    dial: io.dial,
    clock: io.clock,
    trace: io.trace,
    timeoutMs,
    connectTimeoutMs: Math.min(timeoutMs, longestConnectMs),
  });
  try {
    await client.cluster(signal);
    return kafkaOver(client);
  } catch (error) {
    client.close();
    throw error;
  }
}
