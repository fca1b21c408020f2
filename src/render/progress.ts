import { assertNever } from "../model/errors.ts";
import type { RestartTimes, RunEvent } from "../model/event.ts";
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

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

/** "(left 0.9, down 1.2, up 6.3, caught up 0.6)": where the time of a restart went, in seconds; of several nodes the slowest tells. */
function phaseTimes(nodes: readonly RestartTimes[], heldMs: number): string {
  const [slowest] = [...nodes].sort((a, b) => b.ms - a.ms);
  if (slowest === undefined) return "";
  const { leaving, down, starting = 0, recovering = 0, registering = 0, catchingUp } = slowest.phases;
  const parts: [string, number | undefined][] = [
    ["held", heldMs],
    ["left", leaving],
    ["down", down],
    ["up", starting + recovering + registering],
    ["caught up", catchingUp],
  ];
  const told = parts.flatMap(([what, ms]) => (ms === undefined || ms < 50 ? [] : [`${what} ${seconds(ms)}`]));
  return told.length === 0 ? "" : `  (${nodes.length === 1 ? "" : `slowest ${slowest.pod}: `}${told.join(", ")})`;
}

/** "1/6  my-cluster-controller-0  restarted in 9.0 s  (left 0.9, down 1.2, up 6.3, caught up 0.6); about 45 s to go". */
function nodesRestarted(event: Of<"StepDone">, { step, place }: { step: Step; place: string }, { style }: ProgressOptions): string {
  const { nodes = [], ms, leftMs, because } = event;
  const away = Math.max(0, ...nodes.map((node) => node.ms));
  // an operator restarts one after the other
  const tookMs = step.kind === "RestartNodes" && away > 0 ? away : ms;
  const heldMs = ms - tookMs < 1_000 ? 0 : ms - tookMs;
  const left = leftMs === undefined || leftMs === 0 ? "" : `; about ${formatDuration(leftMs)} to go`;
  const done = style.paint("good", `restarted in ${formatDuration(tookMs)}`);
  const phases = style.paint("dim", phaseTimes(nodes, heldMs));
  return `${place}  ${stepSubject(step)}  ${done}${phases}${left}${because === undefined ? "" : `: ${because}`}`;
}

function stepDone(event: Of<"StepDone">, plan: Plan, options: ProgressOptions): string | undefined {
  const found = find(plan, event.step);
  if (found === undefined) return undefined;
  const { step, place } = found;
  const { style } = options;
  if ((step.kind === "RestartNodes" || step.kind === "AskOperatorToRestart") && event.outcome === "changed")
    return nodesRestarted(event, found, options);
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
  const text = holding ? `holding ${stepSubject(found.step)}` : `waiting for ${what}`;
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
