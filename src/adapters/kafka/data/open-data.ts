import type { KafkaTarget } from "../../../model/kafka-target.ts";
import type { KafkaData } from "../../../ports/kafka-data.ts";
import { newBrokers } from "./brokers.ts";
import { readAsMember } from "./group.ts";
import { readOffsets } from "./offsets.ts";
import { newSenders } from "./produce.ts";
import { readRanges } from "./read.ts";
import { type DataIo, openSession } from "./session.ts";

/** Answers to the last requests are waited for so long; then the sockets are closed under them. */
const farewellMs = 1000;

/** KafkaData over kafkajs 2.2.4. */
export function openData(target: KafkaTarget, io: DataIo): KafkaData {
  const session = openSession(target, io);
  const brokers = newBrokers(session);
  const senders = newSenders(session);
  const members: Set<{ close(): Promise<void> }> = new Set();
  return {
    produce: senders.produce,
    offsets: (request, signal) => session.retry(`topic ${request.topic}`, () => readOffsets(brokers, request), signal),
    read: (request, signal) => readRanges(request, { session, brokers, signal }),
    readGroup(request, signal) {
      const member = readAsMember({ session, request, signal });
      members.add(member);
      return member.reader;
    },
    async close() {
      const late = new AbortController();
      const partings = Promise.allSettled([brokers.close(), senders.close(), ...[...members].map((member) => member.close())]);
      await Promise.race([partings, io.clock.sleep(farewellMs, late.signal).catch(() => undefined)]);
      late.abort();
      session.end();
    },
  };
}
