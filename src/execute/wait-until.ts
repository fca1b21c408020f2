import { AppError } from "../model/errors.ts";
import type { NodeProgress, Progress } from "../model/event.ts";
import type { Condition } from "../model/plan.ts";
import { formatDuration } from "../model/units.ts";
import type { StepRun } from "./execute-io.ts";

export type NotYet = {
  readonly done: false;
  readonly progress?: Progress;
  readonly nodes?: readonly NodeProgress[];
  readonly because?: string;
  /** Grows with every progress; left out: `progress.done`. */
  readonly score?: number;
};

/** What one look at the world told. */
export type Seen<T> = { readonly done: true; readonly value: T } | NotYet;

export type Wait<T> = {
  readonly condition: Condition;
  /** The end of a sentence that begins with "after 5 min": "node 5 is still not back". */
  readonly otherwise: string;
  /** What to type next when time ran out. */
  readonly hint?: string;
  readonly timeoutMs: number;
  /** The time counts from the last progress (the score grew), not from the beginning. */
  readonly patient?: boolean;
  /** Left out: not to be interrupted. */
  readonly signal?: AbortSignal;
  readonly look: () => Promise<Seen<T>>;
};

/** From one look to the next; a look that takes long is followed by a short rest. */
const pollMs = 1_000;
const restMs = 200;

/** Faults that may pass while we wait: a world that is being changed is not always there. */
const passing: ReadonlySet<string> = new Set([
  "Unreachable",
  "ServerError",
  "TooManyRequests",
  "Timeout",
  "KafkaUnreachable",
  "KafkaError",
]);

async function lookOnce<T>(look: Wait<T>["look"]): Promise<Seen<T>> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof AppError && passing.has(error.code)) return { done: false, because: error.message };
    throw error;
  }
}

/** Looks once a second until it is so, and shows what it sees. Throws AppError Timeout that tells what was seen last. */
export async function waitUntil<T>({ io, report }: StepRun, wait: Wait<T>): Promise<T> {
  const { clock } = io;
  let since = clock.now();
  let best = Number.NEGATIVE_INFINITY;
  for (;;) {
    wait.signal?.throwIfAborted();
    const lookedAt = clock.now();
    const seen = await lookOnce(wait.look);
    if (seen.done) return seen.value;
    const { done: _, score = seen.progress?.done ?? best, ...told } = seen;
    if (wait.patient && score > best) {
      if (best !== Number.NEGATIVE_INFINITY) since = clock.now();
      best = score;
    }
    report({ condition: wait.condition, ...told });
    if (clock.now() - since >= wait.timeoutMs) {
      const last = told.because ?? told.progress?.text;
      throw new AppError("Timeout", `after ${formatDuration(wait.timeoutMs)} ${wait.otherwise}${last === undefined ? "" : `: ${last}`}`, {
        hint: wait.hint,
      });
    }
    await clock.sleep(Math.max(restMs, pollMs - (clock.now() - lookedAt)), wait.signal);
  }
}
