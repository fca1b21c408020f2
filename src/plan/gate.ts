import { msOf } from "../model/instant.ts";
import type { NodeState, Observation, Quorum, QuorumMember } from "../model/observation.ts";
import { judgePartitions } from "./gate-partitions.ts";
import { exampleCount, type Gate, type GateWarning, type Hold } from "./hold.ts";
import { podsSeen } from "./node-health.ts";

// May these nodes be restarted together now? From one observation, pure.
// 1. What was not read holds: an unknown is never free.
// 2. A pod that serves nobody (missing, stuck, not ready for long, unheard of by Kafka) is free: to restart it takes nothing away. One that
//    has just started is left alone, as it may be recovering its logs. One that is not ready but that Kafka counts on serves all the same.
// 3. A node that is not ready, and that no restart would cure, holds the others.
// 4. The metadata quorum must have a leader; of the other voters a majority of all must be caught up (Strimzi: (N+2) div 2).
// 5. No reassignment may touch the nodes. Of every partition with a replica on one of them: fewer in sync than min ISR hold, whether the
//    nodes are among them or not; so do too few that would be left. Where there are no more replicas than min ISR, one may always go, but
//    no second. The last replica in sync never goes, but for an only one.
// Promise: after an allowed restart of ready nodes begins, each partition that could lose replicas keeps min ISR without them, and the quorum
// keeps its majority (but for a quorum of two or one, which cannot).

/** controller.quorum.fetch.timeout.ms, Kafka's default. */
const fetchTimeoutMs = 2_000;

/** As long as this a pod that runs and is not ready yet may be recovering its logs (Strimzi waits as long). */
const recoveryMs = 300_000;

const closed = (because: Hold): Gate => ({ open: false, because });

/** Takes no part: there is no pod, it cannot start, it is going away, Kubernetes says it is not ready, or Kafka does not hear of it. */
export const isDown = ({ pod, restartReasons }: NodeState): boolean =>
  pod === undefined || !pod.ready || pod.terminating || restartReasons.includes("PodUnresponsive");

/** How long a pod has been starting without a sign of trouble; undefined: it is not starting. */
export function startingForMs({ pod }: NodeState, observedAt: string): number | undefined {
  if (pod === undefined || pod.ready || pod.terminating || pod.trouble !== undefined) return undefined;
  if (pod.phase !== "Running" || pod.restarts > 0 || pod.startedAt === undefined) return undefined;
  const forMs = msOf(observedAt) - msOf(pod.startedAt);
  return forMs < recoveryMs ? Math.max(0, forMs) : undefined;
}

/** After so long a broker that is registered is the one that runs now, and not the one before it (broker.session.timeout.ms is 9 s). */
const sessionMs = 15_000;

/** Its probe fails, but it is registered, and has long loaded its logs: to restart it takes away what it holds in sync. */
function servesUnready({ pod, registration, restartReasons }: NodeState, observedAt: string): boolean {
  if (pod?.startedAt === undefined || pod.ready || pod.terminating || pod.phase !== "Running") return false;
  return registration === "active" && !restartReasons.includes("PodUnresponsive") && msOf(observedAt) - msOf(pod.startedAt) >= sessionMs;
}

/** A broker that nobody runs any more but that Kafka still knows holds nobody up. */
const isOurs = ({ pod, pool }: NodeState): boolean => pod !== undefined || pool !== undefined;

type Ids = ReadonlySet<number>;

/** Somebody is about to restart it; a node that Kafka does not hear of may be left as it is. */
const awaitsRestart = ({ restartReasons }: NodeState): boolean => restartReasons.some((reason) => reason !== "PodUnresponsive");

const detailOf = ({ pod, registration }: NodeState): { detail?: string } => {
  if (pod?.ready && !pod.terminating && registration !== "active") return { detail: "Kafka does not hear of it" };
  return pod?.trouble === undefined ? {} : { detail: pod.trouble };
};

function neighbourHold(going: Ids, { nodes }: Observation): Hold | undefined {
  const unwell = nodes.filter(
    (other) =>
      !going.has(other.id) &&
      isOurs(other) &&
      !awaitsRestart(other) &&
      (isDown(other) || other.registration === "fenced" || other.registration === "absent"),
  );
  if (unwell.length === 0) return undefined;
  return { kind: "NeighbourNotReady", nodes: unwell.map((node) => ({ id: node.id, pod: node.name, ...detailOf(node) })) };
}

/** Whether a voter counts: the leader, or one that was caught up within the fetch timeout. One of which nothing is known does not. */
export const isCaughtUp = ({ leaderId }: Quorum, { id, behindMs }: QuorumMember): boolean =>
  id === leaderId || (behindMs !== undefined && behindMs < fetchTimeoutMs);

/** Of the voters that stay so many must be caught up: a majority of all, and of two voters the other one. */
const neededOthers = (voters: number): number => Math.min(voters - 1, Math.floor((voters + 2) / 2));

function quorumHold(going: Ids, quorum: Quorum): Hold | undefined {
  if (quorum.leaderId < 0) return { kind: "QuorumHasNoLeader" };
  if (quorum.voters.length === 0) return { kind: "NotRead", part: "metadata quorum" };
  const others = quorum.voters.filter(({ id }) => !going.has(id));
  if (others.length === quorum.voters.length) return undefined;
  const behind = others.filter((voter) => !isCaughtUp(quorum, voter));
  const needed = neededOthers(quorum.voters.length);
  const caughtUp = others.length - behind.length;
  return caughtUp >= needed ? undefined : { kind: "QuorumBehind", needed, caughtUp, behind };
}

function reassignmentHold(going: Ids, { kafka }: Observation): Hold | undefined {
  const moves = (kafka?.reassignments ?? []).filter(({ replicas, adding, removing }) =>
    [replicas, adding, removing].some((nodes) => nodes.some((id) => going.has(id))),
  );
  if (moves.length === 0) return undefined;
  const partitions = moves.slice(0, exampleCount).map(({ topic, partition }) => ({ topic, partition }));
  return { kind: "ReassignmentUnderWay", partitions, total: moves.length };
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

function whatIsMissing(nodes: readonly NodeState[], observation: Observation): Hold | undefined {
  const { kafka } = observation;
  if (kafka === undefined) return notRead("Kafka", observation);
  if (kafka.quorum === undefined) return notRead("metadata quorum", observation);
  if (!nodes.some(({ roles }) => roles.includes("broker"))) return undefined;
  if (kafka.topics === undefined) return notRead("topics", observation);
  return kafka.reassignments === undefined ? notRead("reassignments", observation) : undefined;
}

const free: Gate = { open: true, warnings: [] };

/** Nodes whose pods are down: free, but for voters that still vote and are needed. */
function downGate(going: Ids, { kafka }: Observation): Gate {
  const quorum = kafka?.quorum;
  const votes = quorum?.voters.some((voter) => going.has(voter.id) && isCaughtUp(quorum, voter)) ?? false;
  if (quorum === undefined || !votes || quorum.leaderId < 0) return free;
  const hold = quorumHold(going, quorum);
  return hold === undefined ? free : closed(hold);
}

/** Nodes of which at least one serves. */
function servingGate(going: Ids, serving: readonly NodeState[], observation: Observation): Gate {
  const early = whatIsMissing(serving, observation) ?? neighbourHold(going, observation);
  if (early !== undefined) return closed(early);
  const quorum = observation.kafka?.quorum;
  const sets = { all: going, serving: new Set(serving.map(({ id }) => id)) };
  const { hold: partitionHold, withoutSpare } = judgePartitions(sets, observation.kafka?.topics ?? []);
  const hold = (quorum && quorumHold(going, quorum)) ?? reassignmentHold(going, observation) ?? partitionHold;
  if (hold !== undefined) return closed(hold);
  const single = quorum?.voters.length === 1 && going.has(quorum.voters[0]?.id ?? -1);
  const warnings: GateWarning[] = [
    ...(single ? [{ kind: "SingleVoter" } as const] : []),
    ...(withoutSpare > 0 ? [{ kind: "WithoutSpare", partitions: withoutSpare } as const] : []),
  ];
  return { open: true, warnings };
}

/** Whether `nodes` may be restarted together in the world that was observed; if not, the first reason in the order above. */
export function gate(nodes: number | readonly number[], observation: Observation): Gate {
  if (!podsSeen(observation)) return closed(notRead("pods", observation));
  const going: Ids = new Set(typeof nodes === "number" ? [nodes] : nodes);
  const states = observation.nodes.filter(({ id }) => going.has(id));
  const unknown = [...going].find((node) => !states.some(({ id }) => id === node));
  if (unknown !== undefined) return closed({ kind: "NotRead", part: `node ${unknown}` });
  const { observedAt } = observation;
  const serving = states.filter((state) => !isDown(state) || servesUnready(state, observedAt));
  const others = states.filter((state) => !serving.includes(state));
  const starting = others.map((state) => startingForMs(state, observedAt)).find((forMs) => forMs !== undefined);
  if (starting !== undefined) return closed({ kind: "Starting", forMs: starting });
  return serving.length === 0 ? downGate(going, observation) : servingGate(going, serving, observation);
}

/**
 * Whether settings of running brokers may change now: not while the cluster is weak already, so that a change that turns out badly costs no
 * data. Partitions under min ISR do not hold a change of min ISR, which may be their cure.
 */
export function changeGate(observation: Observation, options: readonly string[]): Gate {
  if (!podsSeen(observation)) return closed(notRead("pods", observation));
  const brokers = observation.nodes.filter((node) => isOurs(node) && node.roles.includes("broker"));
  const early = whatIsMissing(brokers, observation) ?? neighbourHold(new Set(), observation);
  if (early !== undefined) return closed(early);
  const { quorum, topics = [] } = observation.kafka ?? {};
  if (quorum !== undefined && quorum.leaderId < 0) return closed({ kind: "QuorumHasNoLeader" });
  if (options.includes("min.insync.replicas")) return free;
  const { hold } = judgePartitions({ all: new Set(), serving: new Set(brokers.map(({ id }) => id)) }, topics);
  return hold === undefined ? free : closed(hold);
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
