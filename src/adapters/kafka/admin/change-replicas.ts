import type { PartitionRef } from "../../../model/finding.ts";
import type { KafkaTopics } from "../../../ports/kafka-topics.ts";
import type { KafkaClient } from "../client/client.ts";
import { check } from "../client/kafka-errors.ts";
import { codes } from "../wire/error-codes.ts";
import { partitionKey, refusalsOf } from "./refusals.ts";

const electionTypes = { preferred: 0, unclean: 1 } as const;

const byTopic = <T extends PartitionRef>(partitions: readonly T[]): [string, T[]][] => [...Map.groupBy(partitions, ({ topic }) => topic)];

export const replicaChanges = (client: KafkaClient): Pick<KafkaTopics, "moveReplicas" | "electLeaders"> => ({
  moveReplicas: (moves, { keepFactor = false, signal } = {}) =>
    client.run(
      async () => {
        const topics = byTopic(moves).map(([name, some]) => ({
          name,
          partitions: some.map(({ partition, replicas }) => ({ partitionIndex: partition, replicas })),
        }));
        const body = { timeoutMs: client.timeoutMs, topics, ...(keepFactor && { allowReplicationFactorChange: false }) };
        const answer = await client.request("AlterPartitionReassignments", body, { to: { kind: "Controller" }, signal });
        check("Moving replicas", answer);
        const results = answer.responses.flatMap(({ name, partitions }) => partitions.map((partition) => ({ ...partition, name })));
        return refusalsOf(results, ({ name, partitionIndex }) => partitionKey(name, partitionIndex));
      },
      { signal },
    ),

  electLeaders: (kind, partitions, signal) =>
    client.run(
      async () => {
        const topicPartitions = partitions
          ? byTopic(partitions).map(([topic, some]) => ({ topic, partitions: some.map(({ partition }) => partition) }))
          : null;
        const body = { electionType: electionTypes[kind], topicPartitions, timeoutMs: client.timeoutMs };
        const answer = await client.request("ElectLeaders", body, { to: { kind: "Controller" }, signal });
        check("Electing leaders", answer);
        const results = answer.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
          partitionResult.map((result) => ({ ...result, topic })),
        );
        const meant = results.filter((result) => result.errorCode !== codes.electionNotNeeded);
        return refusalsOf(meant, ({ topic, partitionId }) => partitionKey(topic, partitionId));
      },
      { signal },
    ),
});
