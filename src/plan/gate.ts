import type { PartitionRef } from "../model/finding.ts";
import { msOf } from "../model/instant.ts";
import type { NodeState, Observation, Quorum, QuorumMember } from "../model/observation.ts";
import type { Partition, Topic } from "../model/topic.ts";
import { podsSeen } from "./node-health.ts";

// May this node be restarted now? From one observation, pure.
// 1. What was not read holds: an unknown is never free.
// 2. A pod that serves nobody (missing, stuck, not ready for long) is free: to restart it takes nothing away. One that has just started is
//    left alone, as it may be recovering its logs.
// 3. A node that is not ready, and that no restart would cure, holds the others.
// 4. The metadata quorum must have a leader; of the other voters a majority of all must be caught up (Strimzi: (N+2) div 2).
// 5. No reassignment may touch the node. Of every partition with a replica on it: as many replicas as min ISR never hold; fewer in sync than
//    min ISR hold, whether the node is one of them or not; exactly min ISR hold when the node is one of them.
// Promise: after an allowed restart of a ready node begins, each partition that could lose a replica keeps min ISR without it, and the quorum
// keeps its majority (but for a quorum of two or one, which cannot).

/** Partitions that hold: how many, and the first few. */
export type HeldPartitions = {
  readonly total: number;
  readonly examples: readonly (PartitionRef & { readonly isr: readonly number[]; readonly minIsr: number; readonly replicas: number })[];
};

export type NodeRef = { readonly id: number; readonly pod: string };

/** Why a node may not be restarted now, and what would unblock it. */
export type Hold =
  | { readonly kind: "NotRead"; readonly part: string; readonly because?: string; readonly hint?: string }
  | { readonly kind: "Starting"; readonly forMs: number }
  | { readonly kind: "NeighbourNotReady"; readonly nodes: readonly (NodeRef & { readonly detail?: string })[] }
  | { readonly kind: "QuorumHasNoLeader" }
  | { readonly kind: "QuorumBehind"; readonly needed: number; readonly caughtUp: number; readonly behind: readonly QuorumMember[] }
  | { readonly kind: "ReassignmentUnderWay"; readonly partitions: readonly PartitionRef[]; readonly total: number }
  /** `waitFor`: the nodes whose return to the ISR would unblock. */
  | {
      readonly kind: "UnderMinIsr" | "AtMinIsr" | "OnlyReplicaInSync";
      readonly partitions: HeldPartitions;
      readonly waitFor: readonly number[];
    };

/** What an allowed restart costs. `WithoutSpare`: partitions with no more replicas than min ISR, which cannot be written meanwhile. */
export type GateWarning = { readonly kind: "SingleVoter" } | { readonly kind: "WithoutSpare"; readonly partitions: number };

export type Gate = { readonly open: true; readonly warnings: readonly GateWarning[] } | { readonly open: false; readonly because: Hold };

/** controller.quorum.fetch.timeout.ms, Kafka's default. */
const fetchTimeoutMs = 2_000;

/** As long as this a pod that runs and is not ready yet may be recovering its logs (Strimzi waits as long). */
const recoveryMs = 300_000;

const exampleCount = 5;

const closed = (because: Hold): Gate => ({ open: false, because });

/** Takes no part: there is no pod, it cannot start, it is going away, or Kubernetes says it is not ready. */
export const isDown = ({ pod }: NodeState): boolean => pod === undefined || !pod.ready || pod.terminating;

/** How long a pod has been starting without a sign of trouble; undefined: it is not starting. */
function startingForMs({ pod }: NodeState, observedAt: string): number | undefined {
  if (pod === undefined || pod.ready || pod.terminating || pod.trouble !== undefined) return undefined;
  if (pod.phase !== "Running" || pod.restarts > 0 || pod.startedAt === undefined) return undefined;
  const forMs = msOf(observedAt) - msOf(pod.startedAt);
  return forMs < recoveryMs ? Math.max(0, forMs) : undefined;
}

/** A broker that nobody runs any more but that Kafka still knows holds nobody up. */
const isOurs = ({ pod, pool }: NodeState): boolean => pod !== undefined || pool !== undefined;

function neighbourHold(node: number, { nodes }: Observation): Hold | undefined {
  const unwell = nodes.filter(
    (other) =>
      other.id !== node &&
      isOurs(other) &&
      other.restartReasons.length === 0 &&
      (isDown(other) || other.registration === "fenced" || other.registration === "absent"),
  );
  if (unwell.length === 0) return undefined;
  return {
    kind: "NeighbourNotReady",
    nodes: unwell.map(({ id, name, pod }) => ({ id, pod: name, ...(pod?.trouble === undefined ? {} : { detail: pod.trouble }) })),
  };
}

/** Whether a voter counts: the leader, or one that was caught up within the fetch timeout. One of which nothing is known does not. */
export const isCaughtUp = ({ leaderId }: Quorum, { id, behindMs }: QuorumMember): boolean =>
  id === leaderId || (behindMs !== undefined && behindMs < fetchTimeoutMs);

/** Of the other voters so many must be caught up: a majority of all, and of two voters the other one. */
const neededOthers = (voters: number): number => Math.min(voters - 1, Math.floor((voters + 2) / 2));

function quorumHold(node: number, quorum: Quorum): Hold | undefined {
  if (quorum.leaderId < 0) return { kind: "QuorumHasNoLeader" };
  if (quorum.voters.length === 0) return { kind: "NotRead", part: "metadata quorum" };
  if (!quorum.voters.some(({ id }) => id === node)) return undefined;
  const others = quorum.voters.filter(({ id }) => id !== node);
  const behind = others.filter((voter) => !isCaughtUp(quorum, voter));
  const needed = neededOthers(quorum.voters.length);
  const caughtUp = others.length - behind.length;
  return caughtUp >= needed ? undefined : { kind: "QuorumBehind", needed, caughtUp, behind };
}

function reassignmentHold(node: number, { kafka }: Observation): Hold | undefined {
  const moves = (kafka?.reassignments ?? []).filter(({ replicas, adding, removing }) =>
    [replicas, adding, removing].some((nodes) => nodes.includes(node)),
  );
  if (moves.length === 0) return undefined;
  const partitions = moves.slice(0, exampleCount).map(({ topic, partition }) => ({ topic, partition }));
  return { kind: "ReassignmentUnderWay", partitions, total: moves.length };
}

type Held = { readonly topic: Topic; readonly partition: Partition; readonly minIsr: number };
type PartitionHold = "UnderMinIsr" | "AtMinIsr" | "OnlyReplicaInSync";

function holdOf(node: number, { isr }: Partition, minIsr: number): PartitionHold | undefined {
  if (isr.length === 1 && isr[0] === node) return "OnlyReplicaInSync";
  if (isr.length < minIsr) return "UnderMinIsr";
  return isr.length === minIsr && isr.includes(node) ? "AtMinIsr" : undefined;
}

function describeHeld(kind: PartitionHold, held: readonly Held[]): Hold {
  const missing = held.flatMap(({ partition }) => partition.replicas.filter((replica) => !partition.isr.includes(replica)));
  const examples = held.slice(0, exampleCount).map(({ topic, partition, minIsr }) => ({
    topic: topic.name,
    partition: partition.partition,
    isr: partition.isr,
    minIsr,
    replicas: partition.replicas.length,
  }));
  return { kind, partitions: { total: held.length, examples }, waitFor: [...new Set(missing)].sort((a, b) => a - b) };
}

/** The worst first: whoever waits should hear of the data that is nearest to being lost. */
const worstFirst: readonly PartitionHold[] = ["OnlyReplicaInSync", "UnderMinIsr", "AtMinIsr"];

/** One pass over all partitions. */
function judgePartitions(node: number, topics: readonly Topic[]): { hold: Hold | undefined; withoutSpare: number } {
  const held: Record<PartitionHold, Held[]> = { OnlyReplicaInSync: [], UnderMinIsr: [], AtMinIsr: [] };
  let withoutSpare = 0;
  for (const topic of topics) {
    for (const partition of topic.partitions) {
      if (!partition.replicas.includes(node)) continue;
      const { minIsr = partition.replicas.length > 1 ? undefined : 1 } = topic;
      if (minIsr === undefined) return { hold: { kind: "NotRead", part: `min.insync.replicas of topic ${topic.name}` }, withoutSpare };
      if (partition.replicas.length <= minIsr) {
        withoutSpare += 1;
        continue;
      }
      const kind = holdOf(node, partition, minIsr);
      if (kind !== undefined) held[kind].push({ topic, partition, minIsr });
    }
  }
  const worst = worstFirst.find((kind) => held[kind].length > 0);
  return { hold: worst && describeHeld(worst, held[worst]), withoutSpare };
}

function notRead(part: string, { gaps }: Observation): Hold {
  const gap = gaps.find((candidate) => candidate.part === part);
  return {
    kind: "NotRead",
    part,
    ...(gap === undefined ? {} : { because: gap.because }),
    ...(gap?.hint === undefined ? {} : { hint: gap.hint }),
  };
}

function whatIsMissing(node: NodeState, observation: Observation): Hold | undefined {
  const { kafka } = observation;
  if (kafka === undefined) return notRead("Kafka", observation);
  if (kafka.quorum === undefined) return notRead("metadata quorum", observation);
  if (!node.roles.includes("broker")) return undefined;
  if (kafka.topics === undefined) return notRead("topics", observation);
  return kafka.reassignments === undefined ? notRead("reassignments", observation) : undefined;
}

/** A node whose pod is down: free, unless it has just started, or it is a voter that still votes and is needed. */
function downGate(node: NodeState, observation: Observation): Gate {
  const forMs = startingForMs(node, observation.observedAt);
  if (forMs !== undefined) return closed({ kind: "Starting", forMs });
  const quorum = observation.kafka?.quorum;
  const voter = quorum?.voters.find(({ id }) => id === node.id);
  if (quorum === undefined || voter === undefined || !isCaughtUp(quorum, voter) || quorum.leaderId < 0) return { open: true, warnings: [] };
  const hold = quorumHold(node.id, quorum);
  return hold === undefined ? { open: true, warnings: [] } : closed(hold);
}

/** Whether `node` may be restarted in the world that was observed; if not, the first reason in the order above. */
export function gate(node: number, observation: Observation): Gate {
  if (!podsSeen(observation)) return closed(notRead("pods", observation));
  const state = observation.nodes.find(({ id }) => id === node);
  if (state === undefined) return closed({ kind: "NotRead", part: `node ${node}` });
  if (isDown(state)) return downGate(state, observation);
  const early = whatIsMissing(state, observation) ?? neighbourHold(node, observation);
  if (early !== undefined) return closed(early);
  const quorum = observation.kafka?.quorum;
  const { hold: partitionHold, withoutSpare } = judgePartitions(node, observation.kafka?.topics ?? []);
  const hold = (quorum && quorumHold(node, quorum)) ?? reassignmentHold(node, observation) ?? partitionHold;
  if (hold !== undefined) return closed(hold);
  const single = quorum?.voters.length === 1 && quorum.voters[0]?.id === node;
  const warnings: GateWarning[] = [
    ...(single ? [{ kind: "SingleVoter" } as const] : []),
    ...(withoutSpare > 0 ? [{ kind: "WithoutSpare", partitions: withoutSpare } as const] : []),
  ];
  return { open: true, warnings };
}

/**
 * The order of restarts: controllers (pure or combined) before brokers, in each group first those that are down, then by id; the active
 * controller last among the controllers. Nodes that are not there come last.
 */
export function restartOrder(nodes: readonly number[], observation: Observation): number[] {
  const states = new Map(observation.nodes.map((node) => [node.id, node]));
  const active = observation.kafka?.quorum?.leaderId;
  const rank = (id: number): readonly number[] => {
    const state = states.get(id);
    if (state === undefined) return [2, 0, 0, id];
    const controller = state.roles.includes("controller");
    return [controller ? 0 : 1, controller && id === active ? 1 : 0, isDown(state) ? 0 : 1, id];
  };
  const compare = (a: readonly number[], b: readonly number[]): number =>
    a.map((value, at) => value - (b[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
  return [...new Set(nodes)].sort((a, b) => compare(rank(a), rank(b)));
}
