import type { Partition, Topic } from "../../../src/model/topic.ts";

/** Topics to make up: `prefix`0, `prefix`1, … with replicas laid round the nodes. */
export type GeneratedTopics = {
  readonly count: number;
  readonly partitions: number;
  readonly replicationFactor?: number;
  readonly prefix?: string;
};

export type FakeTopic = { name: string; id: string; internal: boolean; partitions: Partition[] };

export type Move = { topic: string; partition: number; before: readonly number[]; target: readonly number[] };

export type FakeNode = { readonly id: number; host: string; port: number; rack: string | null; fenced: boolean };

type LogDirTopic = {
  name: string;
  partitions: readonly { partitionIndex: number; partitionSize: number; offsetLag: number; isFutureKey: boolean }[];
};
export type LogDir = { errorCode: number; logDir: string; totalBytes: number; usableBytes: number; replicas?: readonly LogDirTopic[] };

/** What the cluster knows; every node answers from it, and changes go into it. */
export type State = {
  readonly clusterId: string;
  controllerId: number;
  readonly nodes: Map<number, FakeNode>;
  readonly topics: Map<string, FakeTopic>;
  /** "topic name" or "broker 1" → what was set there. */
  readonly configs: Map<string, Map<string, string>>;
  readonly moves: Map<string, Move>;
  readonly logDirs: Map<number, LogDir[]>;
  metadataLevel: number;
  /** Goes up with every change of topics, so that answers can be kept until then. */
  topicsEpoch: number;
};

let nextId = 1;

/** A UUID of Kafka's that was not given out before. */
export const newUuid = (): string => Buffer.from(String(nextId++).padStart(16, "0")).toString("base64url");

/** Replicas of one partition, laid round the nodes from a place that moves on. */
export function placeReplicas(nodes: readonly number[], replicationFactor: number, start: number): number[] {
  return Array.from({ length: Math.min(replicationFactor, nodes.length) }, (_, index) => nodes[(start + index) % nodes.length] ?? -1);
}

export function placedPartitions(
  nodes: readonly number[],
  { partitions, replicationFactor }: { partitions: number; replicationFactor: number },
  start = 0,
): Partition[] {
  return Array.from({ length: partitions }, (_, partition) => {
    const replicas = placeReplicas(nodes, replicationFactor, start + partition);
    return { partition, leader: replicas[0] ?? -1, replicas, isr: replicas };
  });
}

function makeTopics(
  nodes: readonly number[],
  { count, partitions, replicationFactor = 3, prefix = "topic-" }: GeneratedTopics,
): FakeTopic[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${prefix}${index}`,
    id: newUuid(),
    internal: false,
    partitions: placedPartitions(nodes, { partitions, replicationFactor }, index),
  }));
}

const isGenerated = (topics: GeneratedTopics | readonly Topic[]): topics is GeneratedTopics => "count" in topics;

export function newState(ids: readonly number[], topics: GeneratedTopics | readonly Topic[]): State {
  const list = isGenerated(topics)
    ? makeTopics(ids, topics)
    : topics.map(({ name, id, internal, partitions }) => ({ name, id: id ?? newUuid(), internal, partitions: [...partitions] }));
  return {
    clusterId: "fake-cluster",
    controllerId: ids[0] ?? -1,
    nodes: new Map(ids.map((id) => [id, { id, host: "127.0.0.1", port: 0, rack: null, fenced: false }])),
    topics: new Map(list.map((topic) => [topic.name, topic])),
    configs: new Map(),
    moves: new Map(),
    logDirs: new Map(ids.map((id) => [id, [{ errorCode: 0, logDir: "/var/lib/kafka/data-0", totalBytes: 100e9, usableBytes: 60e9 }]])),
    metadataLevel: 30,
    topicsEpoch: 0,
  };
}
