import type { ExecuteIo } from "../execute/execute-io.ts";
import { acquireLock } from "../execute/lock.ts";
import { runPlan } from "../execute/run-plan.ts";
import { AppError } from "../model/errors.ts";
import type { RunEvent } from "../model/event.ts";
import type { KubeObject } from "../model/kube.ts";
import type { ClusterRef } from "../model/observation.ts";
import type { Plan, Wave } from "../model/plan.ts";
import type { ApplyInput } from "../plan/apply.ts";
import { planCluster } from "../plan/apply.ts";
import { otherOwner } from "../plan/apply-refusals.ts";
import { statusWarnings } from "../plan/apply-status.ts";
import { type Cut, cutAtFirstWait } from "../plan/without-waiting.ts";
import { renderLeft, renderPlan, renderRefusals } from "../render/plan.ts";
import { renderProblems } from "../render/problems.ts";
import { renderEvent } from "../render/progress.ts";
import { askForConsent, type Consent, needsConsent } from "./consent.ts";
import { exitCodes } from "./exit-codes.ts";
import { holderOf } from "./holder.ts";
import { type FlowContext, type Gathered, gather, observe, openCluster } from "./reconcile-input.ts";
import { type Refused, refusedPlan, refusedProblems, writeFailure, writeRefused, writeStatus } from "./reconcile-status.ts";

// The flow that apply, create and reconcile share: read, plan, show, ask, carry out, and again until there is nothing left to do.

export type ReconcileOptions = Consent & {
  /** False: the run ends before the first wait. */
  readonly wait: boolean;
  readonly forceUnlock: boolean;
  readonly timeoutMs: number;
  readonly verbose: boolean;
  /** The resources' warnings were told before. */
  readonly told?: boolean;
  /** One of several clusters: one that is paused is passed over. */
  readonly skipPaused?: boolean;
  /** Resources to plan for, though they are not in the cluster: for plans that are only shown. */
  readonly given?: readonly KubeObject[];
  /** This run changed something before: a no comes too late to leave everything as it was, and is a failure. */
  readonly changed?: boolean;
  /** A plan that was saved: nothing but that is carried out. */
  readonly basis?: string;
};

export const defaultTimeoutMs = 600_000;

/** What a finished run leaves behind plans to nothing; a cluster that goes on changing is somebody else's work. */
const maxRounds = 4;

const planOptions = ({ style, width, self }: FlowContext, verbose: boolean) => ({ style, width, self, verbose });

type IoParts = Pick<ExecuteIo, "signal" | "waitMs" | "writeStatus" | "goOn">;

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
  const { namespace, name } = spec.ref;
  const goOn = `${context.self} reconcile ${name} -n ${namespace}`;
  const told = { spec, warnings: statusWarnings(warnings, plan.leftAlone) };
  const io = await ioOf(context, spec.ref, { signal, goOn, waitMs: timeoutMs, writeStatus: (phase) => writeStatus(context, told, phase) });
  try {
    for await (const event of runPlan(plan, io)) show(event, plan, { context, options });
  } catch (error) {
    if (error instanceof Error && !signal.aborted) await writeFailure(context, spec, error).catch(() => {});
    throw error;
  }
}

type Look =
  | { readonly plan: Plan; readonly input: ApplyInput }
  | { readonly exitCode: number /** For the status. */; readonly refused?: Refused };

const skipped = ({ namespace, name }: ClusterRef): string =>
  `Kafka ${namespace}/${name} is passed over: its annotation strimzi.io/pause-reconciliation says that nothing of it is to be changed\n`;

/** What a cluster's resources ask for is no matter where another one looks after it. */
function lookAtProblems(ref: ClusterRef, { problems, kafka, mode }: Extract<Gathered, { ok: false }>, round: Omit<Round, "signal">): Look {
  const { context, options } = round;
  const owned = otherOwner({ ref, mode });
  context.terminal.err(owned.length > 0 ? renderRefusals(owned, planOptions(context, options.verbose)) : renderProblems(problems));
  return owned.length > 0
    ? { exitCode: exitCodes.declined }
    : { exitCode: exitCodes.failed, refused: refusedProblems(ref, kafka, problems) };
}

/** One plan, or the exit code where there can be none. `first`: of this run, which tells what is to be known of the resources. */
async function look(ref: ClusterRef, { context, options }: Omit<Round, "signal">, first: boolean): Promise<Look> {
  const { terminal } = context;
  const found = await gather(context, ref, options);
  if (!found.ok) return lookAtProblems(ref, found, { context, options });
  if (first && !options.told) terminal.err(renderProblems(found.warnings));
  const planned = planCluster(found.input);
  if (planned.ok) {
    const leftAlone = [...found.doubts, ...planned.plan.leftAlone];
    return { plan: { ...planned.plan, leftAlone }, input: found.input };
  }
  const { spec } = found.input;
  const refused = refusedPlan(spec, planned.refusals);
  const skips = options.skipPaused && refused?.state.kind === "ReconciliationPaused";
  terminal.err(skips ? skipped(ref) : renderRefusals(planned.refusals, planOptions(context, options.verbose)));
  return { exitCode: skips ? exitCodes.done : exitCodes.declined, ...(refused === undefined ? {} : { refused }) };
}

/** Shows a plan as a person or a program reads it. */
export function showPlan(plan: Plan, context: FlowContext, { output, verbose }: Pick<ReconcileOptions, "output" | "verbose">): void {
  if (output === "text") context.terminal.out(renderPlan(plan, planOptions(context, verbose)));
}

function checkBasis({ basis, cluster }: Plan, { context: { self }, options: { basis: wanted } }: Round): void {
  if (wanted === undefined || wanted === basis) return;
  const { namespace, name } = cluster;
  throw new AppError("Declined", "the saved plan is out of date: the cluster or its resources changed since it was made", {
    hint: `make a new one, and look at it before it is applied: ${self} plan ${name} -n ${namespace} -o json`,
    details: { reason: "OutOfDate" },
  });
}

/** A run came to its end, or somebody has to agree to a plan before it is carried out. */
type Outcome = { readonly exitCode: number } | { readonly asksFor: Plan; readonly changed: boolean };

/** What of a plan this run does, and what it leaves. */
const cut = (plan: Plan, { wait }: ReconcileOptions): Cut => (wait ? { now: plan, later: [] } : cutAtFirstWait(plan));

/** What is left is another run's work. */
function leave(waves: readonly Wave[], ref: ClusterRef, { context: { terminal, self } }: Round): Outcome {
  if (waves.length > 0) terminal.err(renderLeft(waves, ref, self));
  return { exitCode: exitCodes.done };
}

/** Nobody has seen a plan for what is left now, and none is carried out. */
async function afterSaved(ref: ClusterRef, round: Round): Promise<Outcome> {
  const found = await look(ref, round, false);
  return "exitCode" in found ? found : leave(found.plan.waves, ref, round);
}

/** Refused means that nothing was changed. */
const codeAfter = (changed: boolean, exitCode: number): number =>
  changed && exitCode === exitCodes.declined ? exitCodes.failed : exitCode;

function refusalAfter(changed: boolean, error: unknown): unknown {
  if (!changed || !(error instanceof AppError) || error.code !== "Declined") return error;
  return new AppError("Conflict", `not finished: ${error.message}`, { hint: error.hint, cause: error });
}

/** There is nothing to carry out, and the status says why. */
async function withoutPlan(found: Extract<Look, { exitCode: number }>, context: FlowContext, changed: boolean): Promise<Outcome> {
  if (found.refused !== undefined) await writeRefused(context, found.refused).catch(() => {});
  return { exitCode: codeAfter(changed, found.exitCode) };
}

async function rounds(ref: ClusterRef, round: Round): Promise<Outcome> {
  const { context, options } = round;
  for (let count = 1; count <= maxRounds; count += 1) {
    const changed = options.changed === true || count > 1;
    const found = await look(ref, round, count === 1);
    if ("exitCode" in found) return withoutPlan(found, context, changed);
    const { plan, input } = found;
    if (count === 1) checkBasis(plan, round);
    const { now, later } = cut(plan, options);
    const asks = needsConsent(now, options);
    if (plan.basis !== options.agreed && (count === 1 || asks)) showPlan(plan, context, options);
    if (asks) return { asksFor: now, changed };
    if (plan.waves.length === 0) return { exitCode: exitCodes.done };
    await carryOut(now, input, round);
    if (later.length > 0) return leave(later, ref, round);
    if (options.basis !== undefined) return afterSaved(ref, round);
  }
  throw new AppError(
    "Conflict",
    `Kafka ${ref.namespace}/${ref.name} is not as it should be after ${maxRounds} rounds: somebody else changes it too`,
  );
}

/** The plan for a cluster as it is, without changing anything; an exit code where there can be none. */
export const planOnly = (context: FlowContext, ref: ClusterRef, options: ReconcileOptions): Promise<Look> =>
  look(ref, { context, options }, true);

type LockContext = Pick<FlowContext, "env" | "process" | "terminal" | "clock" | "signal" | "connections">;

type Locked<T> = { readonly options: Pick<ReconcileOptions, "forceUnlock">; readonly work: (signal: AbortSignal) => Promise<T> };

/** Does something with a cluster that nobody else changes meanwhile; the signal is aborted when somebody takes it over. */
export async function withLock<T>(context: LockContext, ref: ClusterRef, { options, work }: Locked<T>): Promise<T> {
  const { clock, signal, connections, process, terminal } = context;
  const kube = await connections.kube();
  const holder = holderOf(context, kube);
  const lock = await acquireLock({ kube, clock }, { cluster: ref, holder, process, force: options.forceUnlock, signal });
  if (lock.taken !== undefined) terminal.err(`${lock.taken}\n`);
  try {
    return await work(AbortSignal.any([signal, lock.lost]));
  } finally {
    await lock.release();
  }
}

/**
 * Makes a cluster as its resources ask for; returns the exit code. Throws Declined when consent is missing. The lock is not held while a person
 * thinks, and an answer holds for the plan that was shown: where it is another one by then, it is shown and asked for again.
 */
export async function reconcileCluster(context: FlowContext, ref: ClusterRef, options: ReconcileOptions): Promise<number> {
  let now = options;
  for (;;) {
    const round = { context, options: now };
    const outcome = await withLock(context, ref, { options: now, work: (signal) => rounds(ref, { ...round, signal }) });
    if ("exitCode" in outcome) return outcome.exitCode;
    const { asksFor, changed } = outcome;
    await askForConsent(context, asksFor, now).catch((error: unknown) => {
      throw refusalAfter(changed, error);
    });
    now = { ...now, agreed: asksFor.basis, changed, told: true, forceUnlock: false };
  }
}

/**
 * Before the resources of a plan are written: has it agreed to, where that is needed. An exit code where there can be no plan, otherwise what
 * was agreed to. Throws Declined.
 */
export async function agreeFirst(
  context: FlowContext,
  ref: ClusterRef,
  options: ReconcileOptions,
): Promise<{ readonly exitCode: number } | Pick<ReconcileOptions, "agreed">> {
  const found = await look(ref, { context, options }, false);
  if ("exitCode" in found) return found;
  const { now } = cut(found.plan, options);
  if (!needsConsent(now, options)) return {};
  showPlan(found.plan, context, options);
  await askForConsent(context, now, options);
  return { agreed: now.basis };
}
