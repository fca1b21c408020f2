import type { KubeObject } from "../model/kube.ts";
import { defaultVersion } from "./parse-kafka.ts";

/** What a new cluster's nodes keep their data on. */
export type StorageRequest =
  | { readonly kind: "ephemeral" }
  | { readonly kind: "persistent"; readonly size: string }
  | { readonly kind: "jbod"; readonly sizes: readonly string[] };

/** A cluster as `create` is asked for it; everything left out gets a good default. */
export type ClusterRequest = {
  readonly name: string;
  readonly namespace?: string;
  readonly version?: string;
  /** Brokers, or nodes with both roles where `combined`. */
  readonly replicas: number;
  /** Nodes of a controller pool; "combined": the brokers are the controllers. */
  readonly controllers: number | "combined";
  readonly storage: StorageRequest;
  readonly storageClass?: string;
  /** Broker options. */
  readonly config?: Readonly<Record<string, string>>;
  readonly cpu?: string;
  readonly memory?: string;
};

/** "10Gi", "ephemeral", "jbod=10Gi,20Gi" as a person writes them; undefined for anything else. */
export function parseStorage(text: string): StorageRequest | undefined {
  if (text === "ephemeral") return { kind: "ephemeral" };
  const [kind, sizes, ...more] = text.split("=");
  if (kind === "jbod" && sizes !== undefined && more.length === 0)
    return { kind: "jbod", sizes: sizes.split(",").map((size) => size.trim()) };
  return /^[0-9]/.test(text) ? { kind: "persistent", size: text } : undefined;
}

/** Replication as safe as so many brokers allow: three copies, of which one may be away. */
function replicationFor(brokers: number): Record<string, number> {
  const factor = Math.min(3, Math.max(1, brokers));
  const minIsr = Math.max(1, factor - 1);
  return {
    "default.replication.factor": factor,
    "min.insync.replicas": minIsr,
    "offsets.topic.replication.factor": factor,
    "transaction.state.log.replication.factor": factor,
    "transaction.state.log.min.isr": minIsr,
  };
}

type Volume = Readonly<Record<string, unknown>>;

const claim = (size: string, { storageClass }: ClusterRequest): Volume => ({
  type: "persistent-claim",
  size,
  ...(storageClass === undefined ? {} : { class: storageClass }),
  deleteClaim: false,
});

function storageOf(request: ClusterRequest): Volume {
  const { storage } = request;
  switch (storage.kind) {
    case "ephemeral":
      return { type: "ephemeral" };
    case "persistent":
      return claim(storage.size, request);
    case "jbod":
      return {
        type: "jbod",
        volumes: storage.sizes.map((size, id) => ({ id, ...claim(size, request), ...(id === 0 ? { kraftMetadata: "shared" } : {}) })),
      };
  }
}

/** Controllers keep the metadata alone: one volume is enough. */
function controllerStorage(request: ClusterRequest): Volume {
  const { storage } = request;
  return storage.kind === "jbod" ? claim(storage.sizes[0] ?? "", request) : storageOf(request);
}

/** Over zones, and over the machines of a zone; never at the price of not running at all. */
const spread = (cluster: string, pool: string) =>
  ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { "strimzi.io/cluster": cluster, "strimzi.io/pool-name": pool } },
  }));

type PoolRequest = { readonly pool: string; readonly roles: readonly string[]; readonly replicas: number; readonly storage: Volume };

function poolOf(request: ClusterRequest, { pool, roles, replicas, storage }: PoolRequest): KubeObject {
  const { name, namespace, cpu, memory } = request;
  const amounts = { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
  return {
    apiVersion: "kafka.strimzi.io/v1",
    kind: "KafkaNodePool",
    metadata: { name: pool, ...(namespace === undefined ? {} : { namespace }), labels: { "strimzi.io/cluster": name } },
    spec: {
      replicas,
      roles,
      storage,
      ...(Object.keys(amounts).length === 0 ? {} : { resources: { requests: amounts, limits: amounts } }),
      template: { pod: { topologySpreadConstraints: spread(name, pool) } },
    },
  };
}

/**
 * The Kafka and its pools for a new cluster, in the order to apply them: pools "controller" and "broker", or "combined". Nothing is checked
 * here; they go the way of every other manifest.
 */
export function kafkaManifest(request: ClusterRequest): KubeObject[] {
  const { name, namespace, replicas, controllers, version = defaultVersion, config } = request;
  const storage = storageOf(request);
  const pools =
    controllers === "combined"
      ? [poolOf(request, { pool: "combined", roles: ["controller", "broker"], replicas, storage })]
      : [
          poolOf(request, { pool: "controller", roles: ["controller"], replicas: controllers, storage: controllerStorage(request) }),
          poolOf(request, { pool: "broker", roles: ["broker"], replicas, storage }),
        ];
  const kafka: KubeObject = {
    apiVersion: "kafka.strimzi.io/v1",
    kind: "Kafka",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    spec: {
      kafka: {
        version,
        listeners: [
          { name: "plain", port: 9092, type: "internal", tls: false },
          { name: "tls", port: 9093, type: "internal", tls: true },
        ],
        config: { ...replicationFor(replicas), ...config },
      },
    },
  };
  return [kafka, ...pools];
}
