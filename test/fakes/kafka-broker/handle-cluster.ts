import type { Handlers } from "./handlers.ts";
import type { State } from "./state.ts";

const quorum = (state: State): object => {
  const replica = (replicaId: number): object => ({ replicaId, logEndOffset: 100, lastFetchTimestamp: 1, lastCaughtUpTimestamp: 1 });
  const observers = [...state.nodes.keys()].filter((id) => id !== state.controllerId).map(replica);
  return {
    partitionIndex: 0,
    errorCode: 0,
    leaderId: state.controllerId,
    leaderEpoch: 1,
    highWatermark: 100,
    currentVoters: [replica(state.controllerId)],
    observers,
  };
};

export const clusterHandlers: Handlers = {
  DescribeCluster: ({ request, version, state }) => ({
    clusterId: state.clusterId,
    controllerId: state.controllerId,
    brokers: [...state.nodes.values()]
      .filter((node) => !node.fenced || (version >= 2 && request.includeFencedBrokers))
      .map(({ id, host, port, rack, fenced }) => ({ brokerId: id, host, port, rack, isFenced: fenced })),
  }),

  DescribeQuorum: ({ state }) => ({ topics: [{ topicName: "__cluster_metadata", partitions: [quorum(state)] }], nodes: [] }),

  DescribeLogDirs: ({ request, node, state }) => {
    if (request.topics && request.topics.length > 0) throw new Error("the fake tells the sizes of all topics or of none");
    return {
      results: (state.logDirs.get(node) ?? []).map(({ replicas = [], ...dir }) => ({ ...dir, topics: request.topics ? [] : replicas })),
    };
  },

  FindCoordinator: ({ request, version, node, state }) => {
    const { host, port } = state.nodes.get(node) ?? { host: "", port: 0 };
    const found = { nodeId: node, host, port, errorCode: 0, errorMessage: null };
    return version >= 4 ? { coordinators: (request.coordinatorKeys ?? []).map((key) => ({ key, ...found })) } : found;
  },
};
