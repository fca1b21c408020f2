import type { AppError } from "../../../model/errors.ts";
import type { Clock } from "../../../ports/clock.ts";
import { interruption } from "./faults.ts";

export type Deadline = {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Makes the error for when the time is over. */
  readonly late: () => AppError;
};

/** Waits for `promise`, but no longer than the signal allows; what comes of the promise afterwards is dropped. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(interruption(signal));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Runs `work` with a signal that aborts when the caller's does or the time is over, and waits no longer than that. */
export async function withDeadline<T>(deadline: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  if (deadline.signal?.aborted) throw interruption(deadline.signal);
  const timer = new AbortController();
  const late = new AbortController();
  const signal = deadline.signal ? AbortSignal.any([deadline.signal, late.signal]) : late.signal;
  deadline.clock.sleep(deadline.timeoutMs, timer.signal).then(
    () => late.abort(deadline.late()),
    () => undefined,
  );
  try {
    return await abortable(work(signal), signal);
  } finally {
    timer.abort();
  }
}
