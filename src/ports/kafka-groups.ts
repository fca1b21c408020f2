import type { PartitionRef } from "../model/finding.ts";
import type { Refusals } from "./kafka-topics.ts";

/** `state` and `type` by Kafka's names: "Stable", "consumer"; "" where an old broker does not tell. */
export type GroupSummary = { readonly id: string; readonly protocol: string; readonly state: string; readonly type: string };

export type GroupMember = {
  readonly id: string;
  readonly instanceId?: string;
  readonly clientId: string;
  readonly host: string;
  readonly partitions: readonly PartitionRef[];
};

export type GroupInfo = {
  readonly id: string;
  readonly type: "consumer" | "classic";
  readonly state: string;
  readonly assignor: string;
  readonly members: readonly GroupMember[];
};

export type CommittedOffset = PartitionRef & { readonly offset: number; readonly metadata?: string };

/** Consumer groups. Each is asked about at its coordinator. */
export interface KafkaGroups {
  /** Of all brokers; one that does not answer is in `errors`. */
  groups(signal?: AbortSignal): Promise<{ groups: GroupSummary[]; errors: Map<number, string> }>;
  /** Throws NotFound when there is no such group. */
  group(id: string, signal?: AbortSignal): Promise<GroupInfo>;
  committed(id: string, signal?: AbortSignal): Promise<CommittedOffset[]>;
  /** Kafka refuses while the group has members. */
  commit(id: string, offsets: readonly CommittedOffset[], signal?: AbortSignal): Promise<Refusals>;
  deleteCommitted(id: string, partitions: readonly PartitionRef[], signal?: AbortSignal): Promise<Refusals>;
  deleteGroups(ids: readonly string[], signal?: AbortSignal): Promise<Refusals>;
}
