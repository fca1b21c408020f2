import type { ClusterSpec } from "../model/cluster-spec.ts";
import type { KubeObject } from "../model/kube.ts";
import { bootstrapService, brokersService, labelsOf, metadataOf, selectorOf } from "./names.ts";

type Port = { name: string; port: number; targetPort: number; protocol: "TCP" };

const port = (name: string, number: number): Port => ({ name: `tcp-${name}`, port: number, targetPort: number, protocol: "TCP" });

const clientPorts = ({ listeners }: ClusterSpec): Port[] => listeners.map((listener) => port(listener.name, listener.port));

/** What tools that look for Kafka read of a Service (Strimzi's service discovery). */
const discovery = ({ listeners }: ClusterSpec): string =>
  JSON.stringify(
    listeners.map(({ port, tls }) => ({ port, tls, protocol: "kafka", auth: "none" })),
    undefined,
    2,
  );

/** Where clients begin: any broker, on 9091 and the listeners. */
const bootstrap = (spec: ClusterSpec): KubeObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: metadataOf(spec, {
    name: bootstrapService(spec),
    labels: { ...labelsOf(spec), "strimzi.io/discovery": "true" },
    annotations: { "strimzi.io/discovery": discovery(spec) },
  }),
  spec: {
    type: "ClusterIP",
    selector: { ...selectorOf(spec), "strimzi.io/broker-role": "true" },
    ports: [port("replication", 9091), ...clientPorts(spec)],
  },
});

/** Gives each pod its name; also while it is not ready, since nodes must find each other to become so. */
const headless = (spec: ClusterSpec): KubeObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: metadataOf(spec, { name: brokersService(spec) }),
  spec: {
    type: "ClusterIP",
    clusterIP: "None",
    publishNotReadyAddresses: true,
    selector: selectorOf(spec),
    ports: [port("ctrlplane", 9090), port("replication", 9091), ...clientPorts(spec)],
  },
});

export const desiredServices = (spec: ClusterSpec): KubeObject[] => [bootstrap(spec), headless(spec)];
