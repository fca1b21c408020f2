import type { RestartReason } from "./observation.ts";

/** `critical` makes a cluster unhealthy; `warning` wants attention; `info` is worth knowing. */
export type Severity = "critical" | "warning" | "info";

export type PartitionRef = { readonly topic: string; readonly partition: number };

/** Partitions that share a trouble: how many, and the first few by name with what is special about them. */
export type PartitionGroup = {
  readonly total: number;
  readonly examples: readonly (PartitionRef & { readonly isr: readonly number[]; readonly minIsr?: number })[];
};

/** What is wrong or worth knowing, as a value; render makes the sentence and the next command. One member per reason. */
export type Finding = { readonly severity: Severity } & (
  | { readonly reason: "PartitionsOffline"; readonly partitions: PartitionGroup; readonly nodes: readonly number[] }
  | { readonly reason: "UnderMinIsr"; readonly partitions: PartitionGroup; readonly nodes: readonly number[] }
  | { readonly reason: "UnderReplicated"; readonly partitions: PartitionGroup; readonly nodes: readonly number[] }
  | { readonly reason: "NoKafkaNodes" }
  | {
      readonly reason: "PodMissing" | "PodPending" | "PodNotReady" | "PodTerminating";
      readonly node: number;
      readonly pod: string;
      readonly detail?: string;
    }
  | { readonly reason: "BrokerFenced" | "BrokerNotRegistered"; readonly node: number; readonly pod: string }
  | { readonly reason: "LogDirOffline"; readonly node: number; readonly pod: string; readonly paths: readonly string[] }
  | {
      readonly reason: "DiskNearlyFull";
      readonly node: number;
      readonly pod: string;
      readonly usedBytes: number;
      readonly sizeBytes: number;
    }
  | { readonly reason: "QuorumHasNoLeader" }
  | { readonly reason: "QuorumVoterBehind"; readonly node: number; readonly lag: number; readonly behindMs?: number }
  | { readonly reason: "KafkaUnreachable"; readonly detail: string; readonly hint?: string }
  | { readonly reason: "CertificateExpired" | "CertificateExpiring"; readonly secret: string; readonly key: string; readonly days: number }
  | {
      readonly reason: "RestartPending";
      readonly nodes: readonly { readonly id: number; readonly pod: string; readonly reasons: readonly RestartReason[] }[];
    }
  | { readonly reason: "VersionsDiffer"; readonly versions: readonly string[] }
  | { readonly reason: "ReconciliationPaused" }
  | { readonly reason: "NotReconciled"; readonly generation: number; readonly observedGeneration: number }
  | { readonly reason: "ConditionReported"; readonly condition: string; readonly detail: string }
  | { readonly reason: "OperatorNotReady"; readonly namespace: string; readonly name: string }
);

/** `unknown`: nothing wrong was seen, but what decides about health could not be read. */
export type Health = "healthy" | "unhealthy" | "unknown";

export type PartitionCounts = {
  readonly topics: number;
  readonly total: number;
  readonly offline: number;
  readonly underMinIsr: number;
  readonly atMinIsr: number;
  readonly underReplicated: number;
};

/** The judgement on one observation. `partitions` is left out when topics could not be read. */
export type Verdict = { readonly health: Health; readonly findings: readonly Finding[]; readonly partitions?: PartitionCounts };
