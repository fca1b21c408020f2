import assert from "node:assert/strict";
import { Duplex, PassThrough } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { BrokerSocket, type SocketError } from "../../../../src/adapters/kafka/data/broker-socket.ts";
import { dataFault } from "../../../../src/adapters/kafka/data/faults.ts";
import { newHandoff } from "../../../../src/adapters/kafka/data/handoff.ts";
import { murmur2, partitionOfKey } from "../../../../src/adapters/kafka/data/partitioner.ts";
import { cutRanges } from "../../../../src/adapters/kafka/data/range-assignor.ts";
import { AppError } from "../../../../src/model/errors.ts";

/** From Java's Utils.murmur2. */
const hashes: readonly (readonly [string, number])[] = [
  ["", 275646681],
  ["a", -1563381124],
  ["ab", 316155434],
  ["abc", 479470107],
  ["abcd", -1323649548],
  ["abcde", 461995741],
  ["21", -973932308],
  ["foobar", -790332482],
  ["a-little-bit-long-string", -985981536],
  ["häß€😀", -2116301173],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
];

test("keys go where Java's producer puts them", () => {
  for (const [key, hash] of hashes) assert.equal(murmur2(Buffer.from(key)), hash, key);
  assert.equal(partitionOfKey(Buffer.from("21"), 10), (-973932308 & 0x7fffffff) % 10);
});

test("ranges cover every partition once, in order, and differ by one at most", () => {
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 20 }), (count, members) => {
      const ranges = cutRanges(count, members);
      assert.deepEqual(ranges.flat(), [...Array(count).keys()]);
      const sizes = ranges.map(({ length }) => length);
      assert.deepEqual(
        sizes,
        sizes.toSorted((a, b) => b - a),
      );
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
    }),
  );
});

test("a value is at hand until the next is asked for", async () => {
  const handoff = newHandoff<number>();
  const order: string[] = [];
  const puts = [1, 2].map((value) => handoff.put(value).then(() => order.push(`done ${value}`)));
  order.push(`got ${await handoff.next()}`);
  order.push(`got ${await handoff.next()}`);
  await puts[0];
  handoff.close();
  await Promise.all(puts);
  assert.deepEqual(order, ["got 1", "done 1", "got 2", "done 2"]);
  assert.equal(await handoff.next(), undefined);
  await handoff.put(3);
});

test("a failure reaches the reader and releases the writers", async () => {
  const handoff = newHandoff<number>();
  const put = handoff.put(1);
  handoff.fail(new Error("gone"));
  await put;
  await assert.rejects(handoff.next(), /gone/);
});

const peer = { host: "b", port: 9092, via: "b:9092" };

function socketOver(stream: Promise<Duplex>): { socket: BrokerSocket; told: Promise<string> } {
  let open = "";
  const socket = new BrokerSocket({ peer, open: () => stream, onConnect: () => (open = "open, ") });
  const told = new Promise<string>((resolve) => {
    socket.on("end", () => resolve(`${open}end`));
    socket.on("error", (error: SocketError) => resolve(`${open}${error.fault.code}: ${error.fault.message}`));
  });
  return { socket, told };
}

test("kafkajs is told of every way in which a stream ends", async () => {
  assert.match(await socketOver(Promise.reject(new Error("no pod"))).told, /^KafkaUnreachable: .*no pod/);
  const ended = new PassThrough();
  const first = socketOver(Promise.resolve(ended));
  await new Promise(setImmediate);
  ended.end();
  assert.equal(await first.told, "open, end");
  const destroyed = new Duplex({ read: () => undefined });
  const second = socketOver(Promise.resolve(destroyed));
  await new Promise(setImmediate);
  destroyed.destroy();
  assert.match(await second.told, /^open, KafkaUnreachable: .*the connection was closed/);
});

test("a socket that kafkajs gave up while it was opened says no more, and lets go of what opens late", async () => {
  const late = new PassThrough();
  const opened = Promise.withResolvers<Duplex>();
  const { socket, told } = socketOver(opened.promise);
  socket.end();
  opened.resolve(late);
  assert.equal(await Promise.race([told, new Promise((resolve) => late.on("close", () => resolve("closed")))]), "closed");
  const failing = Promise.withResolvers<Duplex>();
  const second = socketOver(failing.promise);
  second.socket.destroy();
  failing.reject(new Error("aborted"));
  assert.equal(await Promise.race([second.told, new Promise((resolve) => setTimeout(resolve, 5, "nothing"))]), "nothing");
});

test("a listener that speaks TLS, or no Kafka at all, is recognized by its first bytes", async () => {
  const tls = new PassThrough();
  const first = socketOver(Promise.resolve(tls));
  tls.write(Buffer.from("15030300020250", "hex"));
  assert.match(await first.told, /the listener speaks TLS/);
  const http = new PassThrough();
  const second = socketOver(Promise.resolve(http));
  http.write("HTTP/1.1 400 Bad Request\r\n");
  assert.match(await second.told, /an HTTP server answers there/);
});

test("kafkajs's errors become faults a person can act on", () => {
  const target = { bootstrap: [{ host: "b", port: 9092 }], security: {}, route: { kind: "Direct" }, via: "b:9092" } as const;
  const sockets = new Map([["b:9092", new AppError("TlsFailed", "not trusted")]]);
  const codeOf = (name: string, more: object = {}): string => {
    const fault = dataFault(Object.assign(new Error("text"), { name, ...more }), { target, sockets, subject: "topic t" });
    return fault instanceof AppError ? `${fault.code} ${fault.details.error ?? fault.details.reason ?? ""}`.trim() : "a bug";
  };
  assert.equal(codeOf("KafkaJSConnectionError", { broker: "b:9092" }), "TlsFailed");
  assert.equal(codeOf("KafkaJSConnectionClosedError", { broker: "c:9092" }), "KafkaUnreachable ConnectionLost");
  assert.equal(codeOf("KafkaJSSASLAuthenticationError"), "KafkaAuthenticationFailed");
  assert.equal(codeOf("KafkaJSRequestTimeoutError"), "Timeout");
  assert.equal(codeOf("KafkaJSProtocolError", { type: "UNKNOWN_TOPIC_OR_PARTITION", code: 3 }), "NotFound UNKNOWN_TOPIC_OR_PARTITION");
  assert.equal(codeOf("KafkaJSProtocolError", { type: "UNKNOWN", code: 89 }), "KafkaError THROTTLING_QUOTA_EXCEEDED");
  assert.equal(
    codeOf("KafkaJSNumberOfRetriesExceeded", { cause: Object.assign(new Error(""), { type: "INVALID_RECORD", code: 87 }) }),
    "KafkaError INVALID_RECORD",
  );
  assert.equal(codeOf("TypeError"), "a bug");
});
