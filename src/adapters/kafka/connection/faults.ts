import { AppError } from "../../../model/errors.ts";

/** Whom a connection speaks to: "my-cluster-kafka-0.brokers:9091", and how, for the person who reads it: "9091 as cluster-operator". */
export type Peer = {
  readonly host: string;
  readonly port: number;
  readonly via: string /** We show a certificate of our own. */;
  readonly identified?: boolean;
};

export const addressOf = (peer: { readonly host: string; readonly port: number }): string =>
  `${peer.host.includes(":") ? `[${peer.host}]` : peer.host}:${peer.port}`;

/** "localhost:9092 (9091 as cluster-operator)" */
export const nameOf = (peer: Peer): string =>
  peer.via === "" || peer.via === addressOf(peer) ? addressOf(peer) : `${addressOf(peer)} (${peer.via})`;

export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type Why = { readonly why: string; readonly hint?: string | undefined; readonly cause?: unknown; readonly reason?: string };

/** `reason` tells programs what `why` tells people. */
export const unreachable = (peer: Peer, { why, hint, cause, reason }: Why): AppError =>
  new AppError("KafkaUnreachable", `Cannot reach Kafka at ${nameOf(peer)}: ${why}`, {
    hint,
    cause,
    details: { address: addressOf(peer), ...(reason ? { reason } : {}) },
  });

export const authenticationFailed = (peer: Peer, { why, hint, cause, reason }: Why): AppError =>
  new AppError("KafkaAuthenticationFailed", `Kafka at ${nameOf(peer)} does not let us in: ${why}`, {
    hint,
    cause,
    details: { address: addressOf(peer), ...(reason ? { reason } : {}) },
  });

/** The broker's certificate was refused by us. */
export const tlsFailed = (peer: Peer, { why, hint, cause }: Why): AppError =>
  new AppError("TlsFailed", `Kafka at ${nameOf(peer)} cannot be trusted: ${why}`, { hint, cause, details: { address: addressOf(peer) } });

export const timedOut = (peer: Peer, what: string, ms: number): AppError =>
  new AppError("Timeout", `Kafka at ${nameOf(peer)} did not answer within ${ms / 1000} s: ${what}`, {
    hint: "Allow more time with --request-timeout",
    details: { address: addressOf(peer) },
  });

/** The connection ended while an answer was awaited. */
export const connectionLost = "ConnectionLost";

export const isConnectionLost = (error: unknown): boolean => error instanceof AppError && error.details.reason === connectionLost;

/** The reason of an aborted signal as a fault of ours. */
export function interruption(signal: AbortSignal): AppError {
  const reason: unknown = signal.reason;
  if (reason instanceof AppError) return reason;
  const late = reason instanceof Error && reason.name === "TimeoutError";
  return new AppError(
    late ? "Timeout" : "Interrupted",
    late ? "Out of time while talking to Kafka" : "Interrupted while talking to Kafka",
    { cause: reason },
  );
}
