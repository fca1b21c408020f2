import type { PartitionRef } from "../../../model/finding.ts";
import type { Refusal } from "../../../ports/kafka-topics.ts";
import type { KafkaClient } from "../client/client.ts";
import { codes } from "../wire/error-codes.ts";
import { partitionKey, refusalOf } from "./refusals.ts";

export type Led<T> = { readonly leader: number; readonly topics: readonly { readonly name: string; readonly partitions: readonly T[] }[] };

/** Sorts partitions by the broker that leads them, as a request to it lists them; those without a leader are refused. */
export async function byLeader<T extends PartitionRef>(
  client: KafkaClient,
  partitions: readonly T[],
  signal?: AbortSignal,
): Promise<{ led: Led<T>[]; refusals: Map<string, Refusal> }> {
  const names = [...new Set(partitions.map(({ topic }) => topic))];
  const answer = await client.request("Metadata", { topics: names.map((name) => ({ name })), allowAutoTopicCreation: false }, { signal });
  const leaders = new Map<string, number>();
  for (const topic of answer.topics)
    for (const { partitionIndex, leaderId } of topic.partitions) leaders.set(partitionKey(topic.name ?? "", partitionIndex), leaderId);
  const refusals = new Map<string, Refusal>();
  for (const { topic, partition } of partitions) {
    const leader = leaders.get(partitionKey(topic, partition));
    if (leader === undefined) refusals.set(partitionKey(topic, partition), refusalOf({ errorCode: codes.unknownTopic }));
    else if (leader < 0) refusals.set(partitionKey(topic, partition), refusalOf({ errorCode: codes.leaderNotAvailable }));
  }
  const known = partitions.filter(({ topic, partition }) => !refusals.has(partitionKey(topic, partition)));
  const grouped = Map.groupBy(known, ({ topic, partition }) => leaders.get(partitionKey(topic, partition)) ?? -1);
  const led = [...grouped].map(([leader, some]) => ({
    leader,
    topics: [...Map.groupBy(some, ({ topic }) => topic)].map(([name, own]) => ({ name, partitions: own })),
  }));
  return { led, refusals };
}
