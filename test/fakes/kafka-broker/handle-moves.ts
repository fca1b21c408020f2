import type { RequestOf } from "../../../src/adapters/kafka/wire/request.ts";
import type { Partition } from "../../../src/model/topic.ts";
import type { Handlers } from "./handlers.ts";
import type { Move, State } from "./state.ts";

const noReassignment = 85;
const keyOf = (topic: string, partition: number): string => `${topic}-${partition}`;

const added = ({ before, target }: Move): number[] => target.filter((id) => !before.includes(id));
const removed = ({ before, target }: Move): number[] => before.filter((id) => !target.includes(id));

function replace(state: State, topic: string, changed: Partition): void {
  const found = state.topics.get(topic);
  if (found) found.partitions = found.partitions.map((one) => (one.partition === changed.partition ? changed : one));
  state.topicsEpoch += 1;
}

function start(
  topic: string,
  { partitionIndex, replicas }: { partitionIndex: number; replicas?: readonly number[] | null },
  state: State,
): object {
  const partition = state.topics.get(topic)?.partitions.find((one) => one.partition === partitionIndex);
  const present = state.moves.get(keyOf(topic, partitionIndex));
  if (!partition) return { partitionIndex, errorCode: 3, errorMessage: null };
  if (!replicas && !present) return { partitionIndex, errorCode: noReassignment, errorMessage: null };
  const before = present?.before ?? partition.replicas;
  if (replicas) {
    const move = { topic, partition: partitionIndex, before, target: replicas };
    state.moves.set(keyOf(topic, partitionIndex), move);
    replace(state, topic, { ...partition, replicas: [...replicas, ...removed(move)] });
  } else {
    state.moves.delete(keyOf(topic, partitionIndex));
    replace(state, topic, { ...partition, replicas: before });
  }
  return { partitionIndex, errorCode: 0, errorMessage: null };
}

/** The new replicas have caught up: the moves under way end. */
export function finishMoves(state: State): void {
  for (const { topic, partition, target } of state.moves.values())
    replace(state, topic, { partition, leader: target[0] ?? -1, replicas: target, isr: target });
  state.moves.clear();
}

function list(request: RequestOf<"ListPartitionReassignments">, state: State): object {
  const wanted = (move: Move): boolean =>
    request.topics?.some(({ name, partitionIndexes }) => name === move.topic && partitionIndexes.includes(move.partition)) ?? true;
  const byTopic = Map.groupBy([...state.moves.values()].filter(wanted), (move) => move.topic);
  const topics = [...byTopic].map(([name, moves]) => ({
    name,
    partitions: moves.map((move) => ({
      partitionIndex: move.partition,
      replicas: [...move.target, ...removed(move)],
      addingReplicas: added(move),
      removingReplicas: removed(move),
    })),
  }));
  return { errorCode: 0, errorMessage: null, topics };
}

/** Moves start and can be cancelled, and stay under way until `finishMoves`. */
export const moveHandlers: Handlers = {
  AlterPartitionReassignments: ({ request, state }) => ({
    errorCode: 0,
    errorMessage: null,
    responses: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partition) => start(name, partition, state)),
    })),
  }),
  ListPartitionReassignments: ({ request, state }) => list(request, state),
};
