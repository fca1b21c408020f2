import { assertNever } from "../model/errors.ts";
import type { RunEvent } from "../model/event.ts";
import type { Plan, Step } from "../model/plan.ts";
import { formatDuration } from "../model/units.ts";
import { conditionText, doneText, stepSubject } from "./step-text.ts";
import type { Style } from "./style.ts";

export type ProgressOptions = { readonly style: Style };

type Of<Kind extends RunEvent["kind"]> = Extract<RunEvent, { kind: Kind }>;

function find(plan: Plan, id: string): { step: Step; place: string } | undefined {
  const steps = plan.waves.flatMap((wave) => wave.steps);
  const at = steps.findIndex((step) => step.id === id);
  const step = steps[at];
  const total = String(steps.length);
  return step === undefined ? undefined : { step, place: `${String(at + 1).padStart(total.length)}/${total}` };
}

function stepDone(event: Of<"StepDone">, plan: Plan, { style }: ProgressOptions): string | undefined {
  const found = find(plan, event.step);
  if (found === undefined) return undefined;
  const { step, place } = found;
  const because = event.because === undefined ? "" : `: ${event.because}`;
  const took = event.ms < 100 ? "" : style.paint("dim", ` (${formatDuration(event.ms)})`);
  switch (event.outcome) {
    case "changed":
      return `${place}  ${style.paint("good", doneText(step))} ${stepSubject(step)}${took}${because}`;
    case "alreadyDone":
      return `${place}  ${style.paint("dim", "already done")} ${stepSubject(step)}${took}${because}`;
    case "held":
      return `${place}  ${style.paint("warn", "stopped")} ${stepSubject(step)}${took}${because}`;
    case "failed":
      return `${place}  ${style.paint("bad", "failed")} ${stepSubject(step)}${took}${because}`;
    default:
      return assertNever(event.outcome);
  }
}

function waiting(event: Of<"Waiting">, plan: Plan, { style }: ProgressOptions): string | undefined {
  const found = find(plan, event.step);
  if (found === undefined) return undefined;
  const what = event.condition === undefined ? stepSubject(found.step) : conditionText(event.condition);
  const facts = [event.progress?.text, event.because].filter((text) => text !== undefined).join("; ");
  const holding = event.condition?.kind === "GateOpen";
  const text = holding ? `holding ${event.condition.pod}` : `waiting for ${what}`;
  return `${found.place}  ${style.paint(holding ? "warn" : "dim", text)}${facts === "" ? "" : `: ${facts}`}`;
}

function runDone({ counts, ok }: Of<"RunDone">, { style }: ProgressOptions): string {
  const { changed, alreadyDone, failed, notReached } = counts;
  const parts: [number, string][] = [
    [changed, "done"],
    [alreadyDone, "already done"],
    [failed, "failed"],
    [notReached, "not reached"],
  ];
  const told = parts.flatMap(([many, what]) => (many === 0 ? [] : [`${many} ${what}`])).join(", ") || "nothing to do";
  return `${ok ? style.paint("good", "Done") : style.paint("bad", "Stopped")}: ${told}.`;
}

/**
 * An event of a run as one line for a person, without its end; undefined: nothing to show. What a failed run ends with is left to whoever
 * prints the error that the run throws.
 */
export function renderEvent(event: RunEvent, plan: Plan, options: ProgressOptions): string | undefined {
  switch (event.kind) {
    case "PlanStarted":
    case "StepStarted":
      return undefined;
    case "Waiting":
      return waiting(event, plan, options);
    case "StepDone":
      return stepDone(event, plan, options);
    case "RunDone":
      return runDone(event, options);
    default:
      return assertNever(event);
  }
}
