import type { KafkaRecord, RecordHeader } from "../../../ports/kafka-data.ts";

/** The fields of a record batch (magic 2) before its records. */
export type BatchHead = {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly codec: number;
  readonly logAppendTime: boolean;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs: number;
  readonly producerId: bigint;
  readonly count: number;
  /** Where its records begin and where the batch ends. */
  readonly recordsAt: number;
  readonly end: number;
};

const headBytes = 61;
const lengthEnd = 12;

const flags = { codec: 0x07, logAppendTime: 0x08, transactional: 0x10, control: 0x20 } as const;

const readInt64 = (bytes: Buffer, at: number): number => bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);

/**
 * The batch that begins at `at`; undefined when the bytes end before it does, as they may at the end of an answer. Throws RangeError for
 * a format before magic 2, which brokers stopped writing with Kafka 0.11.
 */
export function readBatchHead(bytes: Buffer, at: number): BatchHead | undefined {
  if (bytes.length - at < headBytes) return undefined;
  const end = at + lengthEnd + bytes.readInt32BE(at + 8);
  if (end > bytes.length) return undefined;
  const magic = bytes.readInt8(at + 16);
  if (magic !== 2) throw new RangeError(`records are in the old message format ${magic}`);
  if (end < at + headBytes) throw new RangeError("a batch is shorter than its head");
  const baseOffset = readInt64(bytes, at);
  const attributes = bytes.readInt16BE(at + 21);
  return {
    baseOffset,
    lastOffset: baseOffset + bytes.readInt32BE(at + 23),
    codec: attributes & flags.codec,
    logAppendTime: (attributes & flags.logAppendTime) !== 0,
    isTransactional: (attributes & flags.transactional) !== 0,
    isControl: (attributes & flags.control) !== 0,
    baseTimestampMs: readInt64(bytes, at + 27),
    maxTimestampMs: readInt64(bytes, at + 35),
    producerId: bytes.readBigInt64BE(at + 43),
    count: bytes.readInt32BE(at + 57),
    recordsAt: at + headBytes,
    end,
  };
}

type Cursor = { readonly bytes: Buffer; at: number };

/** A zigzag number of up to 64 bits, exact up to 2^53. */
function readVarint(cursor: Cursor): number {
  let value = 0;
  let scale = 1;
  for (let size = 1; size <= 10; size += 1) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) break;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    scale *= 128;
  }
  throw new RangeError("a number does not end");
}

/** A view into the batch; null for length -1. */
function readBytes(cursor: Cursor): Buffer | null {
  const length = readVarint(cursor);
  if (length < 0) return null;
  const from = cursor.at;
  cursor.at += length;
  if (cursor.at > cursor.bytes.length) throw new RangeError(`${length} bytes are announced where ${cursor.bytes.length - from} are left`);
  return cursor.bytes.subarray(from, cursor.at);
}

const noHeaders: readonly RecordHeader[] = [];

function readHeaders(cursor: Cursor): readonly RecordHeader[] {
  const count = readVarint(cursor);
  if (count <= 0) return noHeaders;
  return Array.from({ length: count }, () => ({ key: readBytes(cursor)?.toString("utf8") ?? "", value: readBytes(cursor) }));
}

/** The batch's records from offset `from` on; `bytes` begin with the first record, decompressed. Throws RangeError when they cannot be records. */
export function readRecords(head: BatchHead, bytes: Buffer, from: number): KafkaRecord[] {
  const cursor: Cursor = { bytes, at: 0 };
  const records: KafkaRecord[] = [];
  const timestampType = head.logAppendTime ? "LogAppendTime" : "CreateTime";
  for (let index = 0; index < head.count; index += 1) {
    const length = readVarint(cursor);
    const end = cursor.at + length;
    cursor.at += 1;
    const timestampMs = head.baseTimestampMs + readVarint(cursor);
    const offset = head.baseOffset + readVarint(cursor);
    if (offset >= from) {
      const key = readBytes(cursor);
      const value = readBytes(cursor);
      const headers = readHeaders(cursor);
      records.push({ offset, timestampMs: head.logAppendTime ? head.maxTimestampMs : timestampMs, timestampType, key, value, headers });
    }
    if (end > bytes.length || (offset >= from && cursor.at !== end)) throw new RangeError(`record ${offset} is not as long as it says`);
    cursor.at = end;
  }
  return records;
}
