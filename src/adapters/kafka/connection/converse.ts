import { AppError } from "../../../model/errors.ts";
import { formatBytes } from "../../../model/units.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Trace } from "../../../ports/connect.ts";
import type { ElementMaps } from "../wire/decode.ts";
import { InexpressibleField } from "../wire/encode.ts";
import { type ApiName, decodeResponse, encodeRequest, type RequestOf, type ResponseOf } from "../wire/request.ts";
import { type BrokerVersions, commonVersion } from "./api-versions.ts";
import type { Channel } from "./channel.ts";
import { withDeadline } from "./deadline.ts";
import { addressOf, nameOf, type Peer, timedOut } from "./faults.ts";

/** A body, or what makes one for the version that will be spoken. */
export type Body<N extends ApiName> = RequestOf<N> | ((version: number) => RequestOf<N>);

export type RequestOptions = {
  readonly signal?: AbortSignal | undefined;
  /** What to make of array elements; the caller then knows the answer's type better than this one does. */
  readonly maps?: ElementMaps | undefined;
  /** Speak no newer version, where a newer one wants what the caller does not have. */
  readonly ceiling?: number | undefined;
  /** The broker's id, where it is known, for the trace. */
  readonly node?: number | undefined;
};

/** What every request of one connection shares. */
export type Conversation = {
  readonly channel: Channel;
  readonly peer: Peer;
  readonly versions: BrokerVersions;
  readonly clock: Clock;
  readonly trace: Trace;
  /** For one request. */
  readonly timeoutMs: number;
};

function inexpressible(error: InexpressibleField, api: ApiName, peer: Peer): AppError {
  return new AppError("UnsupportedByBroker", `Kafka at ${nameOf(peer)} is too old: its ${api} has no ${error.field}`, {
    cause: error,
    details: { api },
  });
}

type Answer = { readonly frame: Buffer; readonly peer: Peer; readonly maps: ElementMaps | undefined };

function decode<N extends ApiName>(api: N, version: number, { frame, peer, maps }: Answer): ResponseOf<N> {
  try {
    return decodeResponse(api, version, { frame, maps }) as ResponseOf<N>;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `The answer of Kafka at ${nameOf(peer)} to ${api} v${version} cannot be read: ${error.message}`;
    throw new AppError("KafkaError", message, { cause: error, details: { error: "MALFORMED_ANSWER" } });
  }
}

type Question<N extends ApiName> = { readonly api: N; readonly body: Body<N>; readonly options: RequestOptions };

/** One request and its answer, in the newest version both know. A broker that is late is hung up on: what follows would wait behind it. */
export async function converse<N extends ApiName>(conversation: Conversation, { api, body, options }: Question<N>): Promise<ResponseOf<N>> {
  const { channel, versions, peer, clock, trace, timeoutMs } = conversation;
  const version = commonVersion(api, versions, { peer, ceiling: options.ceiling });
  const value = typeof body === "function" ? body(version) : body;
  const began = clock.now();
  const late = (): AppError => {
    const fault = timedOut(peer, api, timeoutMs);
    channel.close(fault);
    return fault;
  };
  const exchange = (): Promise<Buffer> => channel.exchange((correlationId) => encodeRequest(api, version, { correlationId, body: value }));
  const frame = await withDeadline({ clock, timeoutMs, signal: options.signal, late }, exchange).catch((error: unknown) => {
    throw error instanceof InexpressibleField ? inexpressible(error, api, peer) : error;
  });
  const to = options.node === undefined ? addressOf(peer) : `${options.node} (${addressOf(peer)})`;
  trace(`Kafka ${api} v${version} to ${to} in ${Math.round(clock.now() - began)} ms, ${formatBytes(frame.length + 4)}`);
  return decode(api, version, { frame, peer, maps: options.maps });
}
