import type Broker from "kafkajs/src/broker/index.js";
import { requests } from "kafkajs/src/protocol/requests/index.js";
import { AppError } from "../../../model/errors.ts";
import type { Isolation, OffsetsRequest, PartitionOffsets } from "../../../ports/kafka-data.ts";
import { kafkaError } from "../client/kafka-errors.ts";
import type { Brokers, PartitionLeader } from "./brokers.ts";
import { errorCodes } from "./faults.ts";
import { isolationLevel } from "./fetch.ts";

const listOffsetsKey = 2;

/** Kafka's stand-ins for a timestamp. */
const special = { end: -1, start: -2 } as const;

type Query = { readonly topic: string; readonly partitions: readonly number[]; readonly timestamp: number; readonly isolation: Isolation };

type Answer = {
  readonly responses: readonly {
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number; readonly offset: unknown }[];
  }[];
};

/** Partition → offset, -1 where no record is as young as the timestamp. */
async function listOffsets(broker: Broker, { topic, partitions, timestamp, isolation }: Query): Promise<Map<number, number>> {
  const call = broker.lookupRequest(
    listOffsetsKey,
    requests.ListOffsets,
  )({
    replicaId: -1,
    isolationLevel: isolationLevel(isolation),
    topics: [{ topic, partitions: partitions.map((partition) => ({ partition, timestamp })) }],
  });
  const parse = async (data: unknown): Promise<Answer> => data as Answer;
  const { responses } = await broker.connectionPool.send({ ...call, response: { decode: call.response.decode, parse } });
  const answers = responses.flatMap((response) => response.partitions);
  const failed = answers.find(({ errorCode }) => errorCode !== 0);
  if (failed !== undefined) throw kafkaError(`topic ${topic} partition ${failed.partition}`, failed);
  return new Map(answers.map(({ partition, offset }) => [partition, Number(offset)]));
}

async function offsetsAt(broker: Broker, request: OffsetsRequest, partitions: readonly number[]): Promise<PartitionOffsets[]> {
  const ask = (timestamp: number): Promise<Map<number, number>> => listOffsets(broker, { ...request, partitions, timestamp });
  const [starts, ends, ats] = await Promise.all([
    ask(special.start),
    ask(special.end),
    request.atMs === undefined ? undefined : ask(request.atMs),
  ]);
  return partitions.map((partition) => {
    const end = ends.get(partition) ?? 0;
    const at = ats?.get(partition) ?? -1;
    return { partition, start: starts.get(partition) ?? 0, end, ...(ats === undefined ? {} : { at: at < 0 ? end : at }) };
  });
}

/** Those that were asked for; throws NotFound for one the topic does not have. */
export function chosen(
  topic: string,
  leaders: readonly PartitionLeader[],
  wanted: readonly number[] | undefined,
): readonly PartitionLeader[] {
  if (wanted === undefined) return leaders;
  return wanted.map((partition) => {
    const found = leaders.find((leader) => leader.partition === partition);
    if (found !== undefined) return found;
    throw new AppError("NotFound", `topic ${topic} has no partition ${partition}: it has ${leaders.length}, the first is 0`);
  });
}

/** Start, end and the offset of a time, each from the partition's leader, in the order of partitions. */
export async function readOffsets(brokers: Brokers, request: OffsetsRequest): Promise<PartitionOffsets[]> {
  const leaders = chosen(request.topic, await brokers.leaders(request.topic), request.partitions);
  const answers = await Promise.all(
    [...Map.groupBy(leaders, ({ leader }) => leader)].map(async ([leader, partitions]) => {
      const ids = partitions.map(({ partition }) => partition);
      if (leader < 0) throw kafkaError(`topic ${request.topic} partition ${ids.join(", ")}`, { errorCode: errorCodes.leaderNotAvailable });
      return offsetsAt(await brokers.broker(leader), request, ids);
    }),
  );
  return answers.flat().sort((a, b) => a.partition - b.partition);
}
