import type { NodeState, Observation } from "../model/observation.ts";
import type { RestartFacts } from "../model/plan.ts";
import type { Topic } from "../model/topic.ts";

/** Partitions of topics, and the first few topics by name. */
export type TopicShare = { readonly partitions: number; readonly topics: number; readonly examples: readonly string[] };

const exampleCount = 5;

type Counter = { partitions: number; topics: number; examples: string[]; last: string };

const newCounter = (): Counter => ({ partitions: 0, topics: 0, examples: [], last: "" });

/** Counts a partition; topics come one after the other. */
function count(counter: Counter, topic: string): void {
  counter.partitions += 1;
  if (counter.last === topic && counter.topics > 0) return;
  counter.last = topic;
  counter.topics += 1;
  if (counter.examples.length < exampleCount) counter.examples.push(topic);
}

const shareOf = ({ partitions, topics, examples }: Counter): TopicShare => ({ partitions, topics, examples });

/** A partition's replicas, and the wave of each. */
type Placed = { readonly replicas: readonly number[]; readonly places: readonly (number | undefined)[]; readonly counters: Counters };

type Counters = { readonly byNode: ReadonlyMap<number, Counter>; readonly withoutSpare: Counter };

function countPartition(topic: string, least: number, { replicas, places, counters }: Placed): void {
  if (replicas.length <= least) {
    count(counters.withoutSpare, topic);
    return;
  }
  for (const [at, place] of places.entries()) {
    const counter = counters.byNode.get(replicas[at] ?? -1);
    if (place === undefined || counter === undefined) continue;
    if (replicas.length - places.filter((other) => other === place).length <= least) count(counter, topic);
  }
}

/** One pass over all partitions; each is taken with all its replicas in sync, as it should be when its turn comes. */
function countTopics(topics: readonly Topic[], waveOf: ReadonlyMap<number, number>, counters: Counters): void {
  for (const { name, minIsr = 1, partitions } of topics) {
    for (const { replicas } of partitions) {
      const places = replicas.map((id) => waveOf.get(id));
      if (places.some((place) => place !== undefined)) countPartition(name, minIsr, { replicas, places, counters });
    }
  }
}

function factsOf(node: NodeState, { kafka }: Observation, atMinIsr: Counter | undefined): RestartFacts {
  const { roles, rack, leaders } = node;
  return {
    roles,
    ...(rack === undefined ? {} : { rack }),
    ...(kafka?.quorum?.leaderId === node.id ? { active: true as const } : {}),
    ...(leaders === undefined ? {} : { leaders }),
    ...(atMinIsr === undefined || atMinIsr.partitions === 0 ? {} : { atMinIsr: shareOf(atMinIsr) }),
  };
}

/** What each restart costs when the waves are taken as planned; and the partitions that cannot be written while one of their nodes is away. */
export function restartCosts(waves: readonly (readonly number[])[], observation: Observation) {
  const waveOf = new Map(waves.flatMap((wave, at) => wave.map((id) => [id, at] as const)));
  const byNode = new Map([...waveOf.keys()].map((id) => [id, newCounter()]));
  const withoutSpare = newCounter();
  countTopics(observation.kafka?.topics ?? [], waveOf, { byNode, withoutSpare });
  const nodes = observation.nodes.filter(({ id }) => waveOf.has(id));
  const facts: ReadonlyMap<number, RestartFacts> = new Map(nodes.map((node) => [node.id, factsOf(node, observation, byNode.get(node.id))]));
  return { facts, withoutSpare: shareOf(withoutSpare) };
}
