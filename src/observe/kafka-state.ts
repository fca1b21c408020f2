import { msOf } from "../model/instant.ts";
import type { Disk, Gap, KafkaState, NodeState, Quorum, Registration, RestartReason } from "../model/observation.ts";
import type { Topic } from "../model/topic.ts";
import type { BrokerInfo, ClusterInfo, KafkaAdmin, LogDirInfo, QuorumInfo, QuorumReplica } from "../ports/kafka.ts";
import { seen } from "./gaps.ts";

/** What Kafka told: its own state, and what it adds to each node. */
export type KafkaAnswer = {
  readonly state: KafkaState;
  readonly info: ClusterInfo;
  readonly logDirs: readonly LogDirInfo[];
  readonly readAt: number;
};

type Question = {
  readonly admin: KafkaAdmin;
  readonly via: string;
  readonly now: number;
  /** Which brokers to ask for their volumes, which takes a connection to each. */
  readonly hasDisks: (broker: BrokerInfo) => boolean;
  readonly signal?: AbortSignal | undefined;
};

function toQuorum(info: QuorumInfo, now: number): Quorum {
  const leader = info.voters.find(({ id }) => id === info.leaderId);
  // by the leader's clock, which wrote the times: this machine's may differ
  const present = leader !== undefined && leader.lastCaughtUpMs >= 0 ? leader.lastCaughtUpMs : now;
  const member = (replica: QuorumReplica) => ({
    id: replica.id,
    lag: Math.max(0, (leader?.logEndOffset ?? info.highWatermark) - replica.logEndOffset),
    ...(replica.id === info.leaderId || replica.lastCaughtUpMs < 0 ? {} : { behindMs: Math.max(0, present - replica.lastCaughtUpMs) }),
  });
  return { leaderId: info.leaderId, epoch: info.leaderEpoch, voters: info.voters.map(member), observers: info.observers.map(member) };
}

/** All topics with the min.insync.replicas in force: one request for the metadata, one for the configuration. */
async function readTopics(admin: KafkaAdmin, gaps: Gap[], signal?: AbortSignal): Promise<Topic[] | undefined> {
  const topics = await seen(gaps, "topics", admin.topics(undefined, signal));
  if (topics === undefined || topics.length === 0) return topics;
  const query = { type: "topic" as const, names: topics.map(({ name }) => name), keys: ["min.insync.replicas"] };
  const configs = await seen(gaps, "min.insync.replicas of topics", admin.configs(query, signal));
  if (configs === undefined) return topics;
  if (configs.errors.size > 0)
    gaps.push({ part: `min.insync.replicas of ${configs.errors.size} topics`, because: [...configs.errors.values()][0] ?? "" });
  return topics.map((topic) => {
    const minIsr = Number(configs.entries.get(topic.name)?.[0]?.value ?? Number.NaN);
    return Number.isNaN(minIsr) ? topic : { ...topic, minIsr };
  });
}

async function readLogDirs({ admin, signal }: Question, brokers: readonly BrokerInfo[], gaps: Gap[]): Promise<LogDirInfo[]> {
  if (brokers.length === 0) return [];
  const ids = brokers.map(({ id }) => id);
  const answer = await seen(gaps, "disk sizes", admin.logDirs(ids, signal));
  for (const [broker, because] of answer?.errors ?? []) gaps.push({ part: `disk size of node ${broker}`, because });
  return answer?.dirs ?? [];
}

/** Asks Kafka everything at once; what it refuses becomes a gap. Throws when no broker answers at all. */
export async function readKafka(question: Question, gaps: Gap[]): Promise<KafkaAnswer> {
  const { admin, signal } = question;
  const topics = readTopics(admin, gaps, signal);
  const features = seen(gaps, "metadata version", admin.features(signal));
  const quorum = seen(gaps, "metadata quorum", admin.quorum(signal));
  const reassignments = seen(gaps, "reassignments", admin.reassignments(signal));
  const cluster = admin.cluster(signal);
  const [info, topicsRead, feature, quorumRead, moves, logDirs] = await Promise.all([
    cluster,
    topics,
    features,
    quorum,
    reassignments,
    cluster.then(({ brokers }) =>
      readLogDirs(
        question,
        brokers.filter((broker) => !broker.fenced && question.hasDisks(broker)),
        gaps,
      ),
    ),
  ]);
  const state: KafkaState = {
    via: question.via,
    clusterId: info.clusterId,
    controllerId: info.controllerId,
    ...(feature?.metadataVersion === undefined ? {} : { metadataVersion: feature.metadataVersion }),
    ...(quorumRead === undefined ? {} : { quorum: toQuorum(quorumRead, question.now) }),
    ...(topicsRead === undefined ? {} : { topics: topicsRead }),
    ...(moves === undefined ? {} : { reassignments: moves }),
  };
  return { state, info, logDirs, readAt: question.now };
}

function diskOf(dirs: readonly LogDirInfo[]): Disk | undefined {
  const known = dirs.filter(({ totalBytes }) => totalBytes >= 0);
  if (known.length === 0) return undefined;
  const sizeBytes = known.reduce((sum, dir) => sum + dir.totalBytes, 0);
  return { sizeBytes, usedBytes: sizeBytes - known.reduce((sum, dir) => sum + dir.usableBytes, 0) };
}

/** Leaders and replicas per node id, in one pass over all partitions. */
export function countByNode(topics: readonly Topic[]): Map<number, { leaders: number; replicas: number }> {
  const counts = new Map<number, { leaders: number; replicas: number }>();
  const at = (id: number) => {
    const present = counts.get(id) ?? { leaders: 0, replicas: 0 };
    counts.set(id, present);
    return present;
  };
  for (const topic of topics) {
    for (const partition of topic.partitions) {
      if (partition.leader >= 0) at(partition.leader).leaders += 1;
      for (const replica of partition.replicas) at(replica).replicas += 1;
    }
  }
  return counts;
}

/** A broker registers within seconds of being ready. */
const registrationMs = 60_000;

/** Kubernetes has called its pod ready for long, and the other brokers do not hear of it. */
const isUnresponsive = ({ pod }: NodeState, registration: Registration, now: number): boolean =>
  registration !== "active" &&
  pod?.readySince !== undefined &&
  pod.ready &&
  !pod.terminating &&
  now - msOf(pod.readySince) >= registrationMs;

/** Adds to the nodes what only Kafka knows: registration, rack, leaders and replicas, volumes. Brokers without a pod of ours are added. */
export function withKafka(nodes: readonly NodeState[], answer: KafkaAnswer): NodeState[] {
  const counts = answer.state.topics && countByNode(answer.state.topics);
  const brokers = new Map(answer.info.brokers.map((broker) => [broker.id, broker]));
  const unknown = answer.info.brokers
    .filter(({ id }) => !nodes.some((node) => node.id === id))
    .map(({ id, host }): NodeState => ({ id, name: host, roles: ["broker"], restartReasons: [] }));
  return [...nodes, ...unknown]
    .sort((a, b) => a.id - b.id)
    .map((node) => {
      if (!node.roles.includes("broker")) return node;
      const broker = brokers.get(node.id);
      const dirs = answer.logDirs.filter(({ brokerId }) => brokerId === node.id);
      const offline = dirs.filter(({ error }) => error !== undefined).map(({ path }) => path);
      const disk = diskOf(dirs);
      const registration = broker === undefined ? "absent" : broker.fenced ? "fenced" : "active";
      return {
        ...node,
        ...(isUnresponsive(node, registration, answer.readAt)
          ? { restartReasons: [...node.restartReasons, "PodUnresponsive"] satisfies RestartReason[] }
          : {}),
        registration,
        ...(broker?.rack === undefined ? {} : { rack: broker.rack }),
        ...(disk === undefined ? {} : { disk }),
        ...(offline.length === 0 ? {} : { offlineLogDirs: offline }),
        ...(counts === undefined ? {} : (counts.get(node.id) ?? { leaders: 0, replicas: 0 })),
      };
    });
}
