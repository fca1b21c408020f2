import type { Reassignment } from "../../../model/topic.ts";
import type { KafkaClient } from "../client/client.ts";
import { check } from "../client/kafka-errors.ts";

/** Every move that is under way. */
export function readReassignments(client: KafkaClient, signal?: AbortSignal): Promise<Reassignment[]> {
  return client.run(
    async () => {
      const answer = await client.request("ListPartitionReassignments", { topics: null }, { to: { kind: "Controller" }, signal });
      check("The reassignments under way", answer);
      return answer.topics.flatMap((topic) =>
        topic.partitions.map((partition) => ({
          topic: topic.name,
          partition: partition.partitionIndex,
          replicas: partition.replicas,
          adding: partition.addingReplicas,
          removing: partition.removingReplicas,
        })),
      );
    },
    { signal },
  );
}
