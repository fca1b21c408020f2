import { AppError } from "../model/errors.ts";
import type { RestartTimes } from "../model/event.ts";
import { resources } from "../model/kube.ts";
import type { Observation } from "../model/observation.ts";
import type { RestartedNode, RestartTarget, Step } from "../model/plan.ts";
import { gate, isDown } from "../plan/gate.ts";
import { podsSeen } from "../plan/node-health.ts";
import { describeHold } from "./describe-hold.ts";
import { alreadyDone, type StepResult, type StepRun } from "./execute-io.ts";
import { giveLeadersBack } from "./leaders.ts";
import { readLoadedLogs } from "./log-recovery.ts";
import { inSyncAnywhere } from "./node-progress.ts";
import { waitForNewPods, waitForNodes } from "./nodes-back.ts";
import { type NotYet, type Seen, waitUntil } from "./wait-until.ts";

// Restarts one batch of nodes, which are down together.
// 1. Observe. A node whose pod is not the planned one any more was restarted by somebody, and is done; it goes again only when it is out of
//    date still. None left: wait until those of somebody are back.
// 2. Ask the gate for all that are left as one set, once a second, until it opens. A pod that loads its logs is left alone.
// 3. Delete or evict the very pods that were observed. From here on nothing interrupts. What a disruption budget refuses is left for later.
// 4. Wait until those that went are back with all they have, give them their leaders back, and begin anew with what is left. Nodes that were
//    down together with others are not waited for: they may need each other to come up; the next gate looks after them.
// Promise: no node goes twice, and none goes that the gate did not let go in an observation made just before.

type Restart = Extract<Step, { kind: "RestartNodes" }>;
type Node = { readonly node: number; readonly pod: string };

const refOf = ({ node, pod }: Node): Node => ({ node, pod });

/** A gate that is closed, as something to wait for; undefined: it is open. */
function holdOf(nodes: readonly Node[], observation: Observation): NotYet | undefined {
  const answer = gate(
    nodes.map(({ node }) => node),
    observation,
  );
  return answer.open ? undefined : { done: false, because: describeHold(answer.because), score: inSyncAnywhere(observation) };
}

/** A pod that runs without being ready and without trouble may be loading its logs, however long that takes. */
async function loadingHold(run: StepRun, nodes: readonly Node[], observation: Observation): Promise<NotYet | undefined> {
  const starting = nodes.filter(({ node }) => {
    const pod = observation.nodes.find(({ id }) => id === node)?.pod;
    return pod?.phase === "Running" && !pod.ready && !pod.terminating && pod.trouble === undefined;
  });
  for (const { pod } of starting) {
    const logs = await readLoadedLogs(run, pod);
    if (logs === undefined || logs.done >= logs.total) continue;
    const because = `${pod} is loading its logs: ${logs.done} of ${logs.total}`;
    return { done: false, because, score: inSyncAnywhere(observation) + logs.done };
  }
  return undefined;
}

const gateWait = ({ io, cluster }: StepRun, nodes: readonly Node[]) => ({
  condition: { kind: "GateOpen", nodes: nodes.map(refOf) } as const,
  otherwise: `${nodes[0]?.pod}${nodes.length > 1 ? ` and ${nodes.length - 1} more` : ""} may still not be restarted`,
  hint: `kubectl kafka status ${cluster.name} -n ${cluster.namespace}`,
  patient: true,
  signal: io.signal,
});

/** Observes anew, once a second, until the nodes may go. */
export const waitForGate = (run: StepRun, nodes: readonly Node[], timeoutMs: number): Promise<undefined> =>
  waitUntil(run, {
    ...gateWait(run, nodes),
    timeoutMs,
    look: async () => holdOf(nodes, await run.io.observe(run.io.signal)) ?? { done: true, value: undefined },
  });

/** False: the pod is another one by now, or gone. Throws TooManyRequests when a budget refuses. */
async function removePod({ io, cluster }: StepRun, { pod, uid }: { pod: string; uid: string }, evict: boolean): Promise<boolean> {
  const ref = { resource: resources.pods, namespace: cluster.namespace, name: pod };
  try {
    await (evict ? io.kube.evict({ ref, uid }) : io.kube.delete({ ref, propagation: "Background", uid }));
    return true;
  } catch (error) {
    if (error instanceof AppError && (error.code === "NotFound" || error.code === "Conflict")) return false;
    throw error;
  }
}

/** What went, in which world. */
type Taken = { readonly observation: Observation; readonly gone: readonly RestartedNode[] };

type Batch = { readonly due: readonly RestartTarget[]; readonly evict: boolean; readonly observation: Observation };

/** Takes pods away, one call after the other. A fault after the first is left for the next look: somebody must wait for those that went. */
async function takeDown(run: StepRun, { due, evict, observation }: Batch): Promise<Seen<Taken>> {
  const gone: RestartedNode[] = [];
  let refusal: string | undefined;
  for (const target of due) {
    try {
      if (await removePod(run, target, evict)) gone.push({ ...refOf(target), previousUid: target.uid });
    } catch (error) {
      if (evict && error instanceof AppError && error.code === "TooManyRequests") refusal = error.message;
      else if (gone.length === 0) throw error;
      else break;
    }
  }
  if (gone.length > 0) return { done: true, value: { observation, gone } };
  return { done: false, ...(refusal === undefined ? {} : { because: refusal }) };
}

/** The nodes that must still go, with the pods they have now. */
function dueOf({ nodes }: Restart, observation: Observation, restarted: ReadonlySet<number>): RestartTarget[] {
  return nodes.flatMap((target) => {
    const state = observation.nodes.find(({ id }) => id === target.node);
    if (state?.pod === undefined || restarted.has(target.node)) return [];
    const { uid } = state.pod;
    return uid === target.uid || state.restartReasons.includes("PodHasOldRevision") ? [{ ...target, uid }] : [];
  });
}

/** Waits until what must still go may go, and takes it down; undefined: nothing must. */
function goOn(run: StepRun, step: Restart, restarted: ReadonlySet<number>): Promise<Taken | undefined> {
  const { io } = run;
  return waitUntil(run, {
    ...gateWait(run, step.nodes),
    timeoutMs: io.waitMs,
    async look(): Promise<Seen<Taken | undefined>> {
      const observation = await io.observe(io.signal);
      const due = podsSeen(observation) ? dueOf(step, observation, restarted) : step.nodes;
      if (due.length === 0) return { done: true, value: undefined };
      const hold = holdOf(due, observation) ?? (await loadingHold(run, due, observation));
      if (hold !== undefined) return hold;
      io.signal.throwIfAborted();
      return takeDown(run, { due, evict: step.evict === true, observation });
    },
  });
}

/** They were down, and so are others: they may need each other to come up, a quorum for instance. */
function needOthers({ gone, observation }: Taken): boolean {
  const own = new Set(gone.map(({ node }) => node));
  const down = new Set(observation.nodes.filter(isDown).map(({ id }) => id));
  return down.size > own.size && [...own].every((node) => down.has(node));
}

/** Waits for what went, as long as it takes; then it is as before. Returns what there is to remark. */
async function bringBack(
  run: StepRun,
  taken: Taken,
  { leaderMoves }: Restart,
): Promise<{ times: readonly RestartTimes[]; because?: string }> {
  const { gone } = taken;
  const patience = { timeoutMs: run.io.waitMs };
  if (needOthers(taken)) {
    await waitForNewPods(run, gone, patience);
    return { times: [] };
  }
  const { times, observation } = await waitForNodes(run, gone, patience);
  const because = leaderMoves ? await giveLeadersBack(run, new Set(gone.map(({ node }) => node)), observation) : undefined;
  return { times, ...(because === undefined ? {} : { because }) };
}

/** Restarts the nodes of a step, as told above. */
export async function restartNodes(run: StepRun, step: Restart): Promise<StepResult> {
  const restarted = new Set<number>();
  let times: readonly RestartTimes[] = [];
  let remark: { because?: string } = {};
  for (let taken = await goOn(run, step, restarted); taken !== undefined; taken = await goOn(run, step, restarted)) {
    for (const { node } of taken.gone) restarted.add(node);
    const { times: more, ...rest } = await bringBack(run, taken, step);
    times = [...times, ...more];
    remark = { ...remark, ...rest };
    if (restarted.size === step.nodes.length) return { outcome: "changed", nodes: times, ...remark };
  }
  const others = step.nodes.filter(({ node }) => !restarted.has(node)).map((target) => ({ ...refOf(target), previousUid: target.uid }));
  await waitForNodes(run, others, { timeoutMs: run.io.waitMs, signal: run.io.signal });
  return restarted.size === 0 ? alreadyDone : { outcome: "changed", nodes: times, ...remark };
}
