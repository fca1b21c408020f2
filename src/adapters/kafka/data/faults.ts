import { AppError } from "../../../model/errors.ts";
import type { KafkaTarget } from "../../../model/kafka-target.ts";
import { isRetriable, kafkaError } from "../client/kafka-errors.ts";
import { authenticationFailed, connectionLost, type Peer, textOf, unreachable } from "../connection/faults.ts";
import { codes, errorOf } from "../wire/error-codes.ts";

/** Kafka's codes that reading acts on. */
export const errorCodes = { offsetOutOfRange: 1, leaderNotAvailable: 5 } as const;

/** What the sockets of a client ran into last, by "host:port": kafkajs passes on no more than the text of it. */
export type SocketFaults = ReadonlyMap<string, AppError>;

export type FaultContext = {
  readonly target: KafkaTarget;
  readonly sockets: SocketFaults /** "topic orders", "group payments" */;
  readonly subject: string;
};

type Loose = {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly broker?: unknown;
};

/** An error and what caused it, outermost first. */
function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let at = error; at instanceof Error && !chain.includes(at); at = at.cause) chain.push(at);
  return chain.length === 0 ? [error] : chain;
}

function peerOf(broker: unknown, target: KafkaTarget): Peer {
  const [, host = "", port = "0"] = /^(.*):(\d+)$/.exec(typeof broker === "string" ? broker : "") ?? [];
  const first = target.bootstrap[0];
  return host === "" && first !== undefined ? { ...first, via: target.via } : { host, port: Number(port), via: target.via };
}

/** What Kafka answered about `subject`, by the error's code. A topic that is not there, or not for us to see, is NotFound. */
export function answeredFault(errorCode: number, subject: string): AppError {
  if (errorCode !== codes.unknownTopic) return kafkaError(subject, { errorCode });
  return new AppError("NotFound", `${subject} does not exist in this Kafka, or we may not see it`, {
    hint: "See which topics there are: kubectl kafkatopic list",
    details: { error: errorOf(errorCode).name },
  });
}

function oneFault(error: Loose, { target, sockets, subject }: FaultContext): AppError | undefined {
  if (error instanceof AppError) return error;
  const peer = peerOf(error.broker, target);
  switch (error.name) {
    case "KafkaJSSASLAuthenticationError":
      return authenticationFailed(peer, { why: error.message, hint: "Check the user's name, password and mechanism", cause: error });
    case "KafkaJSConnectionError":
    case "KafkaJSConnectionClosedError":
      return typeof error.broker === "string" ? (sockets.get(error.broker) ?? lost(error, peer)) : lost(error, peer);
    case "KafkaJSRequestTimeoutError":
    case "KafkaJSLockTimeout":
      return new AppError("Timeout", `Kafka did not answer in time: ${subject}`, { cause: error });
    case "KafkaJSServerDoesNotSupportApiKey":
      return new AppError("UnsupportedByBroker", `${subject}: ${error.message}`, { cause: error });
    case "KafkaJSGroupCoordinatorNotFound":
    case "KafkaJSNoBrokerAvailableError":
    case "KafkaJSBrokerNotFound":
      return unreachable(peer, { why: error.message, cause: error });
    default:
      return typeof error.type === "string" && typeof error.code === "number" ? answeredFault(error.code, subject) : undefined;
  }
}

const lost = (cause: Loose, peer: Peer): AppError =>
  /timeout/i.test(cause.message)
    ? unreachable(peer, { why: "no connection in time", cause, reason: "ConnectTimeout" })
    : unreachable(peer, {
        why: "it closed the connection",
        hint: "A listener that wants TLS or SASL hangs up on clients that have neither",
        cause,
        reason: connectionLost,
      });

/** kafkajs's error as one of ours; another error (a bug) as it is. */
export function dataFault(error: unknown, context: FaultContext): unknown {
  const chain = chainOf(error);
  for (const link of chain) {
    const fault = link instanceof Error ? oneFault(link, context) : undefined;
    if (fault !== undefined) return fault;
  }
  const last = chain.at(-1);
  // kafkajs's plain words for a broker that let us connect and then said nothing
  if (textOf(last) === "Broker not connected")
    return unreachable(peerOf(undefined, context.target), { why: "it does not answer", cause: error });
  const isOfKafkajs = last instanceof Error && last.name.startsWith("KafkaJS");
  return isOfKafkajs ? new AppError("KafkaError", `${context.subject}: ${textOf(last)}`, { cause: error }) : error;
}

/** How long a reader puts up with faults that may pass by themselves, when nothing else comes. */
export const patienceMs = 30_000;

/** Whether brokers that restart, or leaders and coordinators that move, explain the fault. */
export const isPassing = (fault: unknown): boolean =>
  isRetriable(fault) || (fault instanceof AppError && (fault.code === "KafkaUnreachable" || fault.code === "Timeout"));
