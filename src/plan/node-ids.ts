import type { ClusterSpec, PoolSpec } from "../model/cluster-spec.ts";
import type { Notice } from "../model/plan.ts";

// Gives every node its id, which it keeps for life.
// 1. Pools keep the ids they have. A pool's ids are one unbroken range, since a StatefulSet counts that way.
// 2. A new pool takes the lowest range that is free: controllers first, then the rest in the order of their names, so that the brokers, which
//    grow most often, have room above them.
// 3. A pool grows upwards, as long as the next ids are free.
// Refused: shrinking, and changing the number of controllers (static voters, KIP-595, cannot change on a live cluster).

export type IdPlan = { readonly spec: ClusterSpec; readonly refusals: readonly Notice[] };

const range = (start: number, length: number): number[] => Array.from({ length }, (_, index) => start + index);

function lowestFree(taken: ReadonlySet<number>, length: number): number {
  for (let start = 0; ; start += 1) if (range(start, length).every((id) => !taken.has(id))) return start;
}

const isController = ({ roles }: PoolSpec): boolean => roles.includes("controller");

/** Controllers first, then by name. */
const inOrder = (a: PoolSpec, b: PoolSpec): number =>
  Number(isController(b)) - Number(isController(a)) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

function grown(pool: PoolSpec, taken: ReadonlySet<number>): number[] | Notice {
  const { nodeIds, replicas, name } = pool;
  const subject = `KafkaNodePool ${name}`;
  if (isController(pool))
    return {
      subject,
      reason: "ControllersFixed",
      message: `the number of controllers cannot change from ${nodeIds.length} to ${replicas}: the quorum's voters are static`,
    };
  if (replicas < nodeIds.length)
    return {
      subject,
      reason: "ShrinkNotSupported",
      message: `replicas cannot go from ${nodeIds.length} down to ${replicas} in this version`,
    };
  const next = range((nodeIds.at(-1) ?? -1) + 1, replicas - nodeIds.length);
  const used = next.find((id) => taken.has(id));
  if (used === undefined) return [...nodeIds, ...next];
  return { subject, reason: "IdsNotFree", message: `it cannot grow: id ${used}, which would be the next, belongs to another pool` };
}

/** The spec with ids for all nodes, or what stands in the way. */
export function assignIds(spec: ClusterSpec): IdPlan {
  const taken = new Set(spec.pools.flatMap(({ nodeIds }) => nodeIds));
  const refusals: Notice[] = [];
  const assigned = new Map<string, readonly number[]>();
  for (const pool of [...spec.pools].sort(inOrder)) {
    const { nodeIds, replicas, name } = pool;
    const ids =
      nodeIds.length === 0 ? range(lowestFree(taken, replicas), replicas) : nodeIds.length === replicas ? nodeIds : grown(pool, taken);
    if ("reason" in ids) refusals.push(ids);
    else for (const id of ids) taken.add(id);
    assigned.set(name, "reason" in ids ? nodeIds : ids);
  }
  return { spec: { ...spec, pools: spec.pools.map((pool) => ({ ...pool, nodeIds: assigned.get(pool.name) ?? pool.nodeIds })) }, refusals };
}
