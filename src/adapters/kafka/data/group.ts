import type { Consumer, EachBatchPayload, OffsetsByTopicPartition } from "kafkajs";
import type { GroupOffset, GroupReader, GroupRequest, KafkaRecord, RecordBatch } from "../../../ports/kafka-data.ts";
import { nameOfError } from "../client/kafka-errors.ts";
import { abortable } from "../connection/deadline.ts";
import { isPassing, patienceMs } from "./faults.ts";
import { type Handoff, newHandoff } from "./handoff.ts";
import { rangeAssignor } from "./range-assignor.ts";
import type { Session } from "./session.ts";

/** The error type that makes kafkajs look for the group's coordinator and join again. */
const joinAgain = "NOT_COORDINATOR_FOR_GROUP";
const heartbeatMs = 3000;
const fetchWaitMs = 500;
const retry = { initialRetryTime: 200, maxRetryTime: 1000, retries: 20 } as const;

const subjectOf = ({ group, topics }: GroupRequest): string =>
  topics.length === 1 ? `topic ${topics[0]} (group ${group})` : `group ${group}`;

/** When the member last got on. */
type Progress = { at: number };

function consumerFor(session: Session, request: GroupRequest, progress: Progress): Consumer {
  const { group, isolation } = request;
  const isBearable = (error: unknown): boolean =>
    isPassing(session.fault(error, subjectOf(request))) && session.clock.now() - progress.at < patienceMs;
  return session.kafka.consumer({
    groupId: group,
    partitionAssigners: [rangeAssignor],
    heartbeatInterval: heartbeatMs,
    maxWaitTimeInMs: fetchWaitMs,
    readUncommitted: isolation === "read_uncommitted",
    allowAutoTopicCreation: false,
    // a coordinator that is still loading, for one, makes kafkajs give up and join anew
    retry: { ...retry, restartOnFailure: async (error) => isBearable(error) },
  });
}

/** Our own reader's records travel through kafkajs inside its messages. */
const recordsOf = (messages: readonly object[]): KafkaRecord[] =>
  (messages as readonly { record: KafkaRecord }[]).map(({ record }) => record);

function batchOf({ batch }: EachBatchPayload): RecordBatch {
  return {
    topic: batch.topic,
    partition: batch.partition,
    records: recordsOf(batch.messages),
    nextOffset: Number(batch.lastOffset()) + 1,
    endOffset: Number(batch.highWatermark),
  };
}

type Member = {
  readonly consumer: Consumer;
  readonly handoff: Handoff<RecordBatch>;
  readonly progress: Progress;
  /** The batch at the reader's, and why the group has to be joined again after it. */
  atHand: { readonly payload: EachBatchPayload; fault?: unknown } | undefined;
};

/**
 * Keeps the member alive while the reader is at work. A rebalance is put off until the reader is done, so that what it commits still counts;
 * what kafkajs is told then makes it join again.
 */
async function handOver(session: Session, member: Member, payload: EachBatchPayload): Promise<void> {
  const atHand: NonNullable<Member["atHand"]> = { payload };
  member.atHand = atHand;
  let isDone = false;
  const done = member.handoff.put(batchOf(payload)).then(() => {
    isDone = true;
  });
  const stop = new AbortController();
  const tick = (): Promise<void> => session.clock.sleep(heartbeatMs / 3, stop.signal).catch(() => undefined);
  while (!isDone) {
    await Promise.race([done, tick()]);
    if (atHand.fault === undefined && !isDone)
      await payload.heartbeat().catch((error: unknown) => {
        atHand.fault = error;
      });
  }
  stop.abort();
  member.atHand = undefined;
  if (atHand.fault !== undefined) throw atHand.fault;
}

async function start(session: Session, request: GroupRequest, member: Member): Promise<void> {
  const { consumer, handoff, progress } = member;
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) handoff.fail(session.fault(payload.error, subjectOf(request)));
  });
  consumer.on(consumer.events.FETCH, () => {
    progress.at = session.clock.now();
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...request.topics], fromBeginning: request.from === "start" });
  await consumer.run({ autoCommit: false, eachBatch: (payload) => handOver(session, member, payload) });
}

const offsetsOf = (offsets: readonly GroupOffset[]): OffsetsByTopicPartition => ({
  topics: [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, theirs]) => ({
    topic,
    partitions: theirs.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
  })),
});

const rearranged = new Set(["REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID"]);

async function commit({ session, request, signal }: Membership, member: Member, offsets: readonly GroupOffset[]): Promise<boolean> {
  const { atHand } = member;
  if (atHand === undefined) return false;
  try {
    await session.guard(subjectOf(request), atHand.payload.commitOffsetsIfNecessary(offsetsOf(offsets)), signal);
    return true;
  } catch (fault) {
    if (!isPassing(fault) && !rearranged.has(nameOfError(fault))) throw fault;
    atHand.fault ??= Object.assign(new Error("the commit did not reach the coordinator"), { type: joinAgain });
    return false;
  }
}

type Membership = { readonly session: Session; readonly request: GroupRequest; readonly signal: AbortSignal | undefined };

async function* batchesOf({ session, request, signal }: Membership, member: Member): AsyncGenerator<RecordBatch, void> {
  const { consumer, handoff } = member;
  session.broken.catch((error: unknown) => handoff.fail(error));
  try {
    await session.guard(subjectOf(request), start(session, request, member), signal);
    for (;;) {
      const batch = await abortable(handoff.next(), signal);
      if (batch === undefined) return;
      yield batch;
    }
  } finally {
    handoff.close();
    await session.guard(subjectOf(request), consumer.disconnect()).catch(() => undefined);
  }
}

export function readAsMember(membership: Membership): { reader: GroupReader; close(): Promise<void> } {
  const { session, request, signal } = membership;
  const progress = { at: session.clock.now() };
  const member: Member = { consumer: consumerFor(session, request, progress), handoff: newHandoff(), progress, atHand: undefined };
  const batches = batchesOf(membership, member);
  return {
    reader: {
      [Symbol.asyncIterator]: () => batches,
      commit: (offsets, ownSignal) => commit({ ...membership, signal: ownSignal ?? signal }, member, offsets),
    },
    async close() {
      member.handoff.close();
      await batches.return();
    },
  };
}
