import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as read from "../../../../src/adapters/kafka/wire/cursor.ts";
import * as write from "../../../../src/adapters/kafka/wire/sink.ts";

type Pair<T> = {
  readonly values: fc.Arbitrary<T>;
  readonly write: (sink: write.Sink, value: T) => void;
  readonly read: (cursor: read.Cursor) => T;
};

function agree<T>({ values, write: put, read: take }: Pair<T>): void {
  const property = fc.property(fc.array(values, { minLength: 1, maxLength: 8 }), (list) => {
    const sink = write.newSink(1);
    for (const value of list) put(sink, value);
    const cursor = read.cursorOver(Buffer.from(write.written(sink)));
    assert.deepEqual(
      list.map(() => take(cursor)),
      list,
    );
    assert.equal(read.remaining(cursor), 0);
  });
  fc.assert(property);
}

test("numbers", () => {
  agree({ values: fc.maxSafeInteger(), write: write.writeInt64, read: read.readInt64 });
  agree({ values: fc.integer(), write: write.writeInt32, read: read.readInt32 });
  agree({ values: fc.nat(0xffff_ffff), write: write.writeVarint, read: read.readVarint });
  agree({ values: fc.double({ noNaN: true }), write: write.writeFloat64, read: read.readFloat64 });
});

test("64 bits beyond what a number holds are read as the nearest number, and never written", () => {
  const most = read.cursorOver(Buffer.from("7fffffffffffffff", "hex"));
  assert.equal(read.readInt64(most), 2 ** 63);
  assert.throws(() => write.writeInt64(write.newSink(), 2 ** 53), RangeError);
  assert.throws(() => write.writeInt64(write.newSink(), 0.5), RangeError);
});

test("a number that does not fit its field is refused", () => {
  assert.throws(() => write.writeInt16(write.newSink(), 40_000), RangeError);
  assert.throws(() => write.writeUuid(write.newSink(), "short"), RangeError);
});

test("texts of any length, and equal ones that are short become one", () => {
  const values = fc.string({ unit: "grapheme", maxLength: 100 });
  const length = (value: string): number => Buffer.byteLength(value);
  agree({
    values,
    write: (sink, value) => {
      write.writeCompactLength(sink, length(value));
      write.writeText(sink, value);
    },
    read: (cursor) => read.readText(cursor, read.readCompactLength(cursor)),
  });
});

test("lists of numbers of any length; those that are shared cannot be changed", () => {
  const ids = Buffer.from("000000010000000200000001", "hex");
  const list = read.readInts(read.cursorOver(ids), 3);
  assert.deepEqual(list, [1, 2, 1]);
  assert.equal(read.readInts(read.cursorOver(Buffer.from(ids)), 3), list);
  assert.throws(() => (list as number[]).push(4), TypeError);
  const long = Buffer.alloc(400, 1);
  assert.deepEqual(read.readInts(read.cursorOver(long), 100), new Array(100).fill(0x01010101));
  assert.throws(() => read.readInts(read.cursorOver(long), 101), RangeError);
});

test("bytes that were read outlive the message they came in", () => {
  const message = Buffer.from("0102", "hex");
  const bytes = read.readBytes(read.cursorOver(message), 2);
  message.fill(0);
  assert.deepEqual(bytes, Buffer.from("0102", "hex"));
});
