import type { ExecuteIo } from "../execute/execute-io.ts";
import { acquireLock } from "../execute/lock.ts";
import { runPlan } from "../execute/run-plan.ts";
import { AppError } from "../model/errors.ts";
import type { RunEvent } from "../model/event.ts";
import type { KubeObject } from "../model/kube.ts";
import type { ClusterRef } from "../model/observation.ts";
import type { Hazard, Plan } from "../model/plan.ts";
import type { ApplyInput } from "../plan/apply.ts";
import { planCluster } from "../plan/apply.ts";
import { statusWarnings } from "../plan/apply-status.ts";
import { renderPlan, renderRefusals } from "../render/plan.ts";
import { renderProblems } from "../render/problems.ts";
import { renderEvent } from "../render/progress.ts";
import { exitCodes } from "./exit-codes.ts";
import { type FlowContext, gather, observe, openCluster } from "./reconcile-input.ts";
import { writeFailure, writePaused, writeStatus } from "./reconcile-status.ts";

// The flow that apply, create and reconcile share: read, plan, show, ask, carry out, and again until there is nothing left to do.

export type ReconcileOptions = {
  readonly dryRun: boolean;
  readonly output: "text" | "json";
  /** Restarts are consented to. */
  readonly yes: boolean;
  /** The name by which the loss of data is consented to. */
  readonly confirm?: string;
  readonly forceUnlock: boolean;
  readonly timeoutMs: number;
  readonly verbose: boolean;
  /** Resources to plan for, though they are not in the cluster: for plans that are only shown. */
  readonly given?: readonly KubeObject[];
  /** A plan that was saved: nothing but that is carried out. */
  readonly basis?: string;
};

export const defaultTimeoutMs = 600_000;

/** What a finished run leaves behind plans to nothing; a cluster that goes on changing is somebody else's work. */
const maxRounds = 4;

const planOptions = ({ style, width, self }: FlowContext, verbose: boolean) => ({ style, width, self, verbose });

const worst = ({ waves }: Plan): Hazard => {
  const found = waves.flatMap(({ steps }) => steps.map(({ hazard }) => hazard));
  return found.includes("destructive") ? "destructive" : found.includes("disruptive") ? "disruptive" : "none";
};

/** Consent by hazard; a refusal changes nothing. */
function askFor(plan: Plan, { self }: FlowContext, { yes, confirm }: ReconcileOptions): void {
  const { namespace, name } = plan.cluster;
  const hazard = worst(plan);
  if (hazard === "destructive" && confirm !== name)
    throw new AppError("Declined", `data of Kafka ${namespace}/${name} would be lost for good`, {
      hint: `if that is meant: the same command with --confirm ${name}`,
    });
  if (hazard === "disruptive" && !yes && confirm !== name)
    throw new AppError("Declined", `nodes of Kafka ${namespace}/${name} would restart`, {
      hint: `${self} reconcile ${name} -n ${namespace} --yes`,
    });
}

type IoParts = Pick<ExecuteIo, "signal" | "waitMs" | "writeStatus">;

async function ioOf(context: FlowContext, ref: ClusterRef, parts: IoParts): Promise<ExecuteIo> {
  return {
    kube: await context.connections.kube(),
    openKafka: (aborted) => openCluster(context, ref, aborted),
    authority: context.certificateAuthority,
    clock: context.clock,
    observe: (aborted) => observe(context, ref, aborted),
    ...parts,
  };
}

function show(event: RunEvent, plan: Plan, { context, options }: { context: FlowContext; options: ReconcileOptions }): void {
  // the error that follows tells the rest
  const isTold = event.kind === "RunDone" && !event.ok;
  const line = isTold ? undefined : renderEvent(event, plan, { style: context.style });
  const text = options.output === "json" ? JSON.stringify(event) : line;
  if (text !== undefined) context.terminal.out(`${text}\n`);
}

type Round = { readonly context: FlowContext; readonly options: ReconcileOptions; readonly signal: AbortSignal };

/** Carries out a plan that writes no status. */
export async function runBare(plan: Plan, { context, options, signal }: Round): Promise<void> {
  const io = await ioOf(context, plan.cluster, { signal, waitMs: options.timeoutMs, writeStatus: async () => {} });
  for await (const event of runPlan(plan, io)) show(event, plan, { context, options });
}

async function carryOut(plan: Plan, { spec, timeoutMs, warnings = [] }: ApplyInput, { context, options, signal }: Round): Promise<void> {
  const told = { spec, warnings: statusWarnings(warnings, plan.leftAlone) };
  const io = await ioOf(context, spec.ref, { signal, waitMs: timeoutMs, writeStatus: (phase) => writeStatus(context, told, phase) });
  try {
    for await (const event of runPlan(plan, io)) show(event, plan, { context, options });
  } catch (error) {
    if (error instanceof Error && !signal.aborted) await writeFailure(context, spec, error).catch(() => {});
    throw error;
  }
}

type Look = { readonly plan: Plan; readonly input: ApplyInput } | { readonly exitCode: number; readonly paused?: ApplyInput["spec"] };

/** One plan, or the exit code where there can be none. */
async function look(ref: ClusterRef, { context, options }: Omit<Round, "signal">, first: boolean): Promise<Look> {
  const { terminal } = context;
  const found = await gather(context, ref, options);
  if (!found.ok) {
    terminal.err(renderProblems(found.problems));
    return { exitCode: exitCodes.failed };
  }
  if (first) terminal.err(renderProblems(found.warnings));
  const planned = planCluster(found.input);
  if (planned.ok) return { plan: planned.plan, input: found.input };
  terminal.err(renderRefusals(planned.refusals, planOptions(context, options.verbose)));
  const { spec } = found.input;
  return { exitCode: exitCodes.declined, ...(spec.paused ? { paused: spec } : {}) };
}

/** Shows a plan as a person or a program reads it. */
export function showPlan(plan: Plan, context: FlowContext, { output, verbose }: Pick<ReconcileOptions, "output" | "verbose">): void {
  if (output === "text") context.terminal.out(renderPlan(plan, planOptions(context, verbose)));
}

function checkBasis({ basis }: Plan, { basis: wanted }: ReconcileOptions): void {
  if (wanted === undefined || wanted === basis) return;
  throw new AppError("Declined", "the saved plan is out of date: the cluster or its resources changed since it was made", {
    hint: "make a new plan, and look at it before it is applied",
  });
}

async function rounds(ref: ClusterRef, round: Round): Promise<number> {
  const { context, options } = round;
  for (let count = 1; count <= maxRounds; count += 1) {
    const found = await look(ref, round, count === 1);
    if ("exitCode" in found) {
      if (found.paused !== undefined) await writePaused(context, found.paused);
      return found.exitCode;
    }
    if (count === 1) {
      checkBasis(found.plan, options);
      showPlan(found.plan, context, options);
    }
    if (found.plan.waves.length === 0) return exitCodes.done;
    askFor(found.plan, context, options);
    await carryOut(found.plan, found.input, round);
  }
  throw new AppError(
    "Conflict",
    `Kafka ${ref.namespace}/${ref.name} is not as it should be after ${maxRounds} rounds: somebody else changes it too`,
  );
}

/** The plan for a cluster as it is, without changing anything; an exit code where there can be none. */
export const planOnly = (context: FlowContext, ref: ClusterRef, options: ReconcileOptions): Promise<Look> =>
  look(ref, { context, options }, true);

type Locked<T> = { readonly options: Pick<ReconcileOptions, "forceUnlock">; readonly work: (signal: AbortSignal) => Promise<T> };

/** Does something with a cluster that nobody else changes meanwhile; the signal is aborted when somebody takes it over. */
export async function withLock<T>(context: FlowContext, ref: ClusterRef, { options, work }: Locked<T>): Promise<T> {
  const { env, clock, signal, connections } = context;
  const kube = await connections.kube();
  const holder = `${env.USER ?? kube.target.user}@${env.HOSTNAME ?? kube.target.context}`;
  const lock = await acquireLock({ kube, clock }, { cluster: ref, holder, force: options.forceUnlock, signal });
  try {
    return await work(AbortSignal.any([signal, lock.lost]));
  } finally {
    await lock.release();
  }
}

/** Makes a cluster as its resources ask for; returns the exit code. Throws Declined when consent is missing. */
export async function reconcileCluster(context: FlowContext, ref: ClusterRef, options: ReconcileOptions): Promise<number> {
  if (options.dryRun) {
    const found = await look(ref, { context, options }, true);
    if ("exitCode" in found) return found.exitCode;
    showPlan(found.plan, context, options);
    return exitCodes.done;
  }
  return withLock(context, ref, { options, work: (signal) => rounds(ref, { context, options, signal }) });
}
