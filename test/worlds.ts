import { toInstant } from "../src/model/instant.ts";
import type { CertificateState, KafkaState, NodeState, Observation, PodState, QuorumMember } from "../src/model/observation.ts";
import type { Partition, Topic } from "../src/model/topic.ts";

/** The moment all worlds are observed at. */
export const worldTime = Date.UTC(2026, 10, 23, 12, 0, 0);

const dayMs = 86_400_000;

export function pod(name: string, changes: Partial<PodState> = {}): PodState {
  const startedAt = toInstant(worldTime - 12 * dayMs);
  return {
    name,
    uid: `uid-${name}`,
    phase: "Running",
    ready: true,
    terminating: false,
    restarts: 0,
    startedAt,
    host: "node-1",
    image: "apache/kafka:4.3.1",
    ...changes,
  };
}

/** A partition; its ISR is all replicas unless given. Refuses an ISR or a leader outside the replicas. */
export function partition(id: number, replicas: readonly number[], changes: { isr?: readonly number[]; leader?: number } = {}): Partition {
  const isr = changes.isr ?? replicas;
  const leader = changes.leader ?? isr[0] ?? -1;
  if (isr.some((node) => !replicas.includes(node))) throw new Error(`ISR ${isr} outside replicas ${replicas}`);
  if (leader >= 0 && !replicas.includes(leader)) throw new Error(`leader ${leader} outside replicas ${replicas}`);
  return { partition: id, leader, replicas, isr };
}

export const topic = (name: string, partitions: readonly Partition[], minIsr = 2): Topic => ({
  name,
  internal: name.startsWith("__"),
  partitions,
  minIsr,
});

const broker = (id: number): NodeState => ({
  id,
  name: `my-cluster-broker-${id}`,
  pool: "broker",
  roles: ["broker"],
  pod: pod(`my-cluster-broker-${id}`, { host: `node-${id - 2}` }),
  version: "4.3.1",
  rack: `zone-${id - 2}`,
  disk: { usedBytes: 61 * 1024 ** 3, sizeBytes: 100 * 1024 ** 3 },
  restartReasons: [],
  registration: "active",
  leaders: 1,
  replicas: 3,
});

const controller = (id: number): NodeState => ({
  id,
  name: `my-cluster-controller-${id}`,
  pool: "controller",
  roles: ["controller"],
  pod: pod(`my-cluster-controller-${id}`, { host: `node-${id + 1}` }),
  version: "4.3.1",
  rack: `zone-${id + 1}`,
  disk: { sizeBytes: 10 * 1024 ** 3 },
  restartReasons: [],
});

const member = (id: number, leader: boolean): QuorumMember => ({ id, lag: 0, ...(leader ? {} : { behindMs: 12 }) });

export const certificate = (secret: string, days: number): CertificateState => ({
  secret,
  key: "ca.crt",
  role: secret.endsWith("clients-ca-cert") ? "clientsCa" : "clusterCa",
  subject: "CN=cluster-ca v0,O=io.strimzi",
  notAfter: toInstant(worldTime + days * dayMs + 3_600_000),
});

const kafka: KafkaState = {
  via: "port 9091 as cluster-operator",
  clusterId: "5PMVmXUQRvmDz1NmKHDqdw",
  controllerId: 1,
  metadataVersion: "4.3-IV0",
  quorum: {
    leaderId: 1,
    epoch: 4,
    voters: [member(0, false), member(1, true), member(2, false)],
    observers: [member(3, false), member(4, false), member(5, false)],
  },
  topics: [topic("orders", [partition(0, [3, 4, 5]), partition(1, [4, 5, 3]), partition(2, [5, 3, 4])])],
  reassignments: [],
};

/** A healthy cluster of three controllers (0–2) and three brokers (3–5) in three zones. */
export function healthyWorld(changes: Partial<Observation> = {}): Observation {
  return {
    apiVersion: "kubectl-kafka/v1",
    kind: "ClusterObservation",
    observedAt: toInstant(worldTime),
    context: "test",
    cluster: { namespace: "kafka", name: "my-cluster" },
    mode: { kind: "direct", because: "its pods belong to StatefulSets" },
    listeners: [{ name: "plain", bootstrapServers: "my-cluster-kafka-bootstrap.kafka.svc:9092", tls: false }],
    nodes: [controller(0), controller(1), controller(2), broker(3), broker(4), broker(5)],
    kafka,
    certificates: [certificate("my-cluster-cluster-ca-cert", 328), certificate("my-cluster-clients-ca-cert", 328)],
    gaps: [],
    ...changes,
  };
}

/** The same cluster with one node changed. */
export const withNode = (world: Observation, id: number, change: (node: NodeState) => NodeState): Observation => ({
  ...world,
  nodes: world.nodes.map((node) => (node.id === id ? change(node) : node)),
});

/** The same cluster with other answers from Kafka. */
export function withKafkaState(world: Observation, changes: Partial<KafkaState>): Observation {
  if (world.kafka === undefined) throw new Error("this world has no Kafka to change");
  return { ...world, kafka: { ...world.kafka, ...changes } };
}

/** A node without its pod. */
export function withoutPod(node: NodeState): NodeState {
  const { pod: _, ...rest } = node;
  return rest;
}

/** The world in which Kafka could not be asked, and why. */
export function withoutKafka(world: Observation, because: string): Observation {
  const { kafka: _, ...rest } = world;
  return { ...rest, gaps: [...rest.gaps, { part: "Kafka", because }] };
}
