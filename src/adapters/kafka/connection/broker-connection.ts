import type { Duplex } from "node:stream";
import type { AppError } from "../../../model/errors.ts";
import type { Security } from "../../../model/kafka-target.ts";
import type { ApiName, ResponseOf } from "../wire/request.ts";
import { askVersions, versionsIn } from "./api-versions.ts";
import { type Channel, openChannel } from "./channel.ts";
import { type Body, type Conversation, converse, type RequestOptions } from "./converse.ts";
import { interruption, isConnectionLost, type Peer, unreachable } from "./faults.ts";
import { authenticate } from "./sasl.ts";
import { streamFault } from "./stream-faults.ts";
import { openTls } from "./tls.ts";

/** A connection on which the broker knows us. */
export type BrokerConnection = {
  readonly peer: Peer;
  request<N extends ApiName>(api: N, body: Body<N>, options?: RequestOptions): Promise<ResponseOf<N>>;
  /** False once it is closed, or about to be because the session is old. */
  readonly usable: boolean;
  close(fault?: AppError): void;
};

export type ConnectOptions = Pick<Conversation, "peer" | "clock" | "trace" | "timeoutMs"> & {
  readonly security: Security;
  dial(signal: AbortSignal): Duplex | Promise<Duplex>;
  /** Whether a listener like this one has answered a request of ours before; set when one does. */
  readonly acquaintance: { heard: boolean };
};

const refusedAtGreeting = ({ peer, security }: ConnectOptions): AppError =>
  unreachable(peer, {
    why: "it closed the connection before we got to know each other",
    hint: security.tls
      ? "It may want a client certificate, or another one than ours"
      : "The listener may want TLS, or something on the way closes connections",
    reason: "RefusedAtGreeting",
  });

/** A listener that wants a password tells its versions to anyone, and hangs up on anything else. */
const refusedUnheard = (peer: Peer): AppError =>
  unreachable(peer, {
    why: "it closed the connection at our first request",
    hint: "The listener may want SASL: give a mechanism, a user's name and a password",
    reason: "RefusedUnheard",
  });

/** Requests over a conversation. Until one was answered, being hung up on means to be refused. */
function requester(conversation: Conversation, acquaintance: { heard: boolean }): BrokerConnection["request"] {
  return async (api, body, options = {}) => {
    try {
      const response = await converse(conversation, { api, body, options });
      acquaintance.heard = true;
      return response;
    } catch (error) {
      throw acquaintance.heard || !isConnectionLost(error) ? error : refusedUnheard(conversation.peer);
    }
  };
}

/** The broker cuts the connection at the end of the session; leave it a while before. */
const sessionShare = 0.8;

async function greet(
  channel: Channel,
  { security, peer, clock, trace, timeoutMs, acquaintance }: ConnectOptions,
): Promise<BrokerConnection> {
  const versions = versionsIn(await askVersions(channel, peer));
  const { sasl } = security;
  const request = requester({ channel, peer, versions, clock, trace, timeoutMs }, sasl ? { heard: true } : acquaintance);
  const lifetimeMs = sasl ? await authenticate(sasl, { peer, ask: request }) : 0;
  const until = lifetimeMs > 0 ? clock.now() + lifetimeMs * sessionShare : Number.POSITIVE_INFINITY;
  return {
    peer,
    request,
    get usable() {
      return !channel.closed && clock.now() < until;
    },
    close: channel.close,
  };
}

async function dial({ dial: open, peer }: ConnectOptions, signal: AbortSignal): Promise<Duplex> {
  try {
    const stream = await open(signal);
    if (signal.aborted) stream.destroy();
    return stream;
  } catch (error) {
    throw signal.aborted ? interruption(signal) : streamFault(error, peer);
  }
}

/** Dials, agrees on TLS and versions, and authenticates. Nothing of it is left open when that fails or the signal aborts. */
export async function connectBroker(options: ConnectOptions, signal: AbortSignal): Promise<BrokerConnection> {
  const { peer, security } = options;
  const stream = await dial(options, signal);
  const secured = security.tls ? await openTls(stream, security.tls, { peer, signal }) : stream;
  const channel = openChannel(secured, peer);
  const abort = (): void => channel.close(interruption(signal));
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await greet(channel, options);
  } catch (error) {
    channel.close();
    throw isConnectionLost(error) ? refusedAtGreeting(options) : error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
