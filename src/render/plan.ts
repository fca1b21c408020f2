import type { ClusterRef } from "../model/observation.ts";
import type { FieldChange, Notice, Plan, Step, StepKind, Wave } from "../model/plan.ts";
import { displayWidth } from "./display-width.ts";
import { fieldLines, takenApart } from "./field-change.ts";
import { conditionText, stepSubject } from "./step-text.ts";
import type { Style, Tone } from "./style.ts";
import { renderTable } from "./table.ts";

export type PlanOptions = {
  readonly style: Style;
  /** Columns of the terminal; Infinity cuts and breaks nothing. */
  readonly width: number;
  /** How this program is called, for the commands to copy. */
  readonly self: string;
  /** Every object by name, every field in full. */
  readonly verbose: boolean;
};

type Of<Kind extends StepKind> = Extract<Step, { kind: Kind }>;
type Line = { readonly mark: string; readonly tone: Tone; readonly text: string; readonly details: readonly string[] };

const fieldsShown = 8;
const namesShown = 3;

const is =
  <Kind extends StepKind>(...kinds: readonly Kind[]) =>
  (step: Step): step is Of<Kind> =>
    (kinds as readonly string[]).includes(step.kind);

const count = (many: number, one: string, more = `${one}s`): string => `${many} ${many === 1 ? one : more}`;

/** Details stand this far in. */
const margin = 4;

function changedFields(changes: readonly FieldChange[], options: PlanOptions): string[] {
  const all = takenApart(changes);
  const shown = options.verbose ? all : all.slice(0, fieldsShown);
  const rest = all.length - shown.length;
  const lines = shown.flatMap((change) => fieldLines(change, { ...options, width: options.width - margin }));
  return [...lines, ...(rest > 0 ? [`and ${count(rest, "field")} more (-v shows all)`] : [])];
}

const because = ({ why }: Step): string => (why.length === 0 ? "" : `: ${why.join(", ")}`);

/** "PersistentVolumeClaim data-c-p-0, data-c-p-1, data-c-p-2 and 7 more": subjects of one kind under one name. */
function subjects(steps: readonly Step[], { verbose }: PlanOptions): string {
  const [kind = "", ...first] = stepSubject(steps[0] as Step).split(" ");
  if (steps.length === 1) return [kind, ...first].join(" ");
  const names = steps.map((step) => stepSubject(step).slice(kind.length + 1));
  const shown = verbose ? names : names.slice(0, namesShown);
  const rest = names.length - shown.length;
  return `${kind} ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** Steps that say the same of objects of one kind become one line. */
function together(steps: readonly Step[], options: PlanOptions, lineOf: (step: Step) => Omit<Line, "text">): Line[] {
  const groups = Map.groupBy(steps, (step) => {
    const { mark, details } = lineOf(step);
    return JSON.stringify([stepSubject(step).split(" ")[0], mark, details, step.why]);
  });
  return [...groups.values()].map((group) => {
    const first = group[0] as Step;
    return { ...lineOf(first), text: `${subjects(group, options)}${because(first)}` };
  });
}

function changeDetails(step: Step, options: PlanOptions): string[] {
  switch (step.kind) {
    case "CreateObject":
    case "UpdateObject":
      return changedFields(step.changes, options);
    case "ReplaceStatefulSet":
      return ["is made anew while its pods go on running", ...changedFields(step.changes, options)];
    case "GrowVolume":
      return changedFields([{ path: "size", from: step.from, to: step.to }], options);
    case "IssueCertificates":
      return step.leafs.map(({ certificateKey, why }) => `${certificateKey}: ${why}`);
    case "AlterConfigs":
      return changedFields(
        step.changes.map(({ name, ...values }) => ({ path: name, ...values })),
        options,
      );
    case "UpdateMetadataVersion": {
      const from = step.from === undefined ? {} : { from: step.from };
      return changedFields([{ path: "metadata.version", ...from, to: step.to }], options);
    }
    case "RemoveAnnotation":
      return [`${step.annotation} is taken away: it was done`];
    default:
      return [];
  }
}

/** Breaks a text at spaces; what does not fit goes on under it. */
function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line.trim() !== "" && displayWidth(longer) > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line];
}

function block(title: string, lines: readonly Line[], { style, width }: PlanOptions): string[] {
  if (lines.length === 0) return [];
  const body = lines.flatMap(({ mark, tone, text, details }) => {
    const [first = "", ...rest] = wrap(text, width - mark.length - 1, "  ");
    return [
      `${style.paint(tone, mark)} ${first}`,
      ...rest.map((line) => `${" ".repeat(mark.length + 1)}${line}`),
      ...details
        .flatMap((detail) => (displayWidth(detail) <= width - margin ? [detail] : wrap(detail, width - margin, "  ")))
        .map((detail) => `${" ".repeat(margin)}${style.paint("dim", detail)}`),
    ];
  });
  return ["", style.paint("bold", title), ...body];
}

const restarted = (steps: readonly Step[]): number => steps.filter(is("RestartNodes")).reduce((sum, { nodes }) => sum + nodes.length, 0);

/** Which pods restart, in which order; pods of one number restart together. */
function restarts({ waves }: Plan, { style, width }: PlanOptions): string[] {
  const rounds = waves.map(({ steps }) => steps.filter(is("RestartNodes"))).filter((round) => round.length > 0);
  const total = restarted(waves.flatMap(({ steps }) => steps));
  if (total === 0) return [];
  const rows = rounds.flatMap((round, at) =>
    round.flatMap(({ nodes, why }) =>
      nodes.map(({ pod, reasons }) => {
        const known: readonly string[] = nodes.flatMap((node) => node.reasons);
        return [String(at + 1), pod, [...reasons, ...why.filter((text) => !known.includes(text))].join(", ")];
      }),
    ),
  );
  const how = total === 1 ? "1 pod" : `${total} pods, ${rounds.length === total ? "one at a time" : `${rounds.length} rounds`}`;
  const columns = [{ title: "#" }, { title: "POD" }, { title: "WHY", shrink: true }];
  return ["", style.paint("bold", `RESTART  ${how}`), ...renderTable(columns, rows, { style, width }).split("\n")];
}

type Notices = { readonly title: string; readonly mark: string; readonly tone: Tone };

/** Things that were noticed, under a heading, each with its cure. */
export function notices(found: readonly Notice[], { title, mark, tone }: Notices, options: PlanOptions): string[] {
  const lines = found.map(({ subject, message, hint }) => ({
    mark,
    tone,
    text: `${subject}: ${message}`,
    details: hint === undefined ? [] : [`${options.style.unicode ? "→" : "->"} ${hint}`],
  }));
  return block(title, lines, options);
}

const plainLine = (mark: string, tone: Tone) => (): Omit<Line, "text"> => ({ mark, tone, details: [] });

/** What the executor does for itself is no change that a person asked for. */
const isChange = (step: Step): boolean => step.kind !== "WaitFor" && step.kind !== "WriteStatus";

const changing = [
  "UpdateObject",
  "ReplaceStatefulSet",
  "GrowVolume",
  "IssueCertificates",
  "CopyCertificates",
  "RemoveAnnotation",
] as const satisfies readonly StepKind[];

const live = ["AlterConfigs", "UpdateMetadataVersion"] as const satisfies readonly StepKind[];

/** What was not there before: also certificates that were never issued, and their copies in a cluster that has no authority yet. */
function splitNew(steps: readonly Step[]): { created: Step[]; changed: Step[] } {
  const isFirst = steps.some(is("CreateAuthority"));
  const isNew = (step: Step): boolean => {
    if (step.kind === "IssueCertificates") return step.leafs.every(({ why }) => why === "Missing");
    return (
      step.kind === "CreateObject" ||
      step.kind === "CreateAuthority" ||
      (step.kind === "CopyCertificates" && isFirst && step.why.length === 0)
    );
  };
  const created = steps.filter(isNew);
  return { created, changed: steps.filter(is(...changing)).filter((step) => !isNew(step)) };
}

/** "12 to create, 3 to restart". */
function counted(steps: readonly Step[]): string[] {
  const of = (...kinds: StepKind[]) => steps.filter(is(...kinds)).length;
  const { created, changed } = splitNew(steps);
  const parts: [number, string][] = [
    [created.length, "to create"],
    [changed.length + of(...live), "to change"],
    [of("DeleteObject", "UnregisterNode"), "to remove"],
    [restarted(steps), "to restart"],
  ];
  return parts.flatMap(([many, what]) => (many === 0 ? [] : [`${many} ${what}`]));
}

function summary(steps: readonly Step[], plan: Plan, { style }: PlanOptions): string {
  const name = style.paint("bold", `${plan.cluster.namespace}/${plan.cluster.name}`);
  return `Kafka ${name}: ${counted(steps).join(", ") || "nothing to do"}`;
}

/**
 * What a plan does, in the order a person wants to know: what is created, changed (old → new) and removed, what takes effect at once, which
 * pods restart and why, what cannot be undone, what is left alone. The verb adds the last line.
 */
export function renderPlan(plan: Plan, options: PlanOptions): string {
  const steps = plan.waves.flatMap((wave) => wave.steps).filter(isChange);
  const change = (step: Step) => ({ mark: "~", tone: "warn" as const, details: changeDetails(step, options) });
  const pick = (...kinds: StepKind[]) => steps.filter(is(...kinds));
  const { created, changed } = splitNew(steps);
  const final = steps.filter(({ hazard }) => hazard === "destructive");
  const lines = [
    summary(steps, plan, options),
    ...block("CREATE", together(created, options, plainLine("+", "good")), options),
    ...block("CHANGE", together(changed, options, change), options),
    ...block("CHANGE LIVE  no restart", together(pick(...live), options, change), options),
    ...restarts(plan, options),
    ...block("REMOVE", together(pick("DeleteObject", "UnregisterNode"), options, plainLine("-", "bad")), options),
    ...block("CANNOT BE UNDONE", together(final, options, plainLine("!!", "bad")), options),
    ...notices(plan.leftAlone, { title: "LEFT AS IT IS", mark: "i", tone: "plain" }, options),
  ];
  return `${lines.join("\n")}\n`;
}

/** Why a plan was refused, every reason with its cure. */
export const renderRefusals = (refusals: readonly Notice[], options: PlanOptions): string =>
  `${notices(refusals, { title: "REFUSED", mark: "!!", tone: "bad" }, options).slice(1).join("\n")}\n`;

/** What a run leaves for another one, and the command that does it. */
export function renderLeft(waves: readonly Wave[], { namespace, name }: ClusterRef, self: string): string {
  const steps = waves.flatMap((wave) => wave.steps);
  const awaited = steps.flatMap((step) => (step.kind === "WaitFor" ? [`waiting for ${conditionText(step.condition)}`] : []));
  const parts = [...awaited, ...counted(steps)];
  return `Left to do: ${parts.join(", ") || "the status"}.\nTo do it: ${self} reconcile ${name} -n ${namespace}\n`;
}
