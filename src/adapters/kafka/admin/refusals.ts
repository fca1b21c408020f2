import type { Refusal, Refusals } from "../../../ports/kafka-topics.ts";
import { type Answered, isPassing, kafkaError } from "../client/kafka-errors.ts";
import { codes, errorOf } from "../wire/error-codes.ts";

export const partitionKey = (topic: string, partition: number): string => `${topic}-${partition}`;

export function refusalOf({ errorCode, errorMessage }: Answered): Refusal {
  const { name, text } = errorOf(errorCode);
  return { error: name, message: errorMessage || text };
}

/** What was refused, by name. Where all of it was, and by errors that pass, that is thrown, so that it is tried again. */
export function refusalsOf<T extends Answered>(items: readonly T[], nameOf: (item: T) => string): Refusals {
  const refused = items.filter((item) => item.errorCode !== codes.none);
  const [first] = refused;
  if (first && refused.length === items.length && refused.every((item) => isPassing(item.errorCode)))
    throw kafkaError(nameOf(first), first);
  return new Map(refused.map((item) => [nameOf(item), refusalOf(item)]));
}

export const mergeRefusals = (all: readonly Refusals[]): Refusals => new Map(all.flatMap((one) => [...one]));
