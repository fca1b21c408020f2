import type { RequestOf } from "../../../src/adapters/kafka/wire/request.ts";
import { zeroUuid } from "../../../src/adapters/kafka/wire/schema.ts";
import type { Handlers } from "./handlers.ts";
import { type FakeTopic, newUuid, placedPartitions, type State } from "./state.ts";

const unknownTopic = 3;
const topicAlreadyExists = 36;
const invalidPartitions = 37;
const invalidReplicationFactor = 38;

const toMetadata = (topic: FakeTopic): object => ({
  errorCode: 0,
  name: topic.name,
  topicId: topic.id,
  isInternal: topic.internal,
  partitions: topic.partitions.map(({ partition, leader, replicas, isr }) => ({
    errorCode: leader < 0 ? 5 : 0,
    partitionIndex: partition,
    leaderId: leader,
    leaderEpoch: 0,
    replicaNodes: replicas,
    isrNodes: isr,
    offlineReplicas: [],
  })),
});

function metadata(request: RequestOf<"Metadata">, state: State): object {
  const named = request.topics?.map(({ name }) => state.topics.get(name ?? "") ?? { missing: name ?? "" });
  const topics = (named ?? [...state.topics.values()]).map((topic) =>
    "missing" in topic ? { errorCode: unknownTopic, name: topic.missing, topicId: zeroUuid, partitions: [] } : toMetadata(topic),
  );
  return {
    brokers: [...state.nodes.values()].filter((node) => !node.fenced).map(({ id, host, port, rack }) => ({ nodeId: id, host, port, rack })),
    clusterId: state.clusterId,
    controllerId: state.controllerId,
    topics,
  };
}

type NewTopic = RequestOf<"CreateTopics">["topics"][number];

function create(topic: NewTopic, state: State, validateOnly: boolean): object {
  const alive = [...state.nodes.values()].filter((node) => !node.fenced).map((node) => node.id);
  const fail = (errorCode: number, errorMessage: string): object => ({ name: topic.name, errorCode, errorMessage });
  if (state.topics.has(topic.name)) return fail(topicAlreadyExists, `Topic '${topic.name}' already exists.`);
  if (topic.replicationFactor > alive.length)
    return fail(
      invalidReplicationFactor,
      `Unable to replicate the partition ${topic.replicationFactor} time(s): The target replication factor of ${topic.replicationFactor} cannot be reached because only ${alive.length} broker(s) are registered.`,
    );
  const partitions =
    topic.assignments.length > 0
      ? topic.assignments.map(({ partitionIndex, brokerIds }) => ({
          partition: partitionIndex,
          leader: brokerIds[0] ?? -1,
          replicas: brokerIds,
          isr: brokerIds,
        }))
      : placedPartitions(alive, { partitions: Math.max(topic.numPartitions, 1), replicationFactor: Math.max(topic.replicationFactor, 1) });
  const made = { name: topic.name, id: newUuid(), internal: false, partitions };
  if (!validateOnly) {
    state.topics.set(topic.name, made);
    state.configs.set(`topic ${topic.name}`, new Map(topic.configs.map(({ name, value }) => [name, value ?? ""])));
    state.topicsEpoch += 1;
  }
  return {
    name: topic.name,
    topicId: made.id,
    errorCode: 0,
    errorMessage: null,
    numPartitions: partitions.length,
    replicationFactor: partitions[0]?.replicas.length ?? 0,
    configs: [],
  };
}

function remove(name: string, state: State): object {
  const topic = state.topics.get(name);
  state.topics.delete(name);
  state.topicsEpoch += 1;
  return { name, topicId: topic?.id ?? zeroUuid, errorCode: topic ? 0 : unknownTopic, errorMessage: null };
}

function grow({ name, count }: { name: string; count: number }, state: State, validateOnly: boolean): object {
  const topic = state.topics.get(name);
  if (!topic) return { name, errorCode: unknownTopic, errorMessage: null };
  const present = topic.partitions.length;
  if (count <= present)
    return {
      name,
      errorCode: invalidPartitions,
      errorMessage: `The topic ${name} currently has ${present} partition(s); ${count} would not be an increase.`,
    };
  if (!validateOnly) {
    const all = placedPartitions([...state.nodes.keys()], {
      partitions: count,
      replicationFactor: topic.partitions[0]?.replicas.length ?? 1,
    });
    topic.partitions = [...topic.partitions, ...all.slice(present)];
    state.topicsEpoch += 1;
  }
  return { name, errorCode: 0, errorMessage: null };
}

export const topicHandlers: Handlers = {
  Metadata: ({ request, state }) => metadata(request, state),
  CreateTopics: ({ request, state }) => ({ topics: request.topics.map((topic) => create(topic, state, request.validateOnly ?? false)) }),
  DeleteTopics: ({ request, state }) => ({
    responses: [...(request.topicNames ?? []), ...(request.topics ?? []).map(({ name }) => name ?? "")].map((name) => remove(name, state)),
  }),
  CreatePartitions: ({ request, state }) => ({ results: request.topics.map((topic) => grow(topic, state, request.validateOnly)) }),
};
