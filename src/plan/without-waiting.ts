import type { Plan, Step, Wave } from "../model/plan.ts";

/** A plan in two: what is done at once, and what is left for another run. */
export type Cut = { readonly now: Plan; readonly later: readonly Wave[] };

/** A restart waits too: for its gate, and for the node to be back. */
const waits = ({ kind, hazard }: Step): boolean => kind === "WaitFor" || hazard === "disruptive";

const unfinished: Step = { id: "status unfinished", kind: "WriteStatus", hazard: "none", why: [], phase: "unfinished" };

/**
 * A plan up to its first wait. Waits and gates are a part of what makes the waves after them safe, so none is passed over: the run ends
 * there, and the status says so.
 */
export function cutAtFirstWait(plan: Plan): Cut {
  const at = plan.waves.findIndex(({ steps }) => steps.some(waits));
  if (at < 0) return { now: plan, later: [] };
  return { now: { ...plan, waves: [...plan.waves.slice(0, at), { steps: [unfinished] }] }, later: plan.waves.slice(at) };
}
