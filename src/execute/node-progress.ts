import type { NodePhase, NodeProgress, Share } from "../model/event.ts";
import type { NodeState, Observation } from "../model/observation.ts";
import type { RestartedNode } from "../model/plan.ts";
import { formatBytes, formatCount, formatDuration } from "../model/units.ts";
import { isCaughtUp } from "../plan/gate.ts";
import { podsSeen } from "../plan/node-health.ts";

/** Replicas in sync anywhere: it grows while what holds a gate comes nearer. */
export const inSyncAnywhere = ({ kafka }: Observation): number =>
  (kafka?.topics ?? []).reduce((sum, { partitions }) => sum + partitions.reduce((some, { isr }) => some + isr.length, 0), 0);

/** Replicas in sync, of those each node has, in one pass; a partition that is being moved has its own time. */
function inSync(nodes: ReadonlySet<number>, { kafka }: Observation): ReadonlyMap<number, Share> {
  const shares = new Map<number, { done: number; total: number }>([...nodes].map((id) => [id, { done: 0, total: 0 }]));
  const moving = new Set((kafka?.reassignments ?? []).map(({ topic, partition }) => `${topic}-${partition}`));
  for (const { name, partitions } of kafka?.topics ?? []) {
    for (const { partition, replicas, isr } of partitions) {
      if (moving.size > 0 && moving.has(`${name}-${partition}`)) continue;
      for (const id of replicas) {
        const share = shares.get(id);
        if (share === undefined) continue;
        share.total += 1;
        if (isr.includes(id)) share.done += 1;
      }
    }
  }
  return shares;
}

type Where = Omit<NodeProgress, "node" | "pod">;

const at = (phase: NodePhase, because?: string): Where => ({ phase, ...(because === undefined ? {} : { because }) });

/** What Kafka says of a node whose pod is ready. */
function seenByKafka(node: NodeState, { kafka, gaps }: Observation, partitions: Share): Where {
  if (kafka === undefined) return at("registering", gaps.find(({ part }) => part === "Kafka")?.because ?? "Kafka could not be asked");
  const { quorum } = kafka;
  if (quorum === undefined || quorum.leaderId < 0) return at("registering", "the metadata quorum has no leader");
  const voter = quorum.voters.find(({ id }) => id === node.id);
  if (voter !== undefined && !isCaughtUp(quorum, voter)) return at("catchingUp", "its copy of the metadata is not caught up yet");
  if (!node.roles.includes("broker")) return at("back");
  if (node.registration !== "active")
    return at("registering", node.registration === "fenced" ? "the broker is fenced still" : "the broker is not registered yet");
  if (kafka.topics === undefined) return at("catchingUp", "topics could not be read");
  return partitions.done === partitions.total ? at("back") : { phase: "catchingUp", partitions };
}

function whereIs(
  node: NodeState | undefined,
  { previousUid }: RestartedNode,
  rest: { observation: Observation; partitions: Share },
): Where {
  if (node === undefined) return at("down", "the node was not seen");
  const { pod, leaders = 0 } = node;
  if (pod === undefined) return at("down", podsSeen(rest.observation) ? "there is no new pod yet" : "pods could not be read");
  if (pod.uid === previousUid && !pod.terminating) return at("waiting", "the old pod is still there");
  if (pod.terminating) return { ...at("leaving", "the old pod is shutting down"), ...(leaders > 0 ? { leaders } : {}) };
  if (pod.ready) return seenByKafka(node, rest.observation, rest.partitions);
  if (pod.phase === "Running") return at("starting", pod.trouble ?? "the new pod is not ready yet");
  return at("down", pod.trouble ?? "the new pod is not running yet");
}

/** Where each of the restarted nodes is in the world that was observed. */
export function nodeProgress(restarted: readonly RestartedNode[], observation: Observation): NodeProgress[] {
  const states = new Map(observation.nodes.map((state) => [state.id, state]));
  const shares = inSync(new Set(restarted.map(({ node }) => node)), observation);
  return restarted.map((one) => {
    const partitions = shares.get(one.node) ?? { done: 0, total: 0 };
    return { node: one.node, pod: one.pod, ...whereIs(states.get(one.node), one, { observation, partitions }) };
  });
}

const ranks: Readonly<Record<NodePhase, number>> = {
  waiting: 0,
  leaving: 1,
  down: 2,
  starting: 3,
  recovering: 3,
  registering: 4,
  catchingUp: 5,
  back: 6,
};

/** More than any node has partitions. */
const oneRank = 1e7;

/** What a broker copies counts for less than a partition that is in sync. */
const bytesOfPartition = 2 ** 40;

/** A number that grows whenever any of the nodes comes further. */
export const scoreOf = (nodes: readonly NodeProgress[]): number =>
  nodes.reduce((sum, { phase, leaders = 0, logs, partitions, replicas }) => {
    const share = (logs?.done ?? 0) + (partitions?.done ?? 0) + (replicas?.bytes ?? 0) / bytesOfPartition;
    return sum + ranks[phase] * oneRank - leaders + share;
  }, 0);

/** Where one node is, as a person reads it; undefined: `because` tells all. */
export function progressText({ leaders, logs, partitions, replicas, leftMs }: NodeProgress): string | undefined {
  const behind =
    replicas === undefined ? "" : `, ${formatCount(replicas.recordsBehind)} records behind, ${formatBytes(replicas.bytes)} copied`;
  const left = leftMs === undefined ? behind : `${behind}, about ${formatDuration(leftMs)}`;
  if (leaders !== undefined) return `${leaders} leaders to hand over`;
  if (logs !== undefined) return `${logs.done} of ${logs.total} logs loaded`;
  return partitions === undefined ? undefined : `${partitions.done} of ${partitions.total} replicas in sync${left}`;
}
