import type { ClusterSpec, PoolSpec } from "../model/cluster-spec.ts";
import type { Notice } from "../model/plan.ts";
import type { LiveNode } from "./live-nodes.ts";

// Gives every node its id, which it keeps for life.
// 1. Pools keep the ids they have: by their status, else by what is there of their nodes. A pool's ids are one unbroken range, since a
//    StatefulSet counts that way.
// 2. A new pool takes the lowest range that is free: controllers first, then the rest in the order of their names, so that the brokers, which
//    grow most often, have room above them.
// 3. A pool grows upwards, as long as the next ids are free.
// Refused: ids that are no such range, or belong to two pools; shrinking; on a cluster that was made, whatever changes its voters, which are
// static (KIP-595): new ones could outvote those that know what was committed; and to take brokers from a pool that has them, since their
// replicas would be lost.

export type IdPlan = { readonly spec: ClusterSpec; readonly refusals: readonly Notice[] };

const range = (start: number, length: number): number[] => Array.from({ length }, (_, index) => start + index);

function lowestFree(taken: ReadonlySet<number>, length: number): number {
  for (let start = 0; ; start += 1) if (range(start, length).every((id) => !taken.has(id))) return start;
}

const isController = ({ roles }: Pick<PoolSpec, "roles">): boolean => roles.includes("controller");

/** Controllers first, then by name. */
const inOrder = (a: PoolSpec, b: PoolSpec): number =>
  Number(isController(b)) - Number(isController(a)) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

const subjectOf = ({ name }: Pick<PoolSpec, "name">): string => `KafkaNodePool ${name}`;

/** How to begin anew where nothing but volumes is left. */
const freshStart = "or delete the PersistentVolumeClaims of the earlier cluster, with what is in them";

function grown(pool: PoolSpec, taken: ReadonlySet<number>): number[] | Notice {
  const { nodeIds, replicas } = pool;
  if (replicas < nodeIds.length)
    return {
      subject: subjectOf(pool),
      reason: "ShrinkNotSupported",
      message: `replicas cannot go from ${nodeIds.length} down to ${replicas} in this version`,
      hint: `let replicas be ${nodeIds.length}`,
    };
  const next = range((nodeIds.at(-1) ?? -1) + 1, replicas - nodeIds.length);
  const used = next.find((id) => taken.has(id));
  if (used === undefined) return [...nodeIds, ...next];
  const message = `it cannot grow: id ${used}, which would be the next, belongs to another pool`;
  return { subject: subjectOf(pool), reason: "IdsNotFree", message };
}

/** Ids that a pool has and cannot have. */
function unusable({ pools }: ClusterSpec, live: readonly LiveNode[]): Notice[] {
  return pools.flatMap((pool) => {
    const { name, nodeIds } = pool;
    const wrong = (message: string): Notice[] => [{ subject: subjectOf(pool), reason: "IdsNotUsable", message }];
    if (nodeIds.some((id, at) => id !== (nodeIds[0] ?? 0) + at))
      return wrong(`its ids ${nodeIds.join(", ")} are not one range that counts upwards without a gap, which its StatefulSet needs`);
    const stray = live.find((node) => node.pool === name && node.evidence === "StatefulSet" && !nodeIds.includes(node.id));
    if (stray !== undefined)
      return wrong(`its StatefulSet runs node ${stray.id}, which is not among the ids ${nodeIds.join(", ")} of its status`);
    const other = pools.find((one) => one.name < name && one.nodeIds.some((id) => nodeIds.includes(id)));
    return other === undefined ? [] : wrong(`the pool ${other.name} has some of its ids ${nodeIds.join(", ")} too`);
  });
}

const list = (ids: readonly number[]): string => `${ids.length === 1 ? "node" : "nodes"} ${ids.join(", ")}`;

type PoolIds = { readonly pool: string; readonly ids: readonly number[] };

const byPool = (nodes: readonly { readonly pool: string; readonly id: number }[]): PoolIds[] =>
  [...Map.groupBy(nodes, ({ pool }) => pool)].map(([pool, some]) => ({ pool, ids: some.map(({ id }) => id) }));

/** Ids that were promised and nothing more bind nobody. */
const wasMade = ({ evidence }: LiveNode): boolean => evidence !== "status";
const isBroker = (node: LiveNode): boolean => wasMade(node) && node.roles.includes("broker");
const isVolume = ({ evidence }: LiveNode): boolean => evidence === "volume";

/** What would change who votes, on a cluster that was made. */
function otherVoters({ pools }: ClusterSpec, live: readonly LiveNode[]): Notice[] {
  const present = live.filter((node) => isController(node) && wasMade(node));
  if (present.length === 0) return [];
  const wanted = pools.filter(isController).flatMap(({ name, nodeIds }) => nodeIds.map((id) => ({ pool: name, id })));
  const without = <T extends { pool: string; id: number }>(some: readonly T[], others: readonly { pool: string; id: number }[]): T[] =>
    some.filter((node) => !others.some(({ pool, id }) => pool === node.pool && id === node.id));
  const fixed = (pool: string, message: string, hint: string): Notice => ({
    subject: subjectOf({ name: pool }),
    reason: "ControllersFixed",
    message: `${message}: the voters of the metadata quorum are static`,
    hint,
  });
  const lost = without(present, wanted);
  const keep = "leave the controllers as they are: their pools, roles and replicas";
  const cure = present.every(isVolume) ? `${keep}; ${freshStart}` : keep;
  return [
    ...byPool(without(wanted, present)).map(({ pool, ids }) => fixed(pool, `${list(ids)} cannot become controllers of this cluster`, cure)),
    ...byPool(lost).map(({ pool, ids }) => fixed(pool, `${list(ids)} cannot cease to be controllers of this cluster`, cure)),
  ];
}

/** Pools whose nodes would no longer be brokers. */
const lostBrokers = ({ pools }: ClusterSpec, live: readonly LiveNode[]): Notice[] =>
  pools
    .filter(({ name, roles }) => !roles.includes("broker") && live.some((node) => node.pool === name && isBroker(node)))
    .map((pool) => ({
      subject: subjectOf(pool),
      reason: "BrokersFixed",
      message: "its nodes are brokers and cannot cease to be: what they hold of topics would be lost",
      hint: "leave the role broker to the pool",
    }));

/** Volumes of brokers that nobody asks for: the metadata know their replicas, and others under their ids would have nothing of them. */
function leftVolumes({ pools }: ClusterSpec, live: readonly LiveNode[]): Notice[] {
  const left = live.filter((node) => isVolume(node) && !isController(node) && !pools.some(({ name }) => name === node.pool));
  return byPool(left).map(({ pool, ids }) => ({
    subject: subjectOf({ name: pool }),
    reason: "VolumesLeft",
    message: `it is not there, and volumes of its ${list(ids)} are, with what they hold of topics`,
    hint: `bring the KafkaNodePool back; ${freshStart}`,
  }));
}

/** The pool with the ids it has, which its status may have lost; a volume may be gone from among them. */
function withPresentIds(pool: PoolSpec, live: readonly LiveNode[]): PoolSpec {
  if (pool.nodeIds.length > 0) return pool;
  const ids = live.filter((node) => node.pool === pool.name).map(({ id }) => id);
  const first = Math.min(...ids);
  return ids.length === 0 ? pool : { ...pool, nodeIds: range(first, Math.max(...ids) - first + 1) };
}

const withFreshStart = ({ hint }: Notice): string => [...(hint === undefined ? [] : [hint]), freshStart].join("; ");

function assign({ pools }: ClusterSpec): { readonly ids: ReadonlyMap<string, readonly number[]>; readonly refusals: readonly Notice[] } {
  const taken = new Set(pools.flatMap(({ nodeIds }) => nodeIds));
  const refusals: Notice[] = [];
  const ids = new Map<string, readonly number[]>();
  for (const pool of [...pools].sort(inOrder)) {
    const { nodeIds, replicas, name } = pool;
    const found = nodeIds.length === 0 ? range(lowestFree(taken, replicas), replicas) : grown(pool, taken);
    if ("reason" in found) refusals.push(found);
    else for (const id of found) taken.add(id);
    ids.set(name, "reason" in found ? nodeIds : found);
  }
  return { ids, refusals };
}

/** The spec with ids for all nodes, or what stands in the way. `live`: what is there of the cluster already. */
export function assignIds(asked: ClusterSpec, live: readonly LiveNode[]): IdPlan {
  const present = { ...asked, pools: asked.pools.map((pool) => withPresentIds(pool, live)) };
  const wrong = unusable(present, live);
  if (wrong.length > 0) return { spec: present, refusals: wrong };
  const { ids, refusals } = assign(present);
  const spec = { ...present, pools: present.pools.map((pool) => ({ ...pool, nodeIds: ids.get(pool.name) ?? pool.nodeIds })) };
  const hinted = refusals.map((refusal) =>
    live.length > 0 && live.every(isVolume) ? { ...refusal, hint: withFreshStart(refusal) } : refusal,
  );
  return { spec, refusals: [...hinted, ...otherVoters(spec, live), ...lostBrokers(spec, live), ...leftVolumes(spec, live)] };
}
