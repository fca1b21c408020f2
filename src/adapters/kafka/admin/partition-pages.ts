import type { KafkaTopics, PartitionDetail } from "../../../ports/kafka-topics.ts";
import type { KafkaClient } from "../client/client.ts";
import { check } from "../client/kafka-errors.ts";
import type { ResponseOf } from "../wire/request.ts";

type Answer = ResponseOf<"DescribeTopicPartitions">;
type Topic = Answer["topics"][number];

/** As many as a broker gives at once when nobody says how many. */
const pageSize = 2000;

const toDetail = (topic: Topic, partition: Topic["partitions"][number]): PartitionDetail => ({
  topic: topic.name ?? "",
  partition: partition.partitionIndex,
  leader: partition.leaderId,
  leaderEpoch: partition.leaderEpoch,
  replicas: partition.replicaNodes,
  isr: partition.isrNodes,
  eligible: partition.eligibleLeaderReplicas ?? [],
  lastKnown: partition.lastKnownElr ?? [],
  offline: partition.offlineReplicas,
});

export const partitionPages = (client: KafkaClient): Pick<KafkaTopics, "partitions"> => ({
  async *partitions(names, signal) {
    const topics = names.toSorted().map((name) => ({ name }));
    for (let cursor: Answer["nextCursor"] | undefined = null; cursor !== undefined; ) {
      const body = { topics, responsePartitionLimit: pageSize, cursor };
      const answer: Answer = await client.run(() => client.request("DescribeTopicPartitions", body, { signal }), { signal });
      for (const topic of answer.topics) {
        check(`Topic "${topic.name}"`, topic);
        yield topic.partitions.map((partition) => toDetail(topic, partition));
      }
      cursor = answer.nextCursor ?? undefined;
    }
  },
});
