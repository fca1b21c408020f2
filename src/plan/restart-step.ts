import type { RestartTarget, Step } from "../model/plan.ts";

type Restart = Extract<Step, { kind: "RestartNodes" }>;

/** A node is in one step alone: the first names it. */
const idOf = ([first, ...others]: readonly RestartTarget[]): string =>
  `restart ${first?.pod}${others.length === 0 ? "" : ` and ${others.length} more`}`;

/** The step that restarts a batch. */
export const restartStep = (nodes: readonly RestartTarget[], how: Pick<Restart, "leaderMoves" | "evict" | "estimateMs">): Restart => ({
  id: idOf(nodes),
  kind: "RestartNodes",
  hazard: "disruptive",
  why: [...new Set(nodes.flatMap(({ reasons }) => reasons))],
  nodes,
  ...how,
});
