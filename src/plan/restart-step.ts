import type { RestartTarget, Step } from "../model/plan.ts";

type Restart = Extract<Step, { kind: "RestartNodes" }>;

/** The step that restarts a batch. */
export const restartStep = (nodes: readonly RestartTarget[], how: Pick<Restart, "leaderMoves" | "evict" | "estimateMs">): Restart => ({
  id: `restart ${nodes.map(({ pod }) => pod).join(" ")}`,
  kind: "RestartNodes",
  hazard: "disruptive",
  why: [...new Set(nodes.flatMap(({ reasons }) => reasons))],
  nodes,
  ...how,
});
