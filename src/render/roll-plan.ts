import type { Plan, RestartTarget } from "../model/plan.ts";
import { formatCount, formatDuration } from "../model/units.ts";
import { displayWidth } from "./display-width.ts";
import { notices, type PlanOptions } from "./plan.ts";
import { type Cell, type Column, renderTable } from "./table.ts";

export type RollPlanOptions = PlanOptions & {
  /** The command that carries the plan out, where it is only shown. */
  readonly toDoIt?: string;
};

type Wave = readonly RestartTarget[];

/** Waves of more nodes than that are one line each, but with -v. */
const nodesShown = 8;

const dash = "-";

function wavesOf({ waves }: Plan): Wave[] {
  return waves.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === "RestartNodes" || step.kind === "AskOperatorToRestart" ? [step.nodes] : [])),
  );
}

const byOperator = ({ waves }: Plan): boolean => waves.some(({ steps }) => steps.some(({ kind }) => kind === "AskOperatorToRestart"));

const count = (many: number, one: string): string => `${formatCount(many)} ${one}${many === 1 ? "" : "s"}`;

const why = ({ reasons }: RestartTarget): string => reasons.join(", ");

/** What all of them restart for, when it is the same. */
function commonReason(waves: readonly Wave[]): string | undefined {
  const all = new Set(waves.flat().map(why));
  return all.size === 1 ? [...all][0] : undefined;
}

function heading(plan: Plan, waves: readonly Wave[], { style }: PlanOptions): string {
  const many = count(waves.flat().length, "node");
  const what = byOperator(plan) ? `Ask the operator to restart ${many}` : `Restart ${many} in ${count(waves.length, "wave")}`;
  const time = plan.estimateMs === undefined ? "" : `, about ${formatDuration(plan.estimateMs)}`;
  const reason = commonReason(waves);
  return `${style.paint("bold", `${what}${time}`)}${reason === undefined ? "." : `: ${reason}.`}`;
}

const shared = (texts: readonly string[], otherwise: string): string => (new Set(texts).size === 1 ? (texts[0] ?? dash) : otherwise);

const roleOf = ({ facts }: RestartTarget): string => {
  const roles = facts?.roles ?? [];
  return `${roles.length === 2 ? "combined" : (roles[0] ?? dash)}${facts?.active ? "*" : ""}`;
};

const rackOf = ({ facts }: RestartTarget): string => facts?.rack ?? dash;

const number = (value: number | undefined): string => (value === undefined || value === 0 ? dash : formatCount(value));

const sum = (wave: Wave, of: (node: RestartTarget) => number | undefined): number =>
  wave.reduce((total, node) => total + (of(node) ?? 0), 0);

const leaders = ({ facts }: RestartTarget): number | undefined => (facts?.roles.includes("broker") ? facts.leaders : undefined);
const atMin = ({ facts }: RestartTarget): number | undefined => facts?.atMinIsr?.topics;

/** One wave as one line: its nodes are counted; topics are not, as nodes share them. */
const waveRow = (wave: Wave): Cell[] => [
  count(wave.length, "node"),
  shared(wave.map(roleOf), "mixed"),
  shared(wave.map(rackOf), "several"),
  number(sum(wave, leaders)),
  wave.some((node) => atMin(node) !== undefined) ? "yes" : dash,
  shared(wave.map(why), "several"),
];

const nodeRow = (node: RestartTarget): Cell[] => [
  node.pod,
  roleOf(node),
  rackOf(node),
  number(leaders(node)),
  number(atMin(node)),
  why(node),
];

/** The rows of all waves; without the reasons where all have the same, or where they would not fit. */
function table(plan: Plan, waves: readonly Wave[], { options, withReason }: { options: PlanOptions; withReason: boolean }): string[] {
  const ordered = !byOperator(plan);
  const rows = waves.flatMap((wave, at) => {
    const short = ordered && wave.length > nodesShown && !options.verbose;
    const cells = short ? [waveRow(wave)] : wave.map(nodeRow);
    return cells.map((row) => [...(ordered ? [String(at + 1)] : []), ...(withReason ? row : row.slice(0, -1))]);
  });
  const columns: Column[] = [
    ...(ordered ? [{ title: "WAVE", align: "left" } as const] : []),
    { title: "NODE" },
    { title: "ROLE" },
    { title: "RACK" },
    { title: "LEADS", align: "right" },
    { title: "AT MIN", align: "right" },
    ...(withReason ? [{ title: "WHY" }] : []),
  ];
  return renderTable(columns, rows, { style: options.style }).split("\n");
}

/** Who restarts for what, where there is no room for it in the table. */
function reasons(waves: readonly Wave[], { style, verbose }: PlanOptions): string[] {
  const groups = Map.groupBy(waves.flat(), why);
  const lines = [...groups].flatMap(([reason, nodes]) => {
    const shown = verbose ? nodes : nodes.slice(0, 2);
    const rest = nodes.length - shown.length;
    return [`  ${reason}`, `    ${shown.map(({ pod }) => pod).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`];
  });
  return ["", style.paint("bold", "WHY"), ...lines];
}

function waveTable(plan: Plan, waves: readonly Wave[], options: PlanOptions): { rows: string[]; below: string[] } {
  if (commonReason(waves) !== undefined) return { rows: table(plan, waves, { options, withReason: false }), below: [] };
  const rows = table(plan, waves, { options, withReason: true });
  if (rows.every((row) => displayWidth(row) <= options.width)) return { rows, below: [] };
  return { rows: table(plan, waves, { options, withReason: false }), below: reasons(waves, options) };
}

/** What the columns do not say of themselves. */
function legend(waves: readonly Wave[], { style, verbose }: PlanOptions): string[] {
  const nodes = waves.flat();
  const costly = nodes.flatMap(({ pod, facts }) => (facts?.atMinIsr === undefined ? [] : [{ pod, ...facts.atMinIsr }]));
  const active = nodes.length > 1 && nodes.some(({ facts }) => facts?.active);
  const named = costly.map(({ pod, topics, examples }) => {
    const rest = topics - examples.length;
    return `  ${pod}: ${examples.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  });
  const names = verbose ? ":" : " (-v names them)";
  return [
    ...(active ? ["* the active controller goes last of its group"] : []),
    ...(costly.length > 0 ? [`AT MIN: topics that have no replica to spare meanwhile${names}`] : []),
    ...(verbose ? named : []),
  ].map((line) => style.paint("dim", line));
}

/** Which nodes restart, in which order, what it costs, and what is left alone. */
export function renderRollPlan(plan: Plan, options: RollPlanOptions): string {
  const waves = wavesOf(plan);
  const { style, toDoIt } = options;
  const { rows, below } = waveTable(plan, waves, options);
  const body =
    waves.length === 0 ? ["Nothing to restart."] : [heading(plan, waves, options), "", ...rows, ...legend(waves, options), ...below];
  const lines = [
    ...body,
    ...notices(plan.warnings ?? [], { title: "MIND", mark: "!", tone: "warn" }, options),
    ...notices(plan.leftAlone, { title: "LEFT ALONE", mark: "i", tone: "plain" }, options),
    ...(toDoIt === undefined || waves.length === 0 ? [] : ["", `Nothing was changed. To do it: ${style.paint("bold", toDoIt)}`]),
  ];
  return `${lines.join("\n")}\n`;
}
