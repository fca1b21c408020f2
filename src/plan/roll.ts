import { fingerprint } from "../model/hash.ts";
import type { NodeState, Observation, RestartReason } from "../model/observation.ts";
import type { Notice, Planned, RestartedNode, RestartTarget, Step } from "../model/plan.ts";
import type { RollRequest } from "../model/roll.ts";
import { isDown, startingForMs } from "./gate.ts";
import { restartStep } from "./restart-step.ts";
import type { Resumption } from "./resume-roll.ts";
import { restartCosts } from "./roll-costs.ts";
import { estimateFor } from "./roll-estimate.ts";
import { rollRefusals } from "./roll-refusals.ts";
import { rollWarnings } from "./roll-warnings.ts";
import { planWaves } from "./waves.ts";

// What it takes to restart nodes of a cluster: all, some, or those that wait for it.
// 1. Whatever makes it impossible refuses the whole plan, every reason at once: who looks after the cluster, what one may do, what is not there.
// 2. A node is restarted for what it waits for; one that waits for nothing because it was asked for (ManualRollingUpdate), unless only waiting
//    ones were. One that is starting for no reason but its start is left alone, and so is one without a pod.
// 3. Waves as told in waves.ts, a canary first where what the pods run with changes.
// 4. Where an operator looks after the cluster it is asked, once for all of them, and takes its own order.
// Promises: each node goes in one step at most; what is left alone is told, and why; the same input makes the same plan; it needs nothing but
// the observation, so that it can be made of a saved one.

/** What a plan depends on beside the cluster. */
export type RollOptions = {
  /** What must be allowed and is not: "delete pods". */
  readonly notPermitted?: readonly string[];
  /** What is left of a roll that was begun: nothing else is restarted, and those that are away are waited for first. */
  readonly resumed?: Pick<Resumption, "pending" | "away">;
  /** How long a wait may last without progress. */
  readonly timeoutMs?: number;
};

/** Reasons by which a pod starts with something that it never ran with. */
const changing: ReadonlySet<RestartReason> = new Set([
  "PodHasOldRevision",
  "ConfigChangeRequiresRestart",
  "KafkaCertificatesChanged",
  "CaCertRenewed",
]);

const matches = <T>(wanted: readonly T[], present: readonly T[]): boolean =>
  wanted.length === 0 || present.some((one) => wanted.includes(one));

/** Whether a request means a node. */
function isAskedFor({ id, name, pool, roles, rack }: NodeState, request: RollRequest): boolean {
  const asList = (value: string | undefined) => (value === undefined ? [] : [value]);
  return (
    matches(request.nodes, [String(id), name]) &&
    matches(request.pools, asList(pool)) &&
    matches(request.roles, roles) &&
    matches(request.racks, asList(rack))
  );
}

type Decided =
  | { readonly node: NodeState; readonly reasons: readonly RestartReason[] }
  | { readonly node: NodeState; readonly left: Pick<Notice, "reason" | "message"> };

/** A pod that cannot start with what it has, and would get something else. */
const isStuck = ({ pod, restartReasons }: NodeState): boolean =>
  pod?.trouble !== undefined && restartReasons.includes("PodHasOldRevision") && !restartReasons.includes("PodStuck");

type Wanted = { readonly request: RollRequest; readonly pending?: readonly number[] };

function decide(node: NodeState, { request, pending }: Wanted, { observedAt }: Observation): Decided {
  const left = (reason: string, message: string): Decided => ({ node, left: { reason, message } });
  const { pod, restartReasons } = node;
  const isWanted = pending === undefined ? isAskedFor(node, request) : pending.includes(node.id);
  if (!isWanted) return left("NotAskedFor", pending === undefined ? "not asked for" : "restarted already, or not asked for");
  if (pod === undefined) return left("PodMissing", "there is no pod to restart");
  if (restartReasons.length > 0) return { node, reasons: [...restartReasons, ...(isStuck(node) ? (["PodStuck"] as const) : [])] };
  if (request.onlyPending) return left("NothingPending", "no restart is waited for");
  if (startingForMs(node, observedAt) !== undefined) return left("Starting", "starting just now");
  return { node, reasons: ["ManualRollingUpdate"] };
}

/** One notice for all nodes that are left alone for the same. */
function leftAlone(decided: readonly Decided[]): Notice[] {
  const left = decided.flatMap((one) => ("left" in one ? [{ ...one.left, name: one.node.name }] : []));
  const groups = Map.groupBy(left, ({ reason }) => reason);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = group.slice(0, 3).map(({ name }) => name);
    const rest = group.length - names.length;
    const subject = `${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
    return [{ subject, reason: first.reason, message: first.message }];
  });
}

/** Nodes of Kafka's that no pod of ours belongs to are not ours to restart. */
const ours = ({ nodes }: Observation): readonly NodeState[] => nodes.filter(({ pod, pool }) => pod !== undefined || pool !== undefined);

function stepsOf(waves: readonly (readonly RestartTarget[])[], observation: Observation, request: RollRequest): Step[] {
  const estimates = waves.map((wave) => estimateFor(wave, observation));
  const known = (estimateMs: number | undefined) => (estimateMs === undefined ? {} : { estimateMs });
  if (observation.mode.kind !== "managed") {
    const how = { leaderMoves: request.leaderMoves, ...(request.evict ? { evict: true as const } : {}) };
    return waves.map((wave, at) => restartStep(wave, { ...how, ...known(estimates[at]) }));
  }
  const nodes = waves.flat();
  const why = [...new Set(nodes.flatMap(({ reasons }) => reasons))];
  const total = estimates.some((one) => one === undefined) ? undefined : estimates.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  if (nodes.length === 0) return [];
  return [{ id: "ask the operator", kind: "AskOperatorToRestart", hazard: "disruptive", why, nodes, ...known(total) }];
}

const totalOf = (steps: readonly Step[]): { estimateMs?: number } => {
  const estimates = steps.map((step) => ("estimateMs" in step ? step.estimateMs : undefined));
  const sum = estimates.reduce<number>((total, one) => total + (one ?? 0), 0);
  return estimates.length === 0 || estimates.includes(undefined) ? {} : { estimateMs: sum };
};

const defaultTimeoutMs = 600_000;

function waitStep(id: string, nodes: readonly RestartedNode[], timeoutMs: number): Step[] {
  if (nodes.length === 0) return [];
  return [{ id, kind: "WaitFor", hazard: "none", why: [], condition: { kind: "NodesBack", nodes }, timeoutMs }];
}

/** Several nodes that are down may need each other to come up: each restart waits for its pod alone, and the end for all of them. */
function togetherDown(targets: readonly RestartTarget[], { nodes }: Observation): RestartedNode[] {
  const down = new Set(nodes.filter(isDown).map(({ id }) => id));
  const own = targets.filter(({ node }) => down.has(node));
  return down.size < 2 ? [] : own.map(({ node, pod, uid }) => ({ node, pod, previousUid: uid }));
}

/** The plan to restart what a request means, or every reason why there can be none. */
export function planRoll(observation: Observation, request: RollRequest, options: RollOptions = {}): Planned {
  const { notPermitted = [], resumed, timeoutMs = defaultTimeoutMs } = options;
  const nodes = ours(observation);
  // what a roll was begun with may be gone by now
  const named = resumed === undefined ? request : { ...request, nodes: [], pools: [], racks: [] };
  const refusals = rollRefusals({ observation, nodes, request: named, notPermitted });
  if (refusals.length > 0) return { ok: false, refusals };
  const wanted = { request, ...(resumed === undefined ? {} : { pending: resumed.pending }) };
  const decided = nodes.map((node) => decide(node, wanted, observation));
  const chosen = new Map(decided.flatMap((one) => ("reasons" in one ? [[one.node.id, one] as const] : [])));
  const canary = [...chosen.values()].some(({ reasons }) => reasons.some((reason) => changing.has(reason)));
  // an operator takes one after the other whatever is asked for
  const maxUnavailable = observation.mode.kind === "managed" ? 1 : request.maxUnavailable;
  const waves = planWaves([...chosen.keys()], observation, { maxUnavailable, canary });
  const costs = restartCosts(waves, observation);
  const targets = waves.map((wave) =>
    wave.flatMap((id): RestartTarget[] => {
      const one = chosen.get(id);
      const facts = costs.facts.get(id);
      if (one === undefined) return [];
      const { name: pod } = one.node;
      return [{ node: id, pod, uid: one.node.pod?.uid ?? "", reasons: one.reasons, ...(facts === undefined ? {} : { facts }) }];
    }),
  );
  const restarts = stepsOf(targets, observation, request);
  const steps = [
    ...waitStep("wait for nodes that are away", resumed?.away ?? [], timeoutMs),
    ...restarts,
    ...waitStep("wait for nodes that were down", togetherDown(targets.flat(), observation), timeoutMs),
  ];
  const warnings = rollWarnings({ observation, request, targets: targets.flat(), withoutSpare: costs.withoutSpare });
  const plan = {
    apiVersion: "kubectl-kafka/v1",
    kind: "RollPlan",
    cluster: observation.cluster,
    observedAt: observation.observedAt,
    // what is told of cost and time changes from one look to the next
    basis: fingerprint(
      JSON.stringify([observation.cluster, targets.map((wave) => wave.map(({ pod, uid, reasons }) => [pod, uid, reasons]))]),
    ),
    waves: steps.map((step) => ({ steps: [step] })),
    leftAlone: leftAlone(decided),
    ...(warnings.length === 0 ? {} : { warnings }),
    ...totalOf(restarts),
  } as const;
  return { ok: true, plan };
}
