import type { ErrorCode } from "../model/errors.ts";

/** What the process ends with; scripts rely on these. */
export const exitCodes = { done: 0, failed: 1, usage: 2, declined: 3, findings: 10, timeout: 124, interrupted: 130 } as const;

const worstFirst: readonly number[] = [exitCodes.failed, exitCodes.timeout, exitCodes.declined, exitCodes.findings];

/** What several ends are together. */
export const worstExitCode = (codes: readonly number[]): number => worstFirst.find((code) => codes.includes(code)) ?? exitCodes.done;

/** The exit code of an expected fault. */
export function exitCodeOf(code: ErrorCode): number {
  switch (code) {
    case "Usage":
      return exitCodes.usage;
    case "Declined":
      return exitCodes.declined;
    case "Timeout":
      return exitCodes.timeout;
    case "Interrupted":
      return exitCodes.interrupted;
    default:
      return exitCodes.failed;
  }
}
