import { AppError } from "../model/errors.ts";
import type { KafkaTarget, Security } from "../model/kafka-target.ts";
import type { ClusterRef, ListenerAddress } from "../model/observation.ts";
import { type KafkaListener, type Pod, type Secret, secretText } from "./kube-shapes.ts";
import { isKafkaPod } from "./nodes.ts";
import type { KubeView } from "./read-kube.ts";

const replicationPort = 9091;

/** A Service does not tell whether its port speaks TLS; only a name that says so is believed. */
function tlsByName(listener: string): { tls?: boolean } {
  if (/tls|ssl/i.test(listener)) return { tls: true };
  return /plain/i.test(listener) ? { tls: false } : {};
}

/** The internal listeners, as the Kafka resource declares them; without one, as the bootstrap Service's ports are named. */
export function internalListeners(cluster: string, view: KubeView): KafkaListener[] {
  const declared = view.kafkas[0]?.spec?.kafka?.listeners;
  if (declared !== undefined) return declared.filter((listener) => (listener.type ?? "internal") === "internal");
  const service = view.services.find((candidate) => candidate.metadata.name === `${cluster}-kafka-bootstrap`);
  return (service?.spec?.ports ?? [])
    .filter(({ port }) => port !== replicationPort)
    .map(({ name, port }) => {
      const listener = (name ?? String(port)).replace(/^tcp-/, "");
      return { name: listener, port, ...tlsByName(listener) };
    });
}

/** Addresses for clients: what the status of the Kafka resource publishes, else the bootstrap Service. */
export function listenerAddresses(cluster: ClusterRef, view: KubeView): ListenerAddress[] {
  const spec = view.kafkas[0]?.spec?.kafka?.listeners ?? [];
  const published = (view.kafkas[0]?.status?.listeners ?? []).filter((entry) => entry.bootstrapServers);
  if (published.length > 0)
    return published.map((entry) =>
      describeListener(entry.bootstrapServers ?? "", spec.find(({ name }) => name === entry.name) ?? { name: entry.name ?? "", port: 0 }),
    );
  const host = `${cluster.name}-kafka-bootstrap.${cluster.namespace}.svc`;
  return internalListeners(cluster.name, view).map((listener) => describeListener(`${host}:${listener.port}`, listener));
}

const describeListener = (bootstrapServers: string, listener: KafkaListener): ListenerAddress => ({
  name: listener.name,
  bootstrapServers,
  ...(listener.tls === undefined ? {} : { tls: listener.tls }),
  ...(listener.authentication?.type === undefined ? {} : { authentication: listener.authentication.type }),
});

/** A pod that is going away is called ready for a while yet. */
const isReady = ({ status, metadata }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") ?? false);

/** Pods to bootstrap from: brokers only (a controller answers no client), running, ready ones first. */
function brokerPods(view: KubeView): Pod[] {
  return view.pods
    .filter((pod) => isKafkaPod(pod) && pod.metadata.labels?.["strimzi.io/broker-role"] !== "false" && pod.status?.phase === "Running")
    .sort((a, b) => Number(isReady(b)) - Number(isReady(a)));
}

function tunnel(cluster: ClusterRef, view: KubeView, way: { port: number; security: Security; via: string }): KafkaTarget {
  const pods = brokerPods(view).map((pod) => pod.metadata.name);
  if (pods.length === 0) throw new AppError("KafkaUnreachable", `no broker pod of ${cluster.name} is running`);
  return {
    bootstrap: pods.map((pod) => ({ host: `${pod}.${cluster.name}-kafka-brokers.${cluster.namespace}.svc`, port: way.port })),
    security: way.security,
    route: { kind: "Tunnel", namespace: cluster.namespace, pods },
    via: way.via,
  };
}

/** Every certificate authority the cluster's brokers may be signed by: the present one and the retired ones. */
function clusterCas(cluster: string, view: KubeView): string | undefined {
  const secret = view.secrets.find(({ metadata }) => metadata.name === `${cluster}-cluster-ca-cert`);
  const texts = Object.keys(secret?.data ?? {})
    .filter((key) => key.endsWith(".crt"))
    .map((key) => secretText(secret, key) ?? "");
  return texts.length === 0 ? undefined : texts.join("\n");
}

/** The replication listener, as the cluster operator. */
function operatorWay(cluster: ClusterRef, view: KubeView): KafkaTarget[] {
  const ca = clusterCas(cluster.name, view);
  const operator = view.secrets.find(({ metadata }) => metadata.name === `${cluster.name}-cluster-operator-certs`);
  const cert = secretText(operator, "cluster-operator.crt");
  const key = secretText(operator, "cluster-operator.key");
  if (ca === undefined || cert === undefined || key === undefined) return [];
  const via = `port ${replicationPort} as cluster-operator`;
  return [tunnel(cluster, view, { port: replicationPort, security: { tls: { ca, cert, key } }, via })];
}

/** Internal listeners that ask for no authentication, plain before TLS. */
function openWays(cluster: ClusterRef, view: KubeView): KafkaTarget[] {
  const ca = clusterCas(cluster.name, view);
  return internalListeners(cluster.name, view)
    .filter(({ tls, authentication }) => authentication === undefined && (tls === false || (tls && ca !== undefined)))
    .sort((a, b) => Number(a.tls ?? false) - Number(b.tls ?? false))
    .map(({ name, port, tls }) => {
      const security: Security = tls && ca !== undefined ? { tls: { ca } } : {};
      return tunnel(cluster, view, { port, security, via: `listener ${name} (${port}) without authentication` });
    });
}

/**
 * The way to a cluster's brokers through the API server, the first that there is, with those after it to stand in for it:
 * 1. the replication listener (9091, mTLS) as the cluster operator, whose certificate is in `<cluster>-cluster-operator-certs`;
 * 2. an internal listener that asks for no authentication, plain before TLS.
 * Throws KafkaUnreachable when there is neither, or no running broker pod.
 */
export function ownAccess(cluster: ClusterRef, view: KubeView): KafkaTarget {
  const ways = [...operatorWay(cluster, view), ...openWays(cluster, view)];
  const way = ways.reduceRight<KafkaTarget | undefined>((otherwise, each) => (otherwise ? { ...each, otherwise } : each), undefined);
  if (way !== undefined) return way;
  throw new AppError(
    "KafkaUnreachable",
    `no way into ${cluster.name}: Secret ${cluster.name}-cluster-operator-certs was not read and every listener asks for authentication`,
    {
      hint: "name an identity with --as-user KAFKAUSER, or an address with --bootstrap-server HOST:PORT",
    },
  );
}

/** The way in as a KafkaUser, from its Secret: by certificate (`user.crt`) or by SCRAM-SHA-512 (`password`), over the listener that takes it. */
export function userAccess(cluster: ClusterRef, view: KubeView, secret: Secret): KafkaTarget {
  const user = secret.metadata.name;
  const ca = clusterCas(cluster.name, view);
  const cert = secretText(secret, "user.crt");
  const key = secretText(secret, "user.key");
  const password = secretText(secret, "password");
  const wanted = cert !== undefined && key !== undefined ? "tls" : "scram-sha-512";
  if (wanted !== "tls" && password === undefined)
    throw new AppError("KafkaAuthenticationFailed", `Secret ${user} holds neither user.crt and user.key nor password`);
  const listeners = internalListeners(cluster.name, view);
  const listener =
    listeners.find(({ authentication }) => authentication?.type === wanted) ??
    listeners.find(({ tls, authentication }) => tls && authentication === undefined);
  if (listener === undefined)
    throw new AppError(
      "KafkaAuthenticationFailed",
      `no internal listener of ${cluster.name} takes ${wanted} authentication, which user ${user} has`,
    );
  const tls = listener.tls
    ? { tls: { ...(ca === undefined ? {} : { ca }), ...(cert === undefined || key === undefined ? {} : { cert, key }) } }
    : {};
  const sasl =
    wanted === "tls" || password === undefined ? {} : { sasl: { mechanism: "SCRAM-SHA-512" as const, username: user, password } };
  return tunnel(cluster, view, {
    port: listener.port,
    security: { ...tls, ...sasl },
    via: `listener ${listener.name} (${listener.port}) as ${user}`,
  });
}
