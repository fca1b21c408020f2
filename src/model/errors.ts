/** Names of the faults a person can meet; the exit code follows from them (cli/exit-codes). */
export type ErrorCode =
  | "Usage"
  | "Declined"
  | "NoKubeconfig"
  | "InvalidKubeconfig"
  | "ContextNotFound"
  | "CredentialsFailed"
  | "Unreachable"
  | "TlsFailed"
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "AlreadyExists"
  | "Conflict"
  | "Gone"
  | "Invalid"
  | "TooManyRequests"
  | "ServerError"
  | "Timeout"
  | "Interrupted"
  | "InvalidFile"
  | "ClusterNotFound"
  | "KafkaUnreachable"
  | "KafkaAuthenticationFailed"
  | "KafkaError"
  | "UnsupportedByBroker";

type AppErrorParts = {
  /** The next command, flag or access rule that helps. */
  hint?: string | undefined;
  cause?: unknown;
  /** Machine-readable facts about the fault, for instance Kafka's error name. */
  details?: Readonly<Record<string, string | number>>;
};

/** An expected fault: `message` names the object, `hint` the next step. Anything else that is thrown is a bug of ours. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(code: ErrorCode, message: string, parts: AppErrorParts = {}) {
    super(message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = code;
    this.hint = parts.hint;
    this.details = parts.details ?? {};
  }
}

/** Ends a `switch` over a union: the compiler refuses a member that was forgotten. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
