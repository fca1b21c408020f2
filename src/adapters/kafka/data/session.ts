import { isIPv6, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import kafkajs, { type ISocketFactory, type Kafka, type KafkaConfig, type SASLOptions } from "kafkajs";
import type { default as Cluster } from "kafkajs/src/cluster/index.js";
import "./shims.ts";
import { AppError } from "../../../model/errors.ts";
import type { KafkaTarget } from "../../../model/kafka-target.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Trace } from "../../../ports/connect.ts";
import type { Dial } from "../client/client.ts";
import { withRetries } from "../client/retry.ts";
import { abortable } from "../connection/deadline.ts";
import { isConnectionLost, type Peer } from "../connection/faults.ts";
import { openTls } from "../connection/tls.ts";
import { BrokerSocket, type SocketError } from "./broker-socket.ts";
import { dataFault } from "./faults.ts";

export type DataIo = { readonly dial: Dial; readonly clock: Clock; readonly trace: Trace };

const connectionTimeoutMs = 15_000;
const requestTimeoutMs = 30_000;

/** Faults that another attempt or another broker does not mend: the operation fails at once. */
const lasting: ReadonlySet<string> = new Set(["TlsFailed", "KafkaAuthenticationFailed", "Forbidden", "Unauthorized", "InvalidFile"]);

/** One kafkajs client with the sockets it opened. */
export type Session = {
  readonly kafka: Kafka;
  readonly target: KafkaTarget;
  readonly clock: Clock;
  /** kafkajs's own view of the cluster, as its producers and consumers get one. */
  newCluster(): Cluster;
  /** Clusters that producers and consumers of this client were given so far. */
  readonly clusters: readonly Cluster[];
  /** Waits for `work`, but not beyond the signal or a lasting fault of a socket; rejects with AppErrors about `subject`. */
  guard<T>(subject: string, work: Promise<T>, signal?: AbortSignal): Promise<T>;
  /** The same for work that can be done again: it is, for a while, on errors that pass by themselves. */
  retry<T>(subject: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  fault(error: unknown, subject: string): unknown;
  /** Rejects when a socket met a lasting fault; never resolves. */
  readonly broken: Promise<never>;
  /** Closes every socket and fails all work that is under way, or begun later. */
  end(): void;
};

type Sockets = { readonly open: Set<BrokerSocket>; readonly faults: Map<string, AppError>; readonly broken: PromiseWithResolvers<never> };

/** kafkajs cuts "host:port" at the first colon, so an IPv6 address goes by another name. */
const aliasOf = (host: string, index: number): string => (isIPv6(host) ? `ipv6-bootstrap-${index}` : host);

function socketFactory(target: KafkaTarget, { dial }: DataIo, sockets: Sockets): ISocketFactory {
  const aliases = new Map(target.bootstrap.map(({ host }, index) => [aliasOf(host, index), host]));
  const { tls } = target.security;
  return ({ host, port, onConnect }) => {
    const peer: Peer = { host: aliases.get(host) ?? host, port, via: target.via };
    const open = async (signal: AbortSignal): Promise<Duplex> => {
      const stream = await dial(peer, target, signal);
      return tls === undefined ? stream : openTls(stream, tls, { peer, signal });
    };
    const socket = new BrokerSocket({ peer, open, onConnect });
    sockets.open.add(socket);
    socket.on("error", ({ fault }: SocketError) => {
      sockets.faults.set(`${host}:${port}`, fault);
      if (lasting.has(fault.code)) sockets.broken.reject(fault);
    });
    return socket as unknown as Socket;
  };
}

const saslOf = ({ security: { sasl } }: KafkaTarget): { sasl?: SASLOptions } =>
  sasl === undefined
    ? {}
    : { sasl: { mechanism: sasl.mechanism.toLowerCase() as "scram-sha-512", username: sasl.username, password: sasl.password } };

function configOf(target: KafkaTarget, { trace }: DataIo, factory: ISocketFactory): KafkaConfig {
  return {
    ...saslOf(target),
    clientId: "kubectl-kafka",
    brokers: target.bootstrap.map(({ host, port }, index) => `${aliasOf(host, index)}:${port}`),
    connectionTimeout: connectionTimeoutMs,
    authenticationTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    retry: { retries: Math.max(1, target.bootstrap.length - 1), initialRetryTime: 100 },
    socketFactory: factory,
    logLevel: kafkajs.logLevel.INFO,
    logCreator:
      () =>
      ({ namespace, log }) =>
        trace(`kafkajs ${namespace}: ${log.message}`),
  };
}

/** kafkajs keeps the way to make a cluster under a symbol; producers and consumers make theirs through it as well. */
function watchClusters(kafka: Kafka): { clusters: Cluster[]; newCluster: () => Cluster } {
  const key = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === "private:Kafka:createCluster");
  if (key === undefined) throw new Error("kafkajs is not the version that it is pinned to");
  const inside = kafka as unknown as Record<symbol, (options: object) => Cluster>;
  const create = inside[key]?.bind(kafka);
  if (create === undefined) throw new Error("kafkajs is not the version that it is pinned to");
  const clusters: Cluster[] = [];
  inside[key] = (options) => {
    const cluster = create(options);
    clusters.push(cluster);
    return cluster;
  };
  return { clusters, newCluster: () => create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false }) };
}

/** A listener that hangs up before it ever answered will do so again. */
function refused(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const { reason: _, ...details } = error.details;
  return new AppError(error.code, error.message, { hint: error.hint, cause: error, details });
}

export function openSession(target: KafkaTarget, io: DataIo): Session {
  const sockets: Sockets = { open: new Set(), faults: new Map(), broken: Promise.withResolvers<never>() };
  const broken = sockets.broken.promise;
  broken.catch(() => undefined);
  const kafka = new kafkajs.Kafka(configOf(target, io, socketFactory(target, io, sockets)));
  const fault = (error: unknown, subject: string): unknown => dataFault(error, { target, sockets: sockets.faults, subject });
  const guard: Session["guard"] = (subject, work, signal) =>
    abortable(Promise.race([work, broken]), signal).catch((error: unknown) => {
      throw fault(error, subject);
    });
  let isKnown = false;
  const once: Session["guard"] = (subject, work, signal) =>
    guard(subject, work, signal).then(
      (result) => {
        isKnown = true;
        return result;
      },
      (error: unknown) => {
        throw isKnown || !isConnectionLost(error) ? error : refused(error);
      },
    );
  return {
    kafka,
    target,
    clock: io.clock,
    ...watchClusters(kafka),
    fault,
    broken,
    guard,
    retry: (subject, work, signal) =>
      withRetries({ clock: io.clock, timeoutMs: requestTimeoutMs, signal, repeatable: true, beforeRetry: () => undefined }, () =>
        once(subject, work(), signal),
      ),
    end: () => {
      sockets.broken.reject(new AppError("Interrupted", "The connection to Kafka was closed"));
      for (const socket of sockets.open) socket.destroy();
    },
  };
}
