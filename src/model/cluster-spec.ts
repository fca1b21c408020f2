import type { ClusterRef, Role } from "./observation.ts";

// What a person asks of a cluster, read from a Kafka resource and its KafkaNodePools with every default filled in (Strimzi's v1 API).

export type InternalListener = {
  readonly name: string;
  readonly port: number;
  readonly tls: boolean;
  /** Who may connect, as NetworkPolicy has it; left out: everybody, empty: nobody. */
  readonly networkPolicyPeers?: readonly Readonly<Record<string, unknown>>[];
  /** A certificate that the user brings: Secret and keys. Left out: one of the cluster CA. */
  readonly certificate?: { readonly secret: string; readonly certificateKey: string; readonly privateKey: string };
};

/**
 * One volume of a node. `id` is left out for a single volume; JBOD volumes have one each. Exactly one volume of a pool has `kraftMetadata`:
 * the one that was chosen, else the one with the lowest id.
 */
export type Volume = { readonly id?: number; readonly kraftMetadata: boolean } & (
  | { readonly kind: "ephemeral"; readonly sizeLimit?: string }
  | {
      readonly kind: "persistent";
      readonly size: string;
      readonly storageClass?: string;
      readonly deleteClaim: boolean;
      readonly selector?: Readonly<Record<string, string>>;
    }
);

export type JvmOptions = {
  readonly xms?: string;
  readonly xmx?: string;
  readonly xx: Readonly<Record<string, string>>;
  readonly gcLogging: boolean;
  readonly systemProperties: readonly { readonly name: string; readonly value: string }[];
};

/** Parts of a pod that are taken over word for word from `template.pod` and `template.kafkaContainer`. */
export type PodTemplate = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly containerSecurityContext?: Readonly<Record<string, unknown>>;
};

export type PoolSpec = {
  readonly name: string;
  readonly uid?: string;
  readonly generation?: number;
  /** What everything that is made for the pool inherits. */
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly roles: readonly Role[];
  readonly volumes: readonly Volume[];
  readonly jbod: boolean;
  /** Kubernetes' ResourceRequirements. */
  readonly resources?: Readonly<Record<string, unknown>>;
  readonly jvm: JvmOptions;
  readonly template: PodTemplate;
  /** From the pool's status; empty for a new pool. */
  readonly nodeIds: readonly number[];
};

export type CaSettings = {
  readonly generate: boolean;
  readonly validityDays: number;
  readonly renewalDays: number;
  readonly ownerReference: boolean;
};

export type Logging =
  | { readonly kind: "inline"; readonly loggers: Readonly<Record<string, string>> }
  | { readonly kind: "external"; readonly configMap: string; readonly key: string; readonly optional: boolean };

export type Probe = {
  readonly initialDelaySeconds: number;
  readonly timeoutSeconds: number;
  readonly periodSeconds: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
};

export type ClusterSpec = {
  readonly ref: ClusterRef;
  readonly uid?: string;
  readonly generation?: number;
  /** What everything that is made for the cluster as a whole inherits. */
  readonly labels: Readonly<Record<string, string>>;
  readonly paused: boolean;
  /** Kafka's version, "4.3.1". */
  readonly version: string;
  /** As it was asked for ("4.3" or "4.3-IV0"); left out: the version's own. */
  readonly metadataVersion?: string;
  readonly image: string;
  readonly listeners: readonly InternalListener[];
  /** The free part of the broker configuration: values as texts. */
  readonly config: Readonly<Record<string, string>>;
  readonly logging: Logging;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly clusterCa: CaSettings;
  readonly clientsCa: CaSettings;
  /** How many nodes a disruption may take away at a time; left out: 1. */
  readonly maxUnavailable?: number;
  /** By name. */
  readonly pools: readonly PoolSpec[];
  /** From the status; left out for a new cluster. */
  readonly clusterId?: string;
};
