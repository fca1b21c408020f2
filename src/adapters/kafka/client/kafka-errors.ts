import { AppError } from "../../../model/errors.ts";
import { isConnectionLost } from "../connection/faults.ts";
import { codes, errorOf, isRetriableError } from "../wire/error-codes.ts";

export type Answered = { readonly errorCode: number; readonly errorMessage?: string | null };

const rights: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: "topic",
  GROUP_AUTHORIZATION_FAILED: "group",
  CLUSTER_AUTHORIZATION_FAILED: "cluster",
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: "transactional id",
};

/** What the broker said of `subject`: its own text where it gave one, else Kafka's standing one. */
export function kafkaError(subject: string, { errorCode, errorMessage }: Answered): AppError {
  const { name, text } = errorOf(errorCode);
  const right = rights[name];
  return new AppError("KafkaError", `${subject}: ${errorMessage || text} (${name})`, {
    hint: right && `Our user lacks an ACL on the ${right}; connect as one that may, or grant it`,
    details: { error: name },
  });
}

/** Throws what the broker said of `subject` unless it said that all is well. */
export function check(subject: string, answer: Answered): void {
  if (answer.errorCode !== codes.none) throw kafkaError(subject, answer);
}

/** Retriable to Kafka, since a topic may only just have been made; a person who names one wants to hear at once that it is not there. */
const isMissing = (name: string): boolean => name === "UNKNOWN_TOPIC_OR_PARTITION" || name === "UNKNOWN_TOPIC_ID";

/** Whether an error of this code passes by itself. */
export const isPassing = (code: number): boolean => {
  const { name, retriable } = errorOf(code);
  return retriable && !isMissing(name);
};

/** Whether the fault passes by itself: by Kafka's own word, or because a connection was lost on the way. */
export function isRetriable(error: unknown): boolean {
  const name = nameOfError(error);
  return isConnectionLost(error) || (isRetriableError(name) && !isMissing(name));
}

/** Kafka's name for the error, "" where the fault is none of Kafka's. */
export const nameOfError = (error: unknown): string =>
  error instanceof AppError && error.code === "KafkaError" ? String(error.details.error) : "";
