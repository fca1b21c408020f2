import type { KafkaTopics, MorePartitions, NewTopic } from "../../../ports/kafka-topics.ts";
import type { KafkaClient } from "../client/client.ts";
import { zeroUuid } from "../wire/schema.ts";
import { refusalsOf } from "./refusals.ts";

const byBroker = -1;

const toCreatable = ({ name, partitions, replicationFactor, assignments, configs = {} }: NewTopic) => ({
  name,
  numPartitions: assignments ? byBroker : (partitions ?? byBroker),
  replicationFactor: assignments ? byBroker : (replicationFactor ?? byBroker),
  assignments: (assignments ?? []).map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
  configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
});

const toGrown = ({ name, count, assignments }: MorePartitions) => ({
  name,
  count,
  assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null,
});

/** Making a topic twice is an error, so none of these is repeated when it is not known what came of it. */
const once = { repeatable: false };

/** From version 6 on topics are named by id or name. */
const firstById = 6;

export const topicChanges = (client: KafkaClient): Pick<KafkaTopics, "createTopics" | "deleteTopics" | "createPartitions"> => ({
  createTopics: (topics, { validateOnly = false, signal } = {}) =>
    client.run(
      async () => {
        const body = { topics: topics.map(toCreatable), timeoutMs: client.timeoutMs, validateOnly };
        const answer = await client.request("CreateTopics", body, { to: { kind: "Controller" }, signal });
        return refusalsOf(answer.topics, ({ name }) => name);
      },
      { ...once, signal },
    ),

  deleteTopics: (names, signal) =>
    client.run(
      async () => {
        const { timeoutMs } = client;
        const answer = await client.request(
          "DeleteTopics",
          (version) =>
            version >= firstById
              ? { topics: names.map((name) => ({ name, topicId: zeroUuid })), timeoutMs }
              : { topicNames: names, timeoutMs },
          { to: { kind: "Controller" }, signal },
        );
        return refusalsOf(answer.responses, ({ name }) => name ?? "");
      },
      { ...once, signal },
    ),

  createPartitions: (topics, { validateOnly = false, signal } = {}) =>
    client.run(
      async () => {
        const body = { topics: topics.map(toGrown), timeoutMs: client.timeoutMs, validateOnly };
        const answer = await client.request("CreatePartitions", body, { to: { kind: "Controller" }, signal });
        return refusalsOf(answer.results, ({ name }) => name);
      },
      { ...once, signal },
    ),
});
