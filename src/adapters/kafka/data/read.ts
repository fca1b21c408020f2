import { AppError } from "../../../model/errors.ts";
import type { Isolation, ReadRequest, RecordBatch } from "../../../ports/kafka-data.ts";
import { kafkaError } from "../client/kafka-errors.ts";
import { interruption } from "../connection/faults.ts";
import type { Brokers } from "./brokers.ts";
import { errorCodes, isPassing, patienceMs } from "./faults.ts";
import { type FetchedPartition, fetchRecords, isolationLevel } from "./fetch.ts";
import { chosen, readOffsets } from "./offsets.ts";
import type { Session } from "./session.ts";

// Reading without a group:
// 1. Each partition has a place: where to read next, and where to stop. The places are grouped by the partitions' leaders.
// 2. Each leader is sent one Fetch at a time, for all its places. The next is sent when the answer is in, before its records are handed out,
//    so that one answer per leader waits while the reader works, and no more.
// 3. An answer moves places on. A leader that is none any more, or is gone, makes us ask for the leaders anew; the places stay. Nothing
//    readable for too long in this way is an error.
// 4. A place whose records were deleted goes on at the first that is left; beyond the end it is an error.

type Place = { readonly partition: number; next: number; readonly to: number };

type Fetched =
  | { readonly leader: number; readonly partitions: readonly FetchedPartition[] }
  | { readonly leader: number; readonly fault: unknown };

type Reading = {
  readonly session: Session;
  readonly brokers: Brokers;
  readonly topic: string;
  readonly isolation: Isolation;
  readonly places: Map<number, Place>;
  readonly signal: AbortSignal | undefined;
};

const fetchWaitMs = 500;
const answerBytes = 4 * 1024 * 1024;
const fewestPartitionBytes = 1024 * 1024;
const noLeader = -1;
const pauseMs = 250;

async function fetchFrom(reading: Reading, leader: number, places: readonly Place[]): Promise<Fetched> {
  const { session, brokers, topic, isolation, signal } = reading;
  const maxBytes = Math.max(fewestPartitionBytes, Math.ceil(answerBytes / places.length));
  const partitions = places.map(({ partition, next }) => ({ partition, fetchOffset: String(next), maxBytes }));
  const args = {
    isolationLevel: isolationLevel(isolation),
    maxWaitTime: fetchWaitMs,
    minBytes: 1,
    maxBytes: answerBytes,
    topics: [{ topic, partitions }],
  };
  try {
    const work = async (): ReturnType<typeof fetchRecords> => fetchRecords(await brokers.broker(leader), args);
    return { leader, ...(await session.guard(`topic ${topic}`, work(), signal)) };
  } catch (fault) {
    return { leader, fault };
  }
}

/** Moves the place on; the batch to hand out, when there are records before its end. */
function advance({ topic, places }: Reading, fetched: FetchedPartition): RecordBatch | undefined {
  const place = places.get(fetched.partition);
  if (place === undefined || fetched.from !== place.next) return undefined;
  const records = fetched.nextOffset > place.to ? fetched.records.filter(({ offset }) => offset < place.to) : fetched.records;
  place.next = Math.min(fetched.nextOffset, place.to);
  if (place.next >= place.to) places.delete(place.partition);
  if (records.length === 0) return undefined;
  return { topic, partition: fetched.partition, records, nextOffset: place.next, endOffset: fetched.endOffset };
}

/** The log begins later than our place by now, or ends before it. */
async function findPlaceAgain({ session, brokers, topic, isolation, places, signal }: Reading, partition: number): Promise<void> {
  const place = places.get(partition);
  if (place === undefined) return;
  const request = { topic, isolation, partitions: [partition] };
  const [offsets] = await session.retry(`topic ${topic}`, () => readOffsets(brokers, request), signal);
  if (offsets === undefined || place.next > offsets.end)
    throw new AppError("KafkaError", `topic ${topic} partition ${partition} has no offset ${place.next}: it ends at ${offsets?.end ?? 0}`, {
      hint: `Offsets from ${offsets?.start ?? 0} to ${offsets?.end ?? 0} can be named`,
      details: { error: "OFFSET_OUT_OF_RANGE" },
    });
  place.next = Math.max(place.next, offsets.start);
  if (place.next >= place.to) places.delete(partition);
}

/** Leaders of the places that are left. One that has no leader now is waited for. */
async function leadersOf({ session, brokers, topic, places, signal }: Reading): Promise<Map<number, number>> {
  const leaders = await session.retry(`topic ${topic}`, () => brokers.leaders(topic), signal);
  return new Map(chosen(topic, leaders, [...places.keys()]).map(({ partition, leader }) => [partition, leader]));
}

/** Fetches that are under way, one per leader, and how long leaders have been failing. */
class Fetches {
  readonly #reading: Reading;
  readonly #underWay: Map<number, Promise<Fetched>> = new Map();
  readonly #troubleSince: Map<number, number> = new Map();
  #leaders: ReadonlyMap<number, number> = new Map();

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  async findLeaders(): Promise<void> {
    this.#leaders = await leadersOf(this.#reading);
    const present = new Set(this.#leaders.values());
    for (const leader of this.#troubleSince.keys()) if (!present.has(leader)) this.#troubleSince.delete(leader);
  }

  /** Asks every leader that has places and is not asked already. Returns the partitions that nobody leads. */
  start(): number[] {
    const places = [...this.#reading.places.values()];
    const byLeader = Map.groupBy(places, ({ partition }) => this.#leaders.get(partition) ?? noLeader);
    for (const [leader, theirs] of byLeader) {
      if (leader !== noLeader && !this.#underWay.has(leader)) this.#underWay.set(leader, fetchFrom(this.#reading, leader, theirs));
    }
    return (byLeader.get(noLeader) ?? []).map(({ partition }) => partition);
  }

  /** The next answer; undefined when nobody is asked. */
  async next(): Promise<Fetched | undefined> {
    if (this.#underWay.size === 0) return undefined;
    const fetched = await Promise.race(this.#underWay.values());
    this.#underWay.delete(fetched.leader);
    return fetched;
  }

  well(leader: number): void {
    this.#troubleSince.delete(leader);
  }

  /** Throws `fault` when it does not pass by itself, or has been going on for too long. */
  bear(leader: number, fault: unknown): void {
    const now = this.#reading.session.clock.now();
    const since = this.#troubleSince.get(leader) ?? now;
    this.#troubleSince.set(leader, since);
    if (!isPassing(fault) || now - since > patienceMs) throw fault;
  }
}

type Outcome = { readonly batches: readonly RecordBatch[] /** Of a leader that has to be found anew. */; readonly fault?: unknown };

async function take(reading: Reading, fetched: Fetched): Promise<Outcome> {
  if ("fault" in fetched) return { batches: [], fault: fetched.fault };
  const batches: RecordBatch[] = [];
  let fault: unknown;
  for (const answer of fetched.partitions) {
    if (answer.errorCode === errorCodes.offsetOutOfRange) await findPlaceAgain(reading, answer.partition);
    else if (answer.errorCode !== 0) fault = kafkaError(`topic ${reading.topic} partition ${answer.partition}`, answer);
    else batches.push(...[advance(reading, answer)].filter((batch) => batch !== undefined));
  }
  return { batches, ...(fault === undefined ? {} : { fault }) };
}

/** Waits for one answer and starts what can be asked after it. */
async function step(reading: Reading, fetches: Fetches): Promise<Outcome> {
  const leaderless = fetches.start();
  const missing = kafkaError(`topic ${reading.topic} partition ${leaderless.join(", ")}`, { errorCode: errorCodes.leaderNotAvailable });
  if (leaderless.length > 0) fetches.bear(noLeader, missing);
  const fetched = await fetches.next();
  if (fetched === undefined) return { batches: [], fault: missing };
  const outcome = await take(reading, fetched);
  if (outcome.fault === undefined) fetches.well(fetched.leader);
  else fetches.bear(fetched.leader, outcome.fault);
  if (outcome.fault === undefined) fetches.start();
  return leaderless.length > 0 ? { fault: missing, ...outcome } : outcome;
}

type Parts = Pick<Reading, "session" | "brokers" | "signal">;

function newReading(request: ReadRequest, parts: Parts): Reading {
  const open = request.ranges.map(({ partition, from, to }) => ({ partition, next: from, to: to ?? Number.POSITIVE_INFINITY }));
  const places = new Map(open.filter(({ next, to }) => next < to).map((place) => [place.partition, place]));
  return { ...parts, topic: request.topic, isolation: request.isolation, places };
}

export async function* readRanges(request: ReadRequest, parts: Parts): AsyncGenerator<RecordBatch, void> {
  const reading = newReading(request, parts);
  const { session, signal, places, topic } = reading;
  const fetches = new Fetches(reading);
  let areLeadersKnown = false;
  while (places.size > 0) {
    if (signal?.aborted) throw interruption(signal);
    if (!areLeadersKnown) await fetches.findLeaders();
    const { batches, fault } = await step(reading, fetches);
    areLeadersKnown = fault === undefined;
    yield* batches;
    if (fault !== undefined) await session.guard(`topic ${topic}`, session.clock.sleep(pauseMs), signal);
  }
}
