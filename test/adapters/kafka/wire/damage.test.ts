import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cursorOver, readVarint } from "../../../../src/adapters/kafka/wire/cursor.ts";
import { decodeResponse } from "../../../../src/adapters/kafka/wire/request.ts";
import { messageOf } from "../../../../src/adapters/kafka/wire/schema.ts";
import { decode, encode, everyVersion, messageArbitrary } from "./arbitrary.ts";

const answers = everyVersion.filter(({ message }) => message.name.endsWith("Response"));
const anyAnswer = fc
  .constantFrom(...answers)
  .chain(({ message, version }) =>
    messageArbitrary(message, version).map((value) => ({ message, version, bytes: encode(message, version, value) })),
  );

test("a message that was cut off is refused wherever it was cut", () => {
  const property = fc.property(anyAnswer, fc.nat(), ({ message, version, bytes }, cut) => {
    fc.pre(bytes.length > 0);
    assert.throws(() => decode(message, version, bytes.subarray(0, cut % bytes.length)), RangeError, `${message.name} v${version}`);
  });
  fc.assert(property, { numRuns: 500 });
});

test("damaged bytes are read or refused, and nothing else happens", () => {
  const property = fc.property(anyAnswer, fc.nat(), fc.nat(255), ({ message, version, bytes }, place, byte) => {
    fc.pre(bytes.length > 0);
    const damaged = Buffer.from(bytes);
    damaged[place % damaged.length] = byte;
    try {
      decode(message, version, damaged);
    } catch (error) {
      assert.ok(error instanceof RangeError, `${message.name} v${version}: ${String(error)}`);
    }
  });
  fc.assert(property, { numRuns: 1000 });
});

test("what is left over is refused", () => {
  const { bytes, message, version } = fc.sample(anyAnswer, 1)[0] ?? assert.fail();
  assert.throws(() => decode(message, version, Buffer.concat([bytes, Buffer.alloc(1)])), /1 bytes are left over/);
});

test("a count of elements that cannot be there reserves nothing", () => {
  const bytes = Buffer.from(`00000000${"7fffffff"}00`, "hex");
  assert.throws(() => decode(messageOf("DescribeGroupsResponse"), 1, bytes), /announces 2147483647 elements in 1 bytes/);
  assert.throws(
    () => decode(messageOf("ListPartitionReassignmentsResponse"), 0, Buffer.from("000000000000000affffffff0f", "hex")),
    RangeError,
  );
});

test("a tagged field whose size is not its own is refused", () => {
  assert.throws(
    () => decode(messageOf("ApiVersionsResponse"), 3, Buffer.from("000001000000000101090000000000000007aa", "hex")),
    /not of the 9 bytes/,
  );
  assert.throws(
    () => decode(messageOf("ApiVersionsResponse"), 3, Buffer.from("0000010000000001ffffffff0fffffffff0f", "hex")),
    /bytes are announced/,
  );
});

test("a number of seven-bit bytes ends after five", () => {
  assert.throws(() => readVarint(cursorOver(Buffer.alloc(8, 0xff))), /more than five bytes/);
  assert.throws(() => readVarint(cursorOver(Buffer.alloc(2, 0xff))), RangeError);
});

test("fields in a response's header are passed over", () => {
  const body = encode(messageOf("DescribeClusterResponse"), 0, { clusterId: "c", brokers: [] });
  const frame = Buffer.concat([Buffer.from("00000001", "hex"), Buffer.from("0105020102", "hex"), body]);
  assert.equal((decodeResponse("DescribeCluster", 0, { frame }) as { clusterId: string }).clusterId, "c");
});
