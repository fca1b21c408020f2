import type { Condition, Plan } from "./plan.ts";

export type StepOutcome = "changed" | "alreadyDone" | "held" | "failed";

/** How far something has come, in units a person knows: "2 of 3 pods ready", "12 MiB to go". */
export type Progress = { readonly text: string; readonly done?: number; readonly total?: number };

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
      readonly because?: string;
    }
  | {
      readonly kind: "StepDone";
      readonly step: string;
      readonly outcome: StepOutcome;
      readonly ms: number;
      readonly because?: string;
      readonly hint?: string;
    }
  | { readonly kind: "RunDone"; readonly counts: RunCounts; readonly ok: boolean; readonly because?: string; readonly hint?: string }
);
