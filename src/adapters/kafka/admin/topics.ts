import { AppError } from "../../../model/errors.ts";
import type { Partition, Topic } from "../../../model/topic.ts";
import type { KafkaClient } from "../client/client.ts";
import { check, kafkaError } from "../client/kafka-errors.ts";
import { codes } from "../wire/error-codes.ts";
import type { ResponseOf } from "../wire/request.ts";
import { zeroUuid } from "../wire/schema.ts";

type MetadataTopic = ResponseOf<"Metadata">["topics"][number];
type MetadataPartition = MetadataTopic["partitions"][number];

/** What Kafka answered for one topic that was asked for. */
type Read = { readonly errorCode: number; readonly topic: Topic };

const toPartition = ({ partitionIndex, leaderId, replicaNodes, isrNodes }: MetadataPartition): Partition => ({
  partition: partitionIndex,
  leader: leaderId,
  replicas: replicaNodes,
  isr: isrNodes,
});

/** Brokers give partitions in no order that they promise. */
function inOrder(partitions: Partition[]): readonly Partition[] {
  const ordered = partitions.every((partition, index) => index === 0 || (partitions[index - 1]?.partition ?? -1) < partition.partition);
  return ordered ? partitions : partitions.sort((a, b) => a.partition - b.partition);
}

const toRead = (topic: Omit<MetadataTopic, "partitions"> & { partitions: Partition[] }): Read => ({
  errorCode: topic.errorCode,
  topic: {
    name: topic.name ?? "",
    ...(topic.topicId !== zeroUuid && { id: topic.topicId }),
    internal: topic.isInternal,
    partitions: inOrder(topic.partitions),
  },
});

/** The elements become the model's while they are read, so that 200,000 partitions are never held in two forms. */
const maps = { "topics.partitions": toPartition, topics: toRead };

function refusal({ errorCode, topic }: Read): AppError {
  const subject = `Topic "${topic.name}"`;
  if (errorCode !== codes.unknownTopic) return kafkaError(subject, { errorCode });
  return new AppError("NotFound", `${subject} does not exist`, { details: { error: "UNKNOWN_TOPIC_OR_PARTITION" } });
}

const byName = (a: Topic, b: Topic): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** All topics that our user may see, or those named, by name; throws for a named one that is not there. */
export function readTopics(client: KafkaClient, names?: readonly string[], signal?: AbortSignal): Promise<Topic[]> {
  if (names?.length === 0) return Promise.resolve([]);
  const body = { topics: names?.map((name) => ({ name })) ?? null, allowAutoTopicCreation: false };
  return client.run(
    async () => {
      const answer = await client.request("Metadata", body, { signal, maps });
      check("The cluster's metadata", answer);
      const reads = answer.topics as unknown as readonly Read[];
      const refused = reads.find((read) => read.errorCode !== codes.none && (names || read.errorCode !== codes.unknownTopic));
      if (refused) throw refusal(refused);
      return reads
        .filter((read) => read.errorCode === codes.none)
        .map((read) => read.topic)
        .sort(byName);
    },
    { signal },
  );
}
