import type { Partition, Topic } from "../model/topic.ts";
import { exampleCount, type Hold, type PartitionHold } from "./hold.ts";

type Kind = PartitionHold["kind"];
type Held = { readonly topic: Topic; readonly partition: Partition; readonly minIsr: number };

/** Nodes that would go together; `serving`: those of them that can take anything away. */
export type Going = { readonly all: ReadonlySet<number>; readonly serving: ReadonlySet<number> };

const leftOf = (isr: readonly number[], going: ReadonlySet<number>): number[] => isr.filter((id) => !going.has(id));

function holdOf({ isr, replicas }: Partition, minIsr: number, going: ReadonlySet<number>): Kind | undefined {
  let left = 0;
  for (const id of isr) if (!going.has(id)) left += 1;
  if (left === 0 && isr.length > 0 && replicas.length > 1) return "OnlyReplicaInSync";
  if (replicas.length <= minIsr) return isr.length - left > 1 ? "AtMinIsr" : undefined;
  if (isr.length < minIsr) return "UnderMinIsr";
  return left < minIsr ? "AtMinIsr" : undefined;
}

function describeHeld(kind: Kind, held: readonly Held[], going: ReadonlySet<number>): PartitionHold {
  const missing = held.flatMap(({ partition }) => partition.replicas.filter((replica) => !partition.isr.includes(replica)));
  const examples = held.slice(0, exampleCount).map(({ topic, partition, minIsr }) => ({
    topic: topic.name,
    partition: partition.partition,
    isr: partition.isr,
    minIsr,
    replicas: partition.replicas.length,
    left: leftOf(partition.isr, going),
  }));
  return { kind, partitions: { total: held.length, examples }, waitFor: [...new Set(missing)].sort((a, b) => a - b) };
}

/** The worst first: whoever waits should hear of the data that is nearest to being lost. */
const worstFirst: readonly Kind[] = ["OnlyReplicaInSync", "UnderMinIsr", "AtMinIsr"];

/** What holds nodes that would go together, in one pass over all partitions; and how many could not be written without them. */
export function judgePartitions(going: Going, topics: readonly Topic[]): { hold: Hold | undefined; withoutSpare: number } {
  const held: Record<Kind, Held[]> = { OnlyReplicaInSync: [], UnderMinIsr: [], AtMinIsr: [] };
  let withoutSpare = 0;
  for (const topic of topics) {
    for (const partition of topic.partitions) {
      const { replicas } = partition;
      if (!replicas.some((id) => going.serving.has(id))) continue;
      const { minIsr = replicas.length > 1 ? undefined : 1 } = topic;
      if (minIsr === undefined) return { hold: { kind: "NotRead", part: `min.insync.replicas of topic ${topic.name}` }, withoutSpare };
      if (replicas.length <= minIsr) withoutSpare += 1;
      const kind = holdOf(partition, minIsr, going.all);
      if (kind !== undefined) held[kind].push({ topic, partition, minIsr });
    }
  }
  const worst = worstFirst.find((kind) => held[kind].length > 0);
  return { hold: worst && describeHeld(worst, held[worst], going.all), withoutSpare };
}
