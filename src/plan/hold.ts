import type { PartitionRef } from "../model/finding.ts";
import type { QuorumMember } from "../model/observation.ts";

/** Partitions that hold: how many, and the first few. `left`: who of the ISR would remain. */
export type HeldPartitions = {
  readonly total: number;
  readonly examples: readonly (PartitionRef & {
    readonly isr: readonly number[];
    readonly minIsr: number;
    readonly replicas: number;
    readonly left: readonly number[];
  })[];
};

export type PartitionHold = {
  readonly kind: "UnderMinIsr" | "AtMinIsr" | "OnlyReplicaInSync";
  readonly partitions: HeldPartitions;
  /** The nodes whose return to the ISR would unblock. */
  readonly waitFor: readonly number[];
};

export type NodeRef = { readonly id: number; readonly pod: string };

/** Why nodes may not be restarted now, and what would unblock them. */
export type Hold =
  | { readonly kind: "NotRead"; readonly part: string; readonly because?: string; readonly hint?: string }
  | { readonly kind: "Starting"; readonly forMs: number }
  | { readonly kind: "NeighbourNotReady"; readonly nodes: readonly (NodeRef & { readonly detail?: string })[] }
  | { readonly kind: "QuorumHasNoLeader" }
  | { readonly kind: "QuorumBehind"; readonly needed: number; readonly caughtUp: number; readonly behind: readonly QuorumMember[] }
  | { readonly kind: "ReassignmentUnderWay"; readonly partitions: readonly PartitionRef[]; readonly total: number }
  | PartitionHold;

/** What an allowed restart costs. `WithoutSpare`: partitions with no more replicas than min ISR, which cannot be written meanwhile. */
export type GateWarning = { readonly kind: "SingleVoter" } | { readonly kind: "WithoutSpare"; readonly partitions: number };

export type Gate = { readonly open: true; readonly warnings: readonly GateWarning[] } | { readonly open: false; readonly because: Hold };

/** How many partitions or nodes a hold names. */
export const exampleCount = 5;
