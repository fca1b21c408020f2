import type { Observation } from "../model/observation.ts";
import type { RestartedNode } from "../model/plan.ts";
import type { JournaledNode, RollJournal } from "../model/roll.ts";

// How far a roll has come, by the pods that are there.
// 1. A node whose pod is the one from before is still to be restarted; so is one whose new pod is out of date already.
// 2. One with another pod, or without one, was restarted, whoever did it; unless it was seen to be back, that is waited for first.
// Promise: no node that has another pod by now is restarted again, unless what its pod runs with has changed since.

export type Resumption = {
  /** Nodes still to be restarted. */
  readonly pending: readonly number[];
  /** Nodes that were restarted, and of which nobody saw that they are back. */
  readonly away: readonly RestartedNode[];
  readonly done: number;
  readonly total: number;
};

export const isUnfinished = ({ outcome }: RollJournal): boolean => outcome !== "done";

/** What is left of a roll. Nodes that are no part of the cluster any more are left out. */
export function resumeRoll({ nodes }: RollJournal, observation: Observation): Resumption {
  const states = new Map(observation.nodes.map((state) => [state.id, state]));
  const present = nodes.filter(({ node }) => states.has(node));
  const isPending = ({ node, uid }: JournaledNode): boolean => {
    const state = states.get(node);
    return state?.pod?.uid === uid || (state?.pod !== undefined && state.restartReasons.includes("PodHasOldRevision"));
  };
  const pending = present.filter(isPending);
  const restarted = present.filter((node) => !isPending(node));
  const away = restarted.filter(({ outcome }) => outcome === undefined).map(({ node, pod, uid }) => ({ node, pod, previousUid: uid }));
  return { pending: pending.map(({ node }) => node), away, done: restarted.length, total: present.length };
}
