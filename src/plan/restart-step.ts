import type { RestartTarget, Step } from "../model/plan.ts";
import type { RestartCost } from "./restart-hazard.ts";

type Restart = Extract<Step, { kind: "RestartNodes" }>;

type How = Pick<Restart, "leaderMoves" | "evict" | "estimateMs"> & { /** Left out: nothing but the time. */ readonly cost?: RestartCost };

/** A node is in one step alone: the first names it. */
const idOf = ([first, ...others]: readonly RestartTarget[]): string =>
  `restart ${first?.pod}${others.length === 0 ? "" : ` and ${others.length} more`}`;

/** The step that restarts a batch. */
export const restartStep = (nodes: readonly RestartTarget[], { cost, ...how }: How): Restart => ({
  id: idOf(nodes),
  kind: "RestartNodes",
  hazard: cost?.hazard ?? "disruptive",
  why: [...new Set(nodes.flatMap(({ reasons }) => reasons)), ...(cost?.why ?? [])],
  nodes,
  ...how,
});
