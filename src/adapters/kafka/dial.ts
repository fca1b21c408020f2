import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { AppError, assertNever } from "../../model/errors.ts";
import type { BrokerAddress, KafkaTarget } from "../../model/kafka-target.ts";
import type { Dial } from "./client/client.ts";
import { addressOf, unreachable } from "./connection/faults.ts";

/** A stream to a port of a pod, through the Kubernetes API. */
export type PortForward = (request: { namespace: string; pod: string; port: number }, signal: AbortSignal) => Duplex | Promise<Duplex>;

/** Firewalls forget connections that are silent for some minutes. */
const keepAliveMs = 60_000;

function dialDirect({ host, port }: BrokerAddress, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs, signal });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

/**
 * The pod that a broker runs in has the name that its advertised host begins with. A bootstrap address that names no pod (a Service) leads
 * to the first of them, since any broker will do there; elsewhere it would be the wrong one.
 */
function podFor(address: BrokerAddress, target: KafkaTarget, pods: readonly string[]): string {
  const label = address.host.split(".", 1)[0] ?? "";
  if (pods.includes(label)) return label;
  const isBootstrap = target.bootstrap.some(({ host, port }) => host === address.host && port === address.port);
  const [first] = pods;
  if (isBootstrap && first !== undefined) return first;
  throw new AppError("KafkaUnreachable", `Kafka advertises ${addressOf(address)} on ${target.via}, and no pod is named ${label}`, {
    hint: `Use a listener whose advertised hosts begin with the names of the pods (${pods.slice(0, 3).join(", ")}${pods.length > 3 ? ", …" : ""})`,
    details: { address: addressOf(address), reason: "NoSuchPod" },
  });
}

/** Reaches the brokers of a target by its route; without `portForward` there are no tunnels. */
export const dialer =
  (portForward?: PortForward): Dial =>
  (address, target, signal) => {
    const { route } = target;
    switch (route.kind) {
      case "Direct":
        return dialDirect(address, signal);
      case "Tunnel":
        if (!portForward) throw unreachable({ ...address, via: target.via }, { why: "no tunnel can be made without Kubernetes" });
        return portForward({ namespace: route.namespace, pod: podFor(address, target, route.pods), port: address.port }, signal);
      default:
        return assertNever(route);
    }
  };
