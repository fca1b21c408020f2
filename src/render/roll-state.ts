import { msOf } from "../model/instant.ts";
import type { RollState } from "../model/roll.ts";
import { formatAge, formatDuration } from "../model/units.ts";
import type { Style } from "./style.ts";
import { type Cell, renderTable } from "./table.ts";

export type RollStateOptions = {
  readonly style: Style;
  readonly width: number;
  readonly now: number;
  /** The command that goes on with it. */
  readonly toGoOn: string;
};

const words: Readonly<Record<RollState["state"], string>> = {
  underWay: "under way",
  unfinished: "not finished",
  done: "done",
  unknown: "not finished, or under way",
};

/** "2026-11-23 12:00 UTC". */
const moment = (instant: string): string => `${instant.slice(0, 16).replace("T", " ")} UTC`;

function howItEnded({ state, endedAt, outcome, because, startedAt, resumedAt }: RollState, now: number): string {
  const since = moment(startedAt);
  const again = resumedAt === undefined ? "" : `, again since ${moment(resumedAt)}`;
  if (state === "done") return `${since} to ${moment(endedAt ?? startedAt)}`;
  const end = endedAt === undefined ? ` (${formatAge(now - msOf(startedAt))})` : `, ${outcome} at ${moment(endedAt)}`;
  return `since ${since}${again}${end}${because === undefined ? "" : `: ${because}`}`;
}

const stateOf = ({ isDone, outcome }: RollState["nodes"][number]): Cell => {
  if (!isDone) return { text: "pending", tone: "warn" };
  if (outcome === "alreadyDone") return { text: "done by somebody", tone: "good" };
  return { text: outcome === undefined ? "has a new pod" : "restarted", tone: "good" };
};

/** Who restarts what, since when and why, and how far it is. */
export function renderRollState(roll: RollState, { style, width, now, toGoOn }: RollStateOptions): string {
  const { cluster, state, nodes, holder, request } = roll;
  // a new pod is not the end of it, as long as somebody waits for more
  const done = nodes.filter(({ isDone, outcome }) => (state === "underWay" ? outcome !== undefined : isDone)).length;
  const name = style.paint("bold", `${cluster.namespace}/${cluster.name}`);
  const rows = nodes.map((node): Cell[] => [
    node.pod,
    stateOf(node),
    node.ms === undefined ? "-" : formatDuration(node.ms),
    node.reasons.join(", "),
  ]);
  const columns = [{ title: "NODE" }, { title: "STATE" }, { title: "TOOK", align: "right" as const }, { title: "WHY", shrink: true }];
  const lines = [
    `Roll of ${name}: ${style.paint(state === "done" ? "good" : "warn", words[state])}, ${done} of ${nodes.length} nodes done`,
    `${holder}, ${howItEnded(roll, now)}`,
    ...(request.reason === undefined ? [] : [`Reason: ${request.reason}`]),
    "",
    renderTable(columns, rows, { style, width }),
    ...(state === "unfinished" || state === "unknown" ? ["", `To go on: ${style.paint("bold", toGoOn)}`] : []),
  ];
  return `${lines.join("\n")}\n`;
}
