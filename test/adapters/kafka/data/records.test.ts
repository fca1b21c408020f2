import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { snappyCompress } from "@platformatic/wasm-utils/bundled";
import fc from "fast-check";
import { compressors, decompress } from "../../../../src/adapters/kafka/data/codecs.ts";
import { readRecordSet } from "../../../../src/adapters/kafka/data/fetched-records.ts";
import type { Isolation } from "../../../../src/ports/kafka-data.ts";
import { batch, type TestRecord } from "./batches.ts";

const set = (bytes: Buffer, from = 0, isolation: Isolation = "read_uncommitted") => ({ bytes, from, isolation, aborted: [] });

const content = fc.option(fc.string({ maxLength: 40 }), { nil: null });
const records: fc.Arbitrary<TestRecord[]> = fc.array(
  fc.record(
    {
      key: content,
      value: content,
      headers: fc.array(fc.tuple(fc.string({ maxLength: 5 }), content), { maxLength: 3 }),
      timestampMs: fc.integer({ min: 0, max: 4e12 }),
    },
    { noNullPrototype: true },
  ),
  { minLength: 1, maxLength: 20 },
);

const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString());

test("what was written is read, at any place of the log", async () => {
  await fc.assert(
    fc.asyncProperty(records, fc.integer({ min: 0, max: 2 ** 50 }), async (written, baseOffset) => {
      const { records: read, nextOffset } = await readRecordSet(set(batch({ baseOffset, records: written }), baseOffset));
      assert.equal(nextOffset, baseOffset + written.length);
      const seen = read.map(({ key, value, headers, timestampMs }) => ({
        key: text(key),
        value: text(value),
        headers: headers.map((header) => [header.key, text(header.value)]),
        timestampMs,
      }));
      assert.deepEqual(seen, written);
      assert.deepEqual(
        read.map(({ offset }) => offset - baseOffset),
        [...written.keys()],
      );
    }),
  );
});

const xerial = (bytes: Buffer): Buffer => {
  const block = snappyCompress(bytes);
  const head = Buffer.from("82534e4150505900000000010000000100000000", "hex");
  head.writeInt32BE(block.length, 16);
  return Buffer.concat([head, block]);
};

const packers: readonly (readonly [name: string, codec: number, pack: (bytes: Buffer) => Buffer | Promise<Buffer>])[] = [
  ["gzip", 1, gzipSync],
  ["snappy of this tool", 2, compressors.snappy],
  ["snappy in one block, as Java writes short batches", 2, xerial],
  ["snappy without blocks, as some clients write it", 2, snappyCompress],
  ["lz4", 3, compressors.lz4],
  ["zstd", 4, zstdCompressSync],
];

for (const [name, codec, pack] of packers) {
  test(`${name} is unpacked, and its damage noticed`, async () => {
    const written = Array.from({ length: 3000 }, (_, index) => ({ value: `record ${index} ${"x".repeat(index % 50)}` }));
    let plain = Buffer.alloc(0);
    batch({ baseOffset: 0, records: written, compress: (bytes) => (plain = Buffer.from(bytes)) });
    const packed = await pack(plain);
    const bytes = batch({ baseOffset: 0, records: written, codec, compress: () => Buffer.from(packed) });
    const { records: read } = await readRecordSet(set(bytes, 1000));
    assert.equal(read.length, 2000);
    assert.equal(text(read[0]?.value ?? null), `record 1000 ${"x".repeat(1000 % 50)}`);
    const cut = batch({ baseOffset: 0, records: written, codec, compress: () => packed.subarray(0, packed.length / 2) });
    await assert.rejects(readRecordSet(set(cut)));
  });
}

/** 9000 lines as the lz4 command packs them: blocks that refer to those before them, with checksums of each block and of the whole. */
const linkedLz4 = [
  "BCJNGFxAMOwBAAAAAABFPwEAAOFsaW5lIDAgbGlua2VkCg4AGTEOABkyDgAZMw4AGTQOABk1DgAZNg4AGTcOABk4DgAZOQ4AD4wA//////////",
  "//////////////////////////////////////////////////////////////////////////////////////////////////////////////",
  "//////////////////////////////////////////////////////////////////////////////////////////////////////////////",
  "//////////////////////////////////////////////////////////////////////////////////////////////////////////////",
  "/1dQZWQKbGn+M4zw9wAAAA/w//////////////////////////////////////////////////////////////////////////////////////",
  "//////////////////////////////////////////////////////////////////////////////////////////////////////////////",
  "//////////////////////////////////////////////////////////////////////////////////////////////////////////////",
  "///////////wVQbmtlZAqBlYRhAAAAAHwlwf8=",
].join("");

test("lz4 frames of other writers are unpacked: linked blocks, checksums, content size", async () => {
  const lines = Array.from({ length: 9000 }, (_, index) => `line ${index % 10} linked\n`).join("");
  assert.equal((await decompress(3, Buffer.from(linkedLz4, "base64"))).toString(), lines);
});

test("the end of an answer may be cut inside a batch", async () => {
  const whole = batch({ baseOffset: 0, records: [{ value: "a" }] });
  for (let length = 0; length < whole.length; length += 1) {
    const { records: read, nextOffset } = await readRecordSet(set(Buffer.concat([whole, whole.subarray(0, length)])));
    assert.deepEqual([read.length, nextOffset], [1, 1]);
  }
});

test("arbitrary bytes are read as nothing or refused, in bounded time", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (noise) => {
      const head = batch({ baseOffset: 0, records: [{ value: "a" }] });
      const bytes = Buffer.concat([head.subarray(0, 61), noise]);
      bytes.writeInt32BE(49 + noise.length, 8);
      await readRecordSet(set(bytes)).catch((error: unknown) => assert.ok(error instanceof RangeError, String(error)));
    }),
  );
});

test("formats before magic 2 and unknown compressions are refused by name", async () => {
  const old = batch({ baseOffset: 0, records: [{ value: "a" }] });
  old.writeInt8(1, 16);
  await assert.rejects(readRecordSet(set(old)), /old message format 1/);
  await assert.rejects(readRecordSet(set(batch({ baseOffset: 0, records: [{ value: "a" }], codec: 5 }))), { code: "UnsupportedByBroker" });
});

test("a broken batch does not hide the ones before it", async () => {
  const broken = batch({ baseOffset: 1, records: [{ value: "b" }] });
  broken.writeInt32BE(2, 57);
  const { records: read, nextOffset } = await readRecordSet(
    set(Buffer.concat([batch({ baseOffset: 0, records: [{ value: "a" }] }), broken])),
  );
  assert.deepEqual([read.length, nextOffset], [1, 1]);
});

test("with LogAppendTime the batch's time counts", async () => {
  const bytes = batch({
    baseOffset: 0,
    logAppendTime: true,
    records: [
      { value: "a", timestampMs: 5 },
      { value: "b", timestampMs: 9 },
    ],
  });
  const { records: read } = await readRecordSet(set(bytes));
  assert.deepEqual(
    read.map(({ timestampMs, timestampType }) => [timestampMs, timestampType]),
    [
      [9, "LogAppendTime"],
      [9, "LogAppendTime"],
    ],
  );
});
