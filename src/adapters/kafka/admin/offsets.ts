import type { KafkaTopics, OffsetPlace, PartitionOffset, Refusal } from "../../../ports/kafka-topics.ts";
import type { KafkaClient } from "../client/client.ts";
import { type Answered, isPassing, kafkaError } from "../client/kafka-errors.ts";
import { codes } from "../wire/error-codes.ts";
import { byLeader } from "./by-leader.ts";
import { partitionKey, refusalOf } from "./refusals.ts";

const places = { earliest: -2, latest: -1, maxTimestamp: -3 } as const;
const anyReplica = -1;

const timestampOf = (at: OffsetPlace): number => (typeof at === "number" ? at : places[at]);

type Asked = Answered & { readonly topic: string; readonly partitionIndex: number };

/** Takes what was answered; throws what passes (a leader that moved), so that the leaders are looked up again. */
function sift<T extends Asked>(answers: readonly T[], refusals: Map<string, Refusal>): T[] {
  for (const answer of answers) {
    if (answer.errorCode === codes.none) continue;
    const key = partitionKey(answer.topic, answer.partitionIndex);
    if (isPassing(answer.errorCode)) throw kafkaError(`Partition ${key}`, answer);
    refusals.set(key, refusalOf(answer));
  }
  return answers.filter(({ errorCode }) => errorCode === codes.none);
}

/** Both ask or tell the leaders of the partitions, all at once, and doing them twice does no harm. */
export const offsetCalls = (client: KafkaClient): Pick<KafkaTopics, "offsets" | "deleteRecords"> => ({
  offsets: (partitions, at, signal) =>
    client.run(
      async () => {
        const { led, refusals } = await byLeader(client, partitions, signal);
        const timestamp = timestampOf(at);
        const ask = async ({ leader, topics }: (typeof led)[number]): Promise<PartitionOffset[]> => {
          const asked = topics.map(({ name, partitions: own }) => ({
            name,
            partitions: own.map(({ partition }) => ({ partitionIndex: partition, timestamp })),
          }));
          const answer = await client.request(
            "ListOffsets",
            { replicaId: anyReplica, topics: asked },
            { to: { kind: "Broker", id: leader }, signal },
          );
          const answers = answer.topics.flatMap(({ name, partitions: own }) => own.map((one) => ({ ...one, topic: name })));
          return sift(answers, refusals).map((one) => ({
            topic: one.topic,
            partition: one.partitionIndex,
            offset: one.offset,
            timestampMs: one.timestamp,
          }));
        };
        return { offsets: (await Promise.all(led.map(ask))).flat(), refusals };
      },
      { signal },
    ),

  deleteRecords: (before, signal) =>
    client.run(
      async () => {
        const { led, refusals } = await byLeader(client, before, signal);
        const starts = new Map<string, number>();
        const tell = async ({ leader, topics }: (typeof led)[number]): Promise<void> => {
          const told = topics.map(({ name, partitions: own }) => ({
            name,
            partitions: own.map(({ partition, offset }) => ({ partitionIndex: partition, offset })),
          }));
          const answer = await client.request(
            "DeleteRecords",
            { topics: told, timeoutMs: client.timeoutMs },
            { to: { kind: "Broker", id: leader }, signal },
          );
          const answers = answer.topics.flatMap(({ name, partitions: own }) => own.map((one) => ({ ...one, topic: name })));
          for (const one of sift(answers, refusals)) starts.set(partitionKey(one.topic, one.partitionIndex), one.lowWatermark);
        };
        await Promise.all(led.map(tell));
        return { starts, refusals };
      },
      { signal },
    ),
});
