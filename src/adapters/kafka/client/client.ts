import type { Duplex } from "node:stream";
import { AppError } from "../../../model/errors.ts";
import type { BrokerAddress, KafkaTarget } from "../../../model/kafka-target.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Trace } from "../../../ports/connect.ts";
import { type BrokerConnection, connectBroker } from "../connection/broker-connection.ts";
import type { Body, RequestOptions } from "../connection/converse.ts";
import { abortable, withDeadline } from "../connection/deadline.ts";
import { addressOf, type Peer, unreachable } from "../connection/faults.ts";
import type { ApiName, ResponseOf } from "../wire/request.ts";
import type { Cluster } from "./broker-table.ts";
import { nameOfError } from "./kafka-errors.ts";
import { newPool } from "./pool.ts";
import { withRetries } from "./retry.ts";
import { type Destination, newRouter } from "./router.ts";

/** Opens a byte stream to an address; it may still be opening when it is returned. */
export type Dial = (address: BrokerAddress, target: KafkaTarget, signal: AbortSignal) => Duplex | Promise<Duplex>;

export type ClientOptions = {
  readonly target: KafkaTarget;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly trace: Trace;
  /** For one request, and for the attempts at one that fails in passing. */
  readonly timeoutMs: number;
  /** From dialling to being known by the broker. */
  readonly connectTimeoutMs: number;
};

export type RunOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Doing it twice is the same as doing it once; true when left out. */
  readonly repeatable?: boolean;
};

export type KafkaClient = {
  /** For one request; what a broker is told to take at most for a change. */
  readonly timeoutMs: number;
  /** One request, sent once. Kafka's error codes in the answer are the caller's to check. */
  request<N extends ApiName>(api: N, body: Body<N>, options?: RequestOptions & { readonly to?: Destination }): Promise<ResponseOf<N>>;
  /** Does `work` again while it fails of errors that pass by themselves; what was learned about the cluster is learned anew before. */
  run<T>(work: () => Promise<T>, options?: RunOptions): Promise<T>;
  cluster(signal?: AbortSignal): Promise<Cluster>;
  /** Learn the cluster anew when it is asked for next. */
  forget(): void;
  close(): void;
};

const anyBroker: Destination = { kind: "Any" };

/** Opens connections to one target until `life` ends. */
function connector(options: ClientOptions, life: AbortSignal): (address: BrokerAddress) => Promise<BrokerConnection> {
  const { target, clock, trace, timeoutMs, connectTimeoutMs } = options;
  const acquaintance = { heard: false };
  return (address) => {
    const peer: Peer = { host: address.host, port: address.port, via: target.via, identified: target.security.tls?.cert !== undefined };
    const late = (): AppError => unreachable(peer, { why: `no connection within ${connectTimeoutMs / 1000} s`, reason: "ConnectTimeout" });
    const dial = (signal: AbortSignal): Duplex | Promise<Duplex> => options.dial(address, target, signal);
    const connect = (signal: AbortSignal): Promise<BrokerConnection> =>
      connectBroker({ peer, security: target.security, dial, clock, trace, timeoutMs, acquaintance }, signal);
    return withDeadline({ clock, timeoutMs: connectTimeoutMs, signal: life, late }, connect);
  };
}

export function newClient(options: ClientOptions): KafkaClient {
  const { target, clock, timeoutMs } = options;
  const life = new AbortController();
  const pool = newPool(connector(options, life.signal));
  const router = newRouter({ target, pool, clock });

  const beforeRetry = (error: unknown): void => {
    router.forget();
    if (nameOfError(error) === "NOT_CONTROLLER") router.seekController();
  };

  return {
    timeoutMs,
    async request(api, body, { to = anyBroker, ...rest } = {}) {
      const connection = await abortable(router.connectionTo(to), rest.signal);
      return connection.request(api, body, { ...rest, node: router.nodeAt(addressOf(connection.peer)) });
    },
    run: (work, { signal, repeatable = true } = {}) => withRetries({ clock, timeoutMs, signal, repeatable, beforeRetry }, work),
    cluster: (signal) => abortable(router.cluster(), signal),
    forget: router.forget,
    close() {
      life.abort(new AppError("Interrupted", "The connection to Kafka was closed"));
      pool.close();
    },
  };
}
