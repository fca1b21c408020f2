import type { AppError } from "../model/errors.ts";
import type { NodePhase, NodeProgress, Progress, RestartTimes, Share } from "../model/event.ts";
import type { Observation } from "../model/observation.ts";
import type { RestartedNode } from "../model/plan.ts";
import type { StepRun } from "./execute-io.ts";
import { readLoadedLogs } from "./log-recovery.ts";
import { nodeProgress, progressText, scoreOf } from "./node-progress.ts";
import { type ReplicaDirectories, readDirectories } from "./replica-directories.ts";
import { type Seen, waitUntil } from "./wait-until.ts";

// Waits until restarted nodes serve again with all they have: once a second one observation for all of them.
// 1. What an observation cannot tell is asked for when it may matter: a pod's log while its Kafka takes long to start, the log directories of
//    a broker whose replicas come no further.
// 2. The wait is patient: as long as any node comes further, time begins anew.
// 3. A broker with an offline log directory never catches up: that is a fault, by name, and no wait.

/** What is known of the nodes while they are waited for. */
type Watch = {
  readonly run: StepRun;
  readonly startedAt: number;
  /** When each node was seen first in its present phase, and how much was done then. */
  readonly since: Map<number, { phase: NodePhase; at: number; done: number }>;
  readonly spent: Map<number, Partial<Record<NodePhase, number>>>;
  readonly endedAt: Map<number, number>;
  /** The score, since when it is what it is, and when directories were asked for last. */
  readonly stalled: { score: number; at: number; askedAt: number };
  /** What they told then. */
  directories: ReplicaDirectories | undefined;
};

/** A Kafka that starts faster has nothing to tell. */
const slowStartMs = 5_000;
/** Replicas that come no further for so long may have no directory to be in. */
const stallMs = 5_000;
const logsAtOnce = 4;

const doneOf = ({ partitions, logs }: NodeProgress): number => partitions?.done ?? logs?.done ?? 0;

/** Notes a change of phase with its time. */
function note({ run, startedAt, since, spent, endedAt }: Watch, progress: NodeProgress): void {
  const now = run.io.clock.now();
  const last = since.get(progress.node);
  if (last?.phase === progress.phase) return;
  const isEarly = progress.phase === "leaving" || progress.phase === "waiting";
  // it left before the first look
  if (last === undefined && !isEarly) spent.set(progress.node, { leaving: now - startedAt });
  if (last !== undefined) {
    const phases = spent.get(progress.node) ?? {};
    spent.set(progress.node, { ...phases, [last.phase]: (phases[last.phase] ?? 0) + now - last.at });
  }
  since.set(progress.node, { phase: progress.phase, at: last === undefined && isEarly ? startedAt : now, done: doneOf(progress) });
  if (progress.phase === "back") endedAt.set(progress.node, now);
  else endedAt.delete(progress.node);
}

/** How long the rest takes at the rate so far. */
function timeLeft({ run, since }: Watch, { node, phase, partitions }: NodeProgress): { leftMs?: number } {
  const first = since.get(node);
  if (partitions === undefined || first?.phase !== phase || partitions.done <= first.done) return {};
  const rate = (partitions.done - first.done) / (run.io.clock.now() - first.at);
  return { leftMs: Math.round((partitions.total - partitions.done) / rate) };
}

/** The nodes that take long to start, with the logs they have loaded. */
async function withLogs({ run, since }: Watch, nodes: readonly NodeProgress[]): Promise<NodeProgress[]> {
  const now = run.io.clock.now();
  const slow = nodes.filter(({ node, phase }) => phase === "starting" && now - (since.get(node)?.at ?? now) >= slowStartMs);
  const read = async ({ node, pod }: NodeProgress) => [node, await readLoadedLogs(run, pod)] as const;
  const logs = new Map<number, Share | undefined>(await Promise.all(slow.slice(0, logsAtOnce).map(read)));
  return nodes.map((one) => {
    const share = logs.get(one.node);
    return share === undefined ? one : { ...one, logs: share };
  });
}

/** The nodes with how far their replicas are; asked for, now and then, only while no partition comes in sync. */
async function withReplicas(watch: Watch, nodes: readonly NodeProgress[]): Promise<readonly NodeProgress[]> {
  const { run, stalled } = watch;
  const now = run.io.clock.now();
  const score = scoreOf(nodes);
  if (score > stalled.score) {
    Object.assign(stalled, { score, at: now });
    watch.directories = undefined;
  }
  const stuck = nodes.filter(({ partitions }) => partitions !== undefined);
  if (stuck.length > 0 && now - stalled.at >= stallMs && now - stalled.askedAt >= stallMs) {
    stalled.askedAt = now;
    watch.directories = (await readDirectories(run, stuck)) ?? watch.directories;
  }
  return nodes.map((one) => {
    const replicas = one.partitions === undefined ? undefined : watch.directories?.replicas.get(one.node);
    return replicas === undefined ? one : { ...one, replicas };
  });
}

function summary(nodes: readonly NodeProgress[]): { progress?: Progress; because?: string } {
  const away = nodes.filter(({ phase }) => phase !== "back");
  const [first] = away;
  const text = first && progressText(first);
  const because = text === undefined ? first?.because : undefined;
  if (nodes.length === 1) {
    const share = first?.partitions ?? first?.logs;
    return { ...(text === undefined ? {} : { progress: { text, ...share } }), ...(because === undefined ? {} : { because }) };
  }
  const [done, total] = [nodes.length - away.length, nodes.length];
  const of = `${done} of ${total} nodes back`;
  const detail = text === undefined ? {} : { because: `${first?.pod}: ${text}` };
  return { progress: { text: of, done, total }, ...(because === undefined ? detail : { because: `${first?.pod}: ${because}` }) };
}

type Found = { readonly observation: Observation; readonly fault?: AppError };

async function look(watch: Watch, restarted: readonly RestartedNode[], { signal, tend }: Patience): Promise<Seen<Found>> {
  const observation = await watch.run.io.observe(signal);
  const remark = await tend?.(observation);
  const found = await withLogs(watch, nodeProgress(restarted, observation));
  const nodes = found.map((one) => ({ ...one, ...timeLeft(watch, one) }));
  for (const one of nodes) note(watch, one);
  if (nodes.every(({ phase }) => phase === "back")) return { done: true, value: { observation } };
  const measured = await withReplicas(watch, nodes);
  const fault = watch.directories?.fault;
  if (fault !== undefined) return { done: true, value: { observation, fault } };
  // a node that loads its logs is not merely starting: it was noted as that, so that its time counts once
  const told = measured.map((one): NodeProgress => (one.logs === undefined ? one : { ...one, phase: "recovering" }));
  return { done: false, nodes: told, score: scoreOf(told), ...summary(told), ...(remark === undefined ? {} : { because: remark }) };
}

type Patience = {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Called with each observation; what it says is told. */
  readonly tend?: (observation: Observation) => Promise<string | undefined>;
};

function waitOf({ cluster }: StepRun, restarted: readonly RestartedNode[], { timeoutMs, signal }: Patience) {
  const first = restarted[0]?.pod;
  const rest = restarted.length - 1;
  return {
    condition: { kind: "NodesBack", nodes: restarted } as const,
    otherwise: rest > 0 ? `${first} and ${rest} more are not back` : `${first} is not back`,
    hint: `kubectl describe pod ${first} -n ${cluster.namespace}; kubectl logs ${first} -n ${cluster.namespace}`,
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
    patient: true,
  };
}

/** The nodes are back: how long each was away, and the world in which they are. */
export type Back = { readonly observation: Observation; readonly times: readonly RestartTimes[] };

/**
 * Waits until restarted nodes serve again with all they have. Without `signal` it is not interrupted: nodes are away. Throws AppError when
 * time runs out, or when a broker's log directory is offline.
 */
export async function waitForNodes(run: StepRun, restarted: readonly RestartedNode[], patience: Patience): Promise<Back> {
  const startedAt = run.io.clock.now();
  const stalled = { score: Number.NEGATIVE_INFINITY, at: startedAt, askedAt: startedAt };
  const watch: Watch = { run, startedAt, since: new Map(), spent: new Map(), endedAt: new Map(), stalled, directories: undefined };
  const { observation, fault } = await waitUntil(run, {
    ...waitOf(run, restarted, patience),
    look: () => look(watch, restarted, patience),
  });
  if (fault !== undefined) throw fault;
  const times = restarted.map(({ node, pod }) => {
    const phases = watch.spent.get(node) ?? {};
    const ms = (watch.endedAt.get(node) ?? startedAt) - startedAt - (phases.waiting ?? 0);
    return { node, pod, ms, phases };
  });
  return { observation, times };
}

/** Waits for the new pods alone, for nodes that cannot serve before others are restarted too. */
export async function waitForNewPods(run: StepRun, restarted: readonly RestartedNode[], patience: Patience): Promise<void> {
  await waitUntil(run, {
    ...waitOf(run, restarted, patience),
    async look(): Promise<Seen<undefined>> {
      const states = new Map((await run.io.observe()).nodes.map((state) => [state.id, state]));
      const away = restarted.find(({ node, previousUid }) => {
        const pod = states.get(node)?.pod;
        return pod === undefined || pod.terminating || pod.uid === previousUid;
      });
      return away === undefined ? { done: true, value: undefined } : { done: false, because: `there is no new pod ${away.pod} yet` };
    },
  });
}
