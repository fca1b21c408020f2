import { dialer, type PortForward } from "../../src/adapters/kafka/dial.ts";
import { openKube } from "../../src/adapters/kube/open.ts";
import type { KafkaTarget } from "../../src/model/kafka-target.ts";
import type { UsableCluster } from "../cluster/use.ts";

/** A Kafka without TLS and SASL on which a client has all rights, and the way to it. */
export type RealKafka = {
  readonly target: KafkaTarget;
  readonly dial: ReturnType<typeof dialer>;
  readonly portForward?: PortForward;
  close(): void;
};

/** The plain listener (9092) of a cluster's brokers, through the API server. */
export async function tunnelTo(
  cluster: UsableCluster,
  { namespace, name, pods }: { readonly namespace: string; readonly name: string; readonly pods: readonly string[] },
): Promise<RealKafka> {
  const kube = await openKube({ kubeconfig: cluster.kubeconfig, namespace }, () => {});
  const portForward: PortForward = (request, signal) => kube.portForward(request, signal);
  const target: KafkaTarget = {
    bootstrap: pods.map((pod) => ({ host: `${pod}.${name}-kafka-brokers.${namespace}.svc`, port: 9092 })),
    security: {},
    route: { kind: "Tunnel", namespace, pods },
    via: "the plain listener",
  };
  return { target, dial: dialer(portForward), portForward, close: kube.close };
}
