import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { AppError } from "../../model/errors.ts";
import type { BrokerAddress, KafkaTarget } from "../../model/kafka-target.ts";
import { tlsOptions } from "./security.ts";

/** A stream to a port of a pod, at once; it opens by itself, emits `connect` when it is open, and fails by `error`. */
export type PortForward = (to: { namespace: string; pod: string; port: number }, signal?: AbortSignal) => Duplex;

export type Dialing = { readonly target: KafkaTarget; readonly portForward: PortForward; readonly signal?: AbortSignal | undefined };

const keepAliveMs = 60_000;

/**
 * The pod that answers for a broker's host: the one named by the first DNS label. A bootstrap address that names none of the pods (a
 * Service) leads to the first of them, since any broker will do there; elsewhere another broker would be the wrong one.
 */
export function podFor({ host, port }: BrokerAddress, target: KafkaTarget): string {
  const label = host.split(".", 1)[0] ?? host;
  if (target.route.kind === "Direct" || target.route.pods.includes(label)) return label;
  const isBootstrap = target.bootstrap.some((address) => address.host === host && address.port === port);
  return (isBootstrap ? target.route.pods[0] : undefined) ?? label;
}

/**
 * A stream to a broker, by the target's route and under TLS where its security has it. `opened` is called once, when bytes can flow. A
 * stream that ends before that, or closes at any time without an `end`, always emits `error`: readers need no deadline to notice.
 */
export function dial(address: BrokerAddress, dialing: Dialing, opened: () => void): Duplex {
  const { tls } = dialing.target.security;
  const through = dialing.target.route.kind === "Tunnel" ? tunnel(address, dialing) : undefined;
  const stream =
    tls === undefined
      ? (through ?? connectTcp({ ...address, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs }))
      : connectTls({ ...tlsOptions(tls, address.host), ...(through === undefined ? { port: address.port } : { socket: through }) });
  watch(stream, { address, event: tls === undefined ? "connect" : "secureConnect", opened });
  if (through !== undefined && stream !== through) through.on("error", (error) => stream.destroy(error));
  if (dialing.signal !== undefined) closeOnAbort(stream, dialing.signal);
  return stream;
}

function tunnel(address: BrokerAddress, { target, portForward, signal }: Dialing): Duplex {
  const namespace = target.route.kind === "Tunnel" ? target.route.namespace : "";
  return portForward({ namespace, pod: podFor(address, target), port: address.port }, signal);
}

type Watch = { readonly address: BrokerAddress; readonly event: string; readonly opened: () => void };

function watch(stream: Duplex, { address: { host, port }, event, opened }: Watch): void {
  const closed = (): AppError =>
    new AppError(
      "KafkaUnreachable",
      `Cannot reach Kafka at ${host}:${port}: the connection was closed${isOpen ? "" : " before it was open"}`,
    );
  let isOpen = false;
  let isTold = false;
  stream.once(event, () => {
    isOpen = true;
    opened();
  });
  stream.once("error", () => {
    isTold = true;
  });
  stream.once("end", () => {
    isTold = isOpen;
    if (!isOpen) stream.destroy(closed());
  });
  stream.once("close", () => {
    if (!isTold) stream.emit("error", closed());
  });
}

function closeOnAbort(stream: Duplex, signal: AbortSignal): void {
  const stop = (): void => {
    stream.destroy(signal.reason instanceof Error ? signal.reason : new Error("stopped"));
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  stream.once("close", () => signal.removeEventListener("abort", stop));
}
