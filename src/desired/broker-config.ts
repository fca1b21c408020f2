import type { ClusterSpec, InternalListener, PoolSpec } from "../model/cluster-spec.ts";
import { brokersService, type NodePlace, nodesOf } from "./names.ts";
import { byName, type Option, renderProperties } from "./properties.ts";
import { trustPath } from "./stateful-sets.ts";
import { mountPath } from "./volumes.ts";

// The configuration of a node, in two parts: what all nodes of a pool share, and what is a node's own. Names are Strimzi's, so that clients,
// dashboards and a later change to an operator find what they expect. What is written here wins over the free configuration of the user;
// options that a user may not set never reach it (they are refused where the manifest is read).

const controlPlane = { id: "CONTROLPLANE-9090", port: 9090 };
const replication = { id: "REPLICATION-9091", port: 9091 };

/** Where the start script puts a private key and its certificates together, as Kafka wants them: in one file. */
export const keyStorePath = "/tmp/keystore.pem";

const listenerId = ({ name, port }: InternalListener): string => `${name.toUpperCase()}-${port}`;

/** The keys of a listener's own certificate in the Secret of the node's certificates. */
export const listenerKeys = ({ name, port }: InternalListener): { readonly certificate: string; readonly privateKey: string } => ({
  certificate: `${name}-${port}.crt`,
  privateKey: `${name}-${port}.key`,
});

const isBroker = (pool: PoolSpec): boolean => pool.roles.includes("broker");
const isController = (pool: PoolSpec): boolean => pool.roles.includes("controller");

const hostOf = (spec: ClusterSpec, pod: string): string => `${pod}.${brokersService(spec)}.${spec.ref.namespace}.svc`;

/** Every controller, by id: the quorum is fixed, as Strimzi has it. */
const votersOf = (spec: ClusterSpec): string =>
  nodesOf(spec)
    .filter(({ pool }) => isController(pool))
    .map(({ id, pod }) => `${id}@${hostOf(spec, pod)}:${controlPlane.port}`)
    .join(",");

const keyStore = (id: string, location: string): Option[] => [
  [`listener.name.${id.toLowerCase()}.ssl.keystore.type`, "PEM"],
  [`listener.name.${id.toLowerCase()}.ssl.keystore.location`, location],
];

/** Nodes show each other certificates of the cluster's authority, on both sides. */
const mutualTls = ({ id }: { readonly id: string }): Option[] => [
  ...keyStore(id, keyStorePath),
  [`listener.name.${id.toLowerCase()}.ssl.truststore.type`, "PEM"],
  [`listener.name.${id.toLowerCase()}.ssl.truststore.location`, `${trustPath}/cluster-ca.crt`],
  [`listener.name.${id.toLowerCase()}.ssl.client.auth`, "required"],
];

const ownKeyStore = (listener: InternalListener): string =>
  listener.certificate ? `/tmp/${listenerKeys(listener).certificate.replace(/\.crt$/, ".pem")}` : keyStorePath;

function boundBy(spec: ClusterSpec, pool: PoolSpec): { readonly id: string; readonly port: number }[] {
  const clients = spec.listeners.map((listener) => ({ id: listenerId(listener), port: listener.port }));
  return [...(isController(pool) ? [controlPlane] : []), ...(isBroker(pool) ? [replication, ...clients] : [])];
}

function listenerOptions(spec: ClusterSpec, pool: PoolSpec): Option[] {
  const clients = isBroker(pool) ? spec.listeners : [];
  const protocols = [
    ...[controlPlane, replication].map(({ id }) => `${id}:SSL`),
    ...clients.map((listener) => `${listenerId(listener)}:${listener.tls ? "SSL" : "PLAINTEXT"}`),
  ];
  return [
    ["process.roles", ["broker", "controller"].filter((role) => pool.roles.some((own) => own === role)).join(",")],
    ["controller.quorum.voters", votersOf(spec)],
    ["controller.listener.names", controlPlane.id],
    ["inter.broker.listener.name", replication.id],
    ["listener.security.protocol.map", protocols.join(",")],
    [
      "listeners",
      boundBy(spec, pool)
        .map(({ id, port }) => `${id}://0.0.0.0:${port}`)
        .join(","),
    ],
    ...mutualTls(controlPlane),
    ...mutualTls(replication),
    ...clients.filter(({ tls }) => tls).flatMap((listener) => keyStore(listenerId(listener), ownKeyStore(listener))),
  ];
}

/** Strimzi writes Kafka's own default out, so that it is one choice for the cluster. */
const defaults: readonly Option[] = [["min.insync.replicas", "1"]];

/** What all nodes of a pool share: the pool's part, then the user's configuration by name. */
export function poolOptions(spec: ClusterSpec, pool: PoolSpec): Option[] {
  const own = listenerOptions(spec, pool);
  const taken = new Set([...own.map(([name]) => name), ...nodeOptionNames]);
  const users = new Map([...defaults, ...Object.entries(spec.config)]);
  return [...own, ...[...users].filter(([name]) => !taken.has(name)).sort(byName)];
}

const nodeOptionNames = ["node.id", "advertised.listeners", "log.dirs", "metadata.log.dir"] as const;

/** What is a node's own: who it is, how it is reached, where its data lies. */
export function nodeOptions(spec: ClusterSpec, { id, pool, pod }: NodePlace): Option[] {
  const logDir = (volume: PoolSpec["volumes"][number]): string => `${mountPath(volume)}/kafka-log${id}`;
  const byId = [...pool.volumes].sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
  const metadata = byId.find(({ kraftMetadata }) => kraftMetadata) ?? byId[0];
  const advertised = boundBy(spec, pool).filter((listener) => listener !== controlPlane);
  const options: [(typeof nodeOptionNames)[number], string][] = [
    ["node.id", String(id)],
    ["advertised.listeners", advertised.map((listener) => `${listener.id}://${hostOf(spec, pod)}:${listener.port}`).join(",")],
    ["log.dirs", byId.map(logDir).join(",")],
    ["metadata.log.dir", metadata ? logDir(metadata) : ""],
  ];
  return options.filter(([, value]) => value !== "");
}

/** The server.properties of a node: byte for byte the same for the same cluster. */
export const brokerConfig = (spec: ClusterSpec, node: NodePlace): string =>
  renderProperties([...nodeOptions(spec, node), ...poolOptions(spec, node.pool)]);
