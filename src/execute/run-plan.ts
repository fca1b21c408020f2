import { AppError } from "../model/errors.ts";
import type { RunCounts, RunEvent, StepOutcome } from "../model/event.ts";
import { toInstant } from "../model/instant.ts";
import type { Plan, Step, Wave } from "../model/plan.ts";
import { newEventQueue } from "./event-queue.ts";
import type { ExecuteIo, StepRun, Waiting } from "./execute-io.ts";
import { runStep } from "./run-step.ts";

// Carries out a plan.
// 1. Wave after wave; the steps of a wave at the same time, a few of them.
// 2. The first failure: no further step begins, those under way come to their end, and the run ends with that failure.
// 3. The signal: the same; a step that waits stops waiting, one between two safe points reaches the second.
// 4. What is left is for the next run, which observes and plans anew.

const stepsAtOnce = 8;

const againOf = ({ goOn = "the same command again" }: ExecuteIo): string => `${goOn} goes on from here`;

/** `Unlisted` keeps a RunEvent's members apart, which a plain Omit would not. */
type Unlisted<E> = E extends RunEvent ? Omit<E, "at"> : never;

type Run = {
  readonly plan: Plan;
  readonly io: ExecuteIo;
  readonly emit: (event: Unlisted<RunEvent>) => void;
  readonly counts: { -readonly [K in keyof RunCounts]: number };
  /** Of the steps done that had an estimate: how long they were to take, and how long they took. */
  readonly pace: { estimateMs: number; ms: number };
  /** What the run ends with; once it is there no step begins. */
  fault?: unknown;
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const hintOf = (error: unknown): string | undefined => (error instanceof AppError ? error.hint : undefined);

/** Shows what is waited for, unless it is what was shown last. */
function reporter({ emit }: Run, step: Step): StepRun["report"] {
  let last = "";
  return (waiting: Waiting) => {
    const text = JSON.stringify(waiting);
    if (text === last) return;
    last = text;
    emit({ kind: "Waiting", step: step.id, ...waiting });
  };
}

const parts = (because: string | undefined, hint: string | undefined) => ({
  ...(because === undefined ? {} : { because }),
  ...(hint === undefined ? {} : { hint }),
});

type EndParts = Pick<Extract<RunEvent, { kind: "StepDone" }>, "nodes" | "because" | "hint" | "leftMs">;

const estimateOf = (step: Step): number => (step.kind === "RestartNodes" ? (step.estimateMs ?? 0) : 0);

/** How long the rest takes, by how long what is done took beside what it was to take. */
function timeLeft(run: Run, step: Step, ms: number): { leftMs?: number } {
  const estimate = estimateOf(step);
  if (estimate === 0) return {};
  run.pace.estimateMs += estimate;
  run.pace.ms += ms;
  const total = run.plan.waves.reduce((sum, { steps }) => sum + steps.reduce((some, one) => some + estimateOf(one), 0), 0);
  return { leftMs: Math.round((run.pace.ms / run.pace.estimateMs) * (total - run.pace.estimateMs)) };
}

async function carryOut(run: Run, step: Step): Promise<void> {
  const { plan, io, emit, counts } = run;
  const startedAt = io.clock.now();
  const end = (outcome: StepOutcome, rest: EndParts) =>
    emit({ kind: "StepDone", step: step.id, outcome, ms: io.clock.now() - startedAt, ...rest });
  emit({ kind: "StepStarted", step: step.id });
  try {
    const { outcome, ...rest } = await runStep({ io, cluster: plan.cluster, report: reporter(run, step) }, step);
    counts[outcome] += 1;
    end(outcome, { ...rest, ...timeLeft(run, step, io.clock.now() - startedAt) });
  } catch (error) {
    if (io.signal.aborted && (error === io.signal.reason || (error instanceof AppError && error.code === "Interrupted"))) {
      end("held", { because: messageOf(io.signal.reason) });
      return;
    }
    counts.failed += 1;
    run.fault ??= error;
    end("failed", parts(messageOf(error), hintOf(error)));
  }
}

const goesOn = (run: Run): boolean => run.fault === undefined && !run.io.signal.aborted;

async function carryOutWave(run: Run, { steps }: Wave): Promise<void> {
  const queue = steps.values();
  const worker = async (): Promise<void> => {
    while (goesOn(run)) {
      const { value: step, done } = queue.next();
      if (done) return;
      await carryOut(run, step);
    }
  };
  await Promise.all(Array.from({ length: Math.min(stepsAtOnce, steps.length) }, worker));
}

/** The fault a run ends with; an interruption says how far it came and how to go on. */
function faultOf({ fault, io, counts }: Run): unknown {
  if (fault !== undefined || !io.signal.aborted || counts.notReached === 0) return fault;
  const { reason } = io.signal;
  if (!(reason instanceof AppError)) return reason;
  const done = counts.changed + counts.alreadyDone;
  const text = `${reason.message}; ${done} of ${done + counts.notReached} steps are done, nothing is half done`;
  return new AppError(reason.code, text, { hint: reason.hint ?? againOf(io), cause: reason });
}

async function carryOutAll(run: Run): Promise<void> {
  const { plan, emit, counts } = run;
  emit({ kind: "PlanStarted", plan });
  for (const wave of plan.waves) {
    if (!goesOn(run)) break;
    await carryOutWave(run, wave);
  }
  const total = plan.waves.reduce((sum, { steps }) => sum + steps.length, 0);
  counts.notReached = total - counts.changed - counts.alreadyDone - counts.failed;
  const fault = faultOf(run);
  const why = fault === undefined ? {} : parts(messageOf(fault), hintOf(fault) ?? againOf(run.io));
  emit({ kind: "RunDone", counts: { ...counts }, ok: fault === undefined, ...why });
  if (fault !== undefined) throw fault;
}

/**
 * Carries out a plan; the last event is RunDone. Then throws what the first failed step threw: AppError Timeout when a wait ran out of time,
 * Interrupted when `io.signal` was aborted. To stop reading is to stop the run before its next step.
 */
export async function* runPlan(plan: Plan, io: ExecuteIo): AsyncGenerator<RunEvent, void> {
  const queue = newEventQueue<RunEvent>();
  const unread = new AbortController();
  const run: Run = {
    plan,
    io: { ...io, signal: AbortSignal.any([io.signal, unread.signal]) },
    emit: (event) => queue.push({ at: toInstant(io.clock.now()), ...event }),
    counts: { changed: 0, alreadyDone: 0, failed: 0, notReached: 0 },
    pace: { estimateMs: 0, ms: 0 },
  };
  const work = carryOutAll(run).finally(() => queue.close());
  // it is awaited below, after the events
  work.catch(() => {});
  let read = false;
  try {
    yield* queue;
    read = true;
  } finally {
    if (!read) {
      unread.abort(new AppError("Interrupted", "nobody reads the events of the run"));
      await work.catch(() => {});
    }
  }
  await work;
}
