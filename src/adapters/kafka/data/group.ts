import type { Consumer, EachBatchPayload } from "kafkajs";
import type { GroupReader, GroupRequest, KafkaRecord, RecordBatch } from "../../../ports/kafka-data.ts";
import { abortable } from "../connection/deadline.ts";
import { isPassing, patienceMs } from "./faults.ts";
import { type Handoff, newHandoff } from "./handoff.ts";
import { rangeAssignor } from "./range-assignor.ts";
import type { Session } from "./session.ts";

const heartbeatMs = 3000;
const fetchWaitMs = 500;
const retries = 8;

const subjectOf = ({ group, topics }: GroupRequest): string =>
  topics.length === 1 ? `topic ${topics[0]} in group ${group}` : `group ${group}`;

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
    retry: { retries, restartOnFailure: async (error) => isBearable(error) },
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

/**
 * Keeps the member alive while the reader is at work. A rebalance is put off until the reader is done, so that what it commits still counts;
 * what kafkajs is told then makes it join again.
 */
async function handOver(session: Session, handoff: Handoff<RecordBatch>, payload: EachBatchPayload): Promise<void> {
  let isDone = false;
  let fault: unknown;
  const done = handoff.put(batchOf(payload)).then(() => {
    isDone = true;
  });
  const stop = new AbortController();
  const tick = (): Promise<void> => session.clock.sleep(heartbeatMs / 3, stop.signal).catch(() => undefined);
  while (!isDone) {
    await Promise.race([done, tick()]);
    if (fault === undefined && !isDone)
      await payload.heartbeat().catch((error: unknown) => {
        fault = error;
      });
  }
  stop.abort();
  if (fault !== undefined) throw fault;
}

type Member = { readonly consumer: Consumer; readonly handoff: Handoff<RecordBatch>; readonly progress: Progress };

async function start(session: Session, request: GroupRequest, { consumer, handoff, progress }: Member): Promise<void> {
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) handoff.fail(session.fault(payload.error, subjectOf(request)));
  });
  consumer.on(consumer.events.FETCH, () => {
    progress.at = session.clock.now();
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...request.topics], fromBeginning: request.from === "start" });
  await consumer.run({ autoCommit: false, eachBatch: (payload) => handOver(session, handoff, payload) });
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
  const consumer = consumerFor(session, request, progress);
  const handoff = newHandoff<RecordBatch>();
  const batches = batchesOf(membership, { consumer, handoff, progress });
  return {
    reader: {
      [Symbol.asyncIterator]: () => batches,
      commit: (offsets, commitSignal) =>
        session.guard(
          subjectOf(request),
          consumer.commitOffsets(offsets.map(({ offset, ...at }) => ({ ...at, offset: String(offset) }))),
          commitSignal ?? signal,
        ),
    },
    async close() {
      handoff.close();
      await batches.return();
    },
  };
}
