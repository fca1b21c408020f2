import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { dialer } from "../../../../src/adapters/kafka/dial.ts";
import { openKafka } from "../../../../src/adapters/kafka/open.ts";
import { startBroker } from "../../../fakes/kafka-broker.ts";
import { open, targetOf, testClock } from "../open.ts";

const notOf = (
  api: string,
  mischief:
    | { kind: "HangUp" }
    | { kind: "Silence" }
    | { kind: "WrongCorrelation" }
    | { kind: "CutShort"; bytes: number }
    | { kind: "Bytes"; bytes: Buffer },
) => {
  return (request: { api: string }) => (request.api === api ? mischief : undefined);
};

test("a broker that falls silent is hung up on when the time is over, and named", async (context) => {
  const { kafka, brokers, clock } = await open(context, { nodes: [1] });
  brokers.intercept = notOf("Metadata", { kind: "Silence" });
  const answer = kafka.topics();
  const other = kafka.quorum();
  while (brokers.requests.at(-1)?.api !== "DescribeQuorum") await new Promise(setImmediate);
  clock.expire();
  await assert.rejects(answer, { code: "Timeout", message: /^Kafka at 127\.0\.0\.1:\d+ \(a test\) did not answer within 30 s: Metadata$/ });
  await assert.rejects(other, { code: "Timeout" });
  brokers.intercept = () => undefined;
  assert.deepEqual(await kafka.topics(), []);
});

test("an interruption ends the wait at once, and leaves the connection in step", async (context) => {
  const { kafka, brokers } = await open(context, { nodes: [1] });
  const stop = new AbortController();
  brokers.intercept = () => {
    stop.abort();
    return undefined;
  };
  await assert.rejects(kafka.topics(undefined, stop.signal), { code: "Interrupted" });
  assert.equal((await kafka.quorum()).leaderId, 1);
  await assert.rejects(kafka.topics(undefined, stop.signal), { code: "Interrupted" });
  assert.equal(brokers.connections, 1);
});

test("a connection lost on the way is opened again and the request repeated, after a pause", async (context) => {
  const { kafka, brokers, clock } = await open(context, { nodes: [1] });
  await kafka.quorum();
  let left = 2;
  brokers.intercept = ({ api }) => (api === "Metadata" && left-- > 0 ? { kind: "HangUp" } : undefined);
  await kafka.topics();
  await kafka.quorum();
  const pauses = clock.slept.filter((ms) => ms < 1000);
  assert.ok((pauses[0] ?? 0) >= 80 && (pauses[0] ?? 0) <= 120, String(pauses));
});

test("an answer cut short counts as a lost connection", async (context) => {
  const { kafka, brokers } = await open(context, { nodes: [1], topics: { count: 10, partitions: 10 } });
  await kafka.quorum();
  let cut = false;
  brokers.intercept = ({ api }) => {
    if (api !== "Metadata" || cut) return undefined;
    cut = true;
    return { kind: "CutShort", bytes: 50 };
  };
  assert.equal((await kafka.topics()).length, 10);
});

test("a listener that hangs up at the first request may want a password", async (context) => {
  const brokers = await startBroker({ sasl: { users: {} } });
  context.after(() => brokers.close());
  await assert.rejects(openKafka(targetOf(brokers.bootstrap), { dial: dialer(), clock: testClock(), trace: () => undefined }), {
    code: "KafkaUnreachable",
    hint: "The listener may want SASL: give a mechanism, a user's name and a password",
  });
});

test("an answer to a question that was not asked ends the connection", async (context) => {
  const { kafka, brokers } = await open(context, { nodes: [1] });
  brokers.intercept = notOf("Metadata", { kind: "WrongCorrelation" });
  await assert.rejects(kafka.topics(), { code: "KafkaUnreachable", message: /answered a request that was not asked/ });
});

const frame = (hex: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, hex.length / 2]), Buffer.from(hex, "hex")]);

test("bytes that are no answer are told as that, and nothing hangs", async (context) => {
  const { kafka, brokers } = await open(context, { nodes: [1] });
  brokers.intercept = ({ api }) => (api === "Metadata" ? { kind: "Bytes", bytes: frame("0000000300ffffffff0f") } : undefined);
  await assert.rejects(kafka.topics(), {
    code: "KafkaError",
    message: /The answer of Kafka at .* to Metadata v13 cannot be read/,
    details: { error: "MALFORMED_ANSWER" },
  });
});

test("an answer that announces more than there can be is refused before memory is asked for", async (context) => {
  const { kafka, brokers } = await open(context, { nodes: [1] });
  brokers.intercept = notOf("Metadata", { kind: "Bytes", bytes: Buffer.from("7fffffff00000003", "hex") });
  await assert.rejects(kafka.topics(), { code: "KafkaUnreachable", message: /what answers there is not Kafka/ });
});

test("what speaks another protocol is told as that", async (context) => {
  const server = createServer((socket) =>
    socket.on("error", () => undefined).on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  await assert.rejects(openKafka(targetOf([{ host: "127.0.0.1", port }]), { dial: dialer(), clock: testClock(), trace: () => undefined }), {
    message: /an HTTP server answers there/,
  });
});
