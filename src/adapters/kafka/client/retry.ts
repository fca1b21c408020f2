import type { Clock } from "../../../ports/clock.ts";
import { interruption, isConnectionLost } from "../connection/faults.ts";
import { isRetriable, nameOfError } from "./kafka-errors.ts";

export type RetryOptions = {
  readonly clock: Clock;
  /** No attempt begins later than this after the first. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Doing it twice is the same as doing it once, so that it may be done again when the connection was lost before the answer came. */
  readonly repeatable: boolean;
  /** Called before each further attempt, with what the last one failed of. */
  readonly beforeRetry: (error: unknown) => void;
};

const firstBackoffMs = 100;
const longestBackoffMs = 1000;

/** 100 ms, doubled each time up to 1 s, a fifth more or less. */
export const backoffMs = (attempt: number, random: number): number =>
  Math.round(Math.min(firstBackoffMs * 2 ** attempt, longestBackoffMs) * (0.8 + 0.4 * random));

/** Errors after which nobody knows whether the broker did what it was asked. */
const isUncertain = (error: unknown): boolean => isConnectionLost(error) || nameOfError(error) === "REQUEST_TIMED_OUT";

async function pause(attempt: number, { clock, signal }: RetryOptions): Promise<void> {
  const { randomInt } = await import("node:crypto");
  await clock.sleep(backoffMs(attempt, randomInt(1024) / 1024), signal).catch((error: unknown) => {
    throw signal?.aborted ? interruption(signal) : error;
  });
}

/** Works again on errors that pass by themselves, until the time is over; then the last error stands. */
export async function withRetries<T>(options: RetryOptions, work: () => Promise<T>): Promise<T> {
  const end = options.clock.now() + options.timeoutMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const again = isRetriable(error) && (options.repeatable || !isUncertain(error));
      if (!again || options.clock.now() >= end) throw error;
      await pause(attempt, options);
      options.beforeRetry(error);
    }
  }
}
