import type { Reassignment, Topic } from "./topic.ts";

export type ClusterRef = { readonly namespace: string; readonly name: string };

export type Role = "controller" | "broker";

/** A part that could not be read. It is named instead of being shown as empty. */
export type Gap = { readonly part: string; readonly because: string; readonly hint?: string };

/**
 * Who reconciles the cluster, and the evidence for it. `managed`: a Strimzi Cluster Operator; `direct`: nobody but this tool;
 * `external`: a Kafka that was named by address, of which Kubernetes was not asked.
 */
export type Mode = { readonly kind: "managed" | "direct" | "external"; readonly because: string };

export type Operator = { readonly namespace: string; readonly name: string; readonly version?: string; readonly ready: boolean };

export type Condition = {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
};

export type ListenerAddress = {
  readonly name: string;
  readonly bootstrapServers: string;
  readonly tls?: boolean;
  readonly authentication?: string;
};

/** What the Kafka resource says of the cluster; left out of the observation where there is none. */
export type Declared = {
  readonly version?: string;
  readonly metadataVersion?: string;
  readonly clusterId?: string;
  readonly paused: boolean;
  readonly generation?: number;
  readonly observedGeneration?: number;
  readonly conditions: readonly Condition[];
};

/** Why a node waits for a restart, by the ecosystem's names. */
export type RestartReason =
  | "ManualRollingUpdate"
  | "PodHasOldRevision"
  | "ConfigChangeRequiresRestart"
  | "KafkaCertificatesChanged"
  | "CaCertRenewed"
  | "FileSystemResizeNeeded"
  | "PodStuck"
  | "PodUnresponsive";

export type PodState = {
  readonly name: string;
  readonly uid: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly restarts: number;
  readonly startedAt?: string;
  /** Left out while it is not ready. */
  readonly readySince?: string;
  readonly host?: string;
  readonly image?: string;
  /** Why it is not ready, as Kubernetes tells: "Unschedulable: 0/3 nodes are available", "CrashLoopBackOff". */
  readonly trouble?: string;
};

export type Disk = { readonly usedBytes?: number; readonly sizeBytes: number };

export type Registration = "active" | "fenced" | "absent";

/** One Kafka node: what Kubernetes and what Kafka know of the same id. */
export type NodeState = {
  readonly id: number;
  /** The name its pod has or should have. */
  readonly name: string;
  readonly pool?: string;
  readonly roles: readonly Role[];
  /** Left out: no such pod. */
  readonly pod?: PodState;
  readonly version?: string;
  readonly rack?: string;
  readonly disk?: Disk;
  readonly offlineLogDirs?: readonly string[];
  readonly restartReasons: readonly RestartReason[];
  /** Brokers, when Kafka answered. */
  readonly registration?: Registration;
  readonly leaders?: number;
  readonly replicas?: number;
};

export type QuorumMember = {
  readonly id: number;
  readonly lag: number /** Milliseconds since it was caught up; left out when unknown. */;
  readonly behindMs?: number;
};

export type Quorum = {
  readonly leaderId: number;
  readonly epoch: number;
  readonly voters: readonly QuorumMember[];
  readonly observers: readonly QuorumMember[];
};

/** What the brokers themselves answered. */
export type KafkaState = {
  readonly via: string;
  readonly clusterId: string;
  readonly controllerId: number;
  readonly metadataVersion?: string;
  readonly quorum?: Quorum;
  /** Left out when they could not be read. */
  readonly topics?: readonly Topic[];
  readonly reassignments?: readonly Reassignment[];
};

export type CertificateState = {
  /** Secret and key it was read from. */
  readonly secret: string;
  readonly key: string;
  readonly role: "clusterCa" | "clientsCa" | "leaf";
  readonly subject: string;
  readonly notAfter: string;
};

/** Everything that was read of one cluster at one moment; the input of every planner, and the document of `status -o json`. */
export type Observation = {
  readonly apiVersion: "kubectl-kafka/v1";
  readonly kind: "ClusterObservation";
  readonly observedAt: string;
  readonly context: string;
  readonly cluster: ClusterRef;
  /** When its oldest object was made. */
  readonly createdAt?: string;
  readonly mode: Mode;
  /** Left out: none was found. */
  readonly operator?: Operator;
  readonly declared?: Declared;
  readonly listeners: readonly ListenerAddress[];
  readonly nodes: readonly NodeState[];
  /** Left out: Kafka could not be asked; a gap or a finding says why. */
  readonly kafka?: KafkaState;
  readonly certificates: readonly CertificateState[];
  readonly gaps: readonly Gap[];
};
