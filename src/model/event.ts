import type { Condition, Plan } from "./plan.ts";

export type StepOutcome = "changed" | "alreadyDone" | "held" | "failed";

/** How far something has come, in units a person knows: "2 of 3 pods ready", "12 MiB to go". */
export type Progress = { readonly text: string; readonly done?: number; readonly total?: number };

/**
 * Where a node is on its way back: nobody took its pod away yet, its leaders move away until the old pod is gone, there is no running pod, Kafka starts (and loads its
 * logs), the others hear of it, its replicas catch up.
 */
export type NodePhase = "waiting" | "leaving" | "down" | "starting" | "recovering" | "registering" | "catchingUp" | "back";

/** How far a node has come. `leaders`, `logs`, `partitions`: what is left of them, or done. `leftMs`: by the rate so far. */
export type NodeProgress = {
  readonly node: number;
  readonly pod: string;
  readonly phase: NodePhase;
  readonly leaders?: number;
  readonly logs?: Share;
  readonly partitions?: Share;
  /** How much lies on a broker that catches up, and how many records it lacks still; asked for when no partition came in sync for a while. */
  readonly replicas?: { readonly bytes: number; readonly recordsBehind: number };
  readonly leftMs?: number;
  readonly because?: string;
};

export type Share = { readonly done: number; readonly total: number };

/** How long a node was away, in all and by phase. */
export type RestartTimes = {
  readonly node: number;
  readonly pod: string;
  readonly ms: number;
  readonly phases: Readonly<Partial<Record<NodePhase, number>>>;
};

export type RunCounts = { readonly changed: number; readonly alreadyDone: number; readonly failed: number; readonly notReached: number };

/** What happens while a plan is carried out, in order; a terminal shows lines, `-o json` prints one event per line. */
export type RunEvent = { readonly at: string } & (
  | { readonly kind: "PlanStarted"; readonly plan: Plan }
  | { readonly kind: "StepStarted"; readonly step: string }
  | {
      readonly kind: "Waiting";
      readonly step: string;
      readonly condition?: Condition;
      readonly progress?: Progress;
      readonly nodes?: readonly NodeProgress[];
      readonly because?: string;
    }
  | {
      readonly kind: "StepDone";
      readonly step: string;
      readonly outcome: StepOutcome;
      readonly ms: number;
      readonly nodes?: readonly RestartTimes[];
      /** Until the plan is done, by how long its steps took so far. */
      readonly leftMs?: number;
      readonly because?: string;
      readonly hint?: string;
    }
  | { readonly kind: "RunDone"; readonly counts: RunCounts; readonly ok: boolean; readonly because?: string; readonly hint?: string }
);
