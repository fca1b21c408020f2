import type { NodeState, Observation } from "../model/observation.ts";
import type { MaxUnavailable } from "../model/roll.ts";
import type { Topic } from "../model/topic.ts";
import { isDown, restartOrder } from "./gate.ts";

// Which nodes restart together, and in which order.
// 1. Controllers (pure or combined) one by one, in the order of restarts.
// 2. Brokers that are down before those that serve; each of the two groups as follows, by rack and id.
// 3. At most one: each is a wave. "rack": a whole rack is a wave when every partition, in sync throughout, keeps min ISR without it (of
//    partitions with no more replicas than min ISR only one may be in it). The brokers of any other rack, and those of no known rack, are
//    coloured: each goes into the first wave in which it shares a partition with nobody.
// 4. At most N: all are coloured, a wave takes N.
// 5. A canary is the first broker in a wave of its own, where waves are larger: whatever is wrong with what the nodes start with hurts one.
// Promises: the same input makes the same waves; each node is in one wave; with racks and rack-aware topics the number of waves depends on the
// racks and not on the brokers; work grows with partitions and with the square of brokers, in words of 32.

export type WaveOptions = { readonly maxUnavailable: MaxUnavailable; readonly canary: boolean };

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Place by id; -1 for a node that is not among them. */
type Places = (id: number) => number;

function placesOf(brokers: readonly NodeState[]): Places {
  const places = new Map(brokers.map(({ id }, place) => [id, place]));
  return (id) => places.get(id) ?? -1;
}

/** For each broker a row of bits: with whom it shares a partition. */
function sharedPartitions(brokers: readonly NodeState[], topics: readonly Topic[]): Uint32Array[] {
  const words = Math.ceil(brokers.length / 32);
  const rows = brokers.map(() => new Uint32Array(words));
  const placeOf = placesOf(brokers);
  for (const { partitions } of topics) {
    for (const { replicas } of partitions) {
      const places = replicas.map(placeOf).filter((place) => place >= 0);
      for (const a of places) for (const b of places) setBit(rows[a], b);
    }
  }
  return rows;
}

function setBit(row: Uint32Array | undefined, bit: number): void {
  if (row !== undefined) row[bit >> 5] = (row[bit >> 5] ?? 0) | (1 << (bit & 31));
}

const meet = (a: Uint32Array, b: Uint32Array): boolean => a.some((word, at) => (word & (b[at] ?? 0)) !== 0);

/** First fit, in the order given. */
function colour(brokers: readonly NodeState[], topics: readonly Topic[], most: number): number[][] {
  const rows = sharedPartitions(brokers, topics);
  const waves: { readonly ids: number[]; readonly members: Uint32Array }[] = [];
  for (const [place, { id }] of brokers.entries()) {
    const row = rows[place] ?? new Uint32Array();
    const found = waves.find(({ ids, members }) => ids.length < most && !meet(row, members));
    const wave = found ?? { ids: [], members: new Uint32Array(row.length) };
    if (found === undefined) waves.push(wave);
    wave.ids.push(id);
    setBit(wave.members, place);
  }
  return waves.map(({ ids }) => ids);
}

/** The racks that some partition cannot spare, as far as `brokers` are in them. */
function neededRacks(brokers: readonly NodeState[], topics: readonly Topic[]): Set<string> {
  const rackOf = new Map(brokers.map(({ id, rack }) => [id, rack]));
  const needed = new Set<string>();
  for (const { partitions, minIsr } of topics) {
    for (const { replicas } of partitions) {
      // what is not known is taken for the worst
      const least = Math.max(1, minIsr ?? replicas.length);
      const most = replicas.length > least ? replicas.length - least : 1;
      const racks = replicas.map((id) => rackOf.get(id));
      for (const rack of racks) {
        if (rack !== undefined && racks.filter((other) => other === rack).length > most) needed.add(rack);
      }
    }
  }
  return needed;
}

function byRack(brokers: readonly NodeState[], topics: readonly Topic[]): number[][] {
  const needed = neededRacks(brokers, topics);
  const racks = Map.groupBy(brokers, ({ rack }) => rack);
  return [...racks].flatMap(([rack, members]) =>
    rack === undefined || needed.has(rack) ? colour(members, topics, Number.POSITIVE_INFINITY) : [members.map(({ id }) => id)],
  );
}

function brokerWaves(brokers: readonly NodeState[], topics: readonly Topic[] | undefined, most: MaxUnavailable): number[][] {
  if (most === 1 || topics === undefined) return brokers.map(({ id }) => [id]);
  const ordered = [...brokers].sort((a, b) => compareText(a.rack ?? "\uffff", b.rack ?? "\uffff") || a.id - b.id);
  return most === "rack" ? byRack(ordered, topics) : colour(ordered, topics, most);
}

function withCanary(waves: readonly number[][]): number[][] {
  const [first, ...rest] = waves;
  const [canary, ...others] = first ?? [];
  return canary === undefined || others.length === 0 ? [...waves] : [[canary], others, ...rest];
}

/** The waves of restarts of some nodes of a cluster. Nodes that were not observed are left out. */
export function planWaves(ids: readonly number[], observation: Observation, { maxUnavailable, canary }: WaveOptions): number[][] {
  const states = new Map(observation.nodes.map((node) => [node.id, node]));
  const ordered = restartOrder(ids, observation).flatMap((id) => states.get(id) ?? []);
  const [controllers, brokers] = [true, false].map((wanted) => ordered.filter(({ roles }) => roles.includes("controller") === wanted));
  const groups = [true, false].map((wanted) => (brokers ?? []).filter((node) => isDown(node) === wanted));
  const waves = groups.flatMap((group) => brokerWaves(group, observation.kafka?.topics, maxUnavailable));
  const parallel = waves.some(({ length }) => length > 1);
  return [...(controllers ?? []).map(({ id }) => [id]), ...(canary && parallel ? withCanary(waves) : waves)];
}
