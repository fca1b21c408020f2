import { AppError, type ErrorCode } from "../model/errors.ts";
import type { Gap } from "../model/observation.ts";

/** Faults that concern one part only; with any other fault (unreachable, unauthorized, …) nothing can be read and the command fails. */
const partial: ReadonlySet<ErrorCode> = new Set([
  "Forbidden",
  "NotFound",
  "Timeout",
  "ServerError",
  "TooManyRequests",
  "InvalidFile",
  "UnsupportedByBroker",
  "KafkaError",
  "KafkaUnreachable",
]);

export const toGap = (part: string, error: AppError): Gap => ({
  part,
  because: error.message,
  ...(error.hint === undefined ? {} : { hint: error.hint }),
});

/** The value, or undefined and a named gap. The part is put the way a person would: "pods", "disk sizes". */
export async function seen<T>(gaps: Gap[], part: string, read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (!(error instanceof AppError) || !partial.has(error.code)) throw error;
    gaps.push(toGap(part, error));
    return undefined;
  }
}
