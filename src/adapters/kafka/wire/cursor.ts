import { internInts, internText } from "./intern.ts";

/** A place in a received message. The readers below move it on and throw RangeError where the bytes cannot be what is asked for. */
export type Cursor = { readonly bytes: Buffer; readonly view: DataView; at: number };

export const cursorOver = (bytes: Buffer, at = 0): Cursor => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
  at,
});

export const remaining = (cursor: Cursor): number => cursor.bytes.length - cursor.at;

/** Moves on by `length` bytes, which must be there, and returns where they begin. */
export function take(cursor: Cursor, length: number): number {
  const at = cursor.at;
  if (length < 0 || length > cursor.bytes.length - at)
    throw new RangeError(`${length} bytes are announced where ${remaining(cursor)} are left`);
  cursor.at = at + length;
  return at;
}

export const readInt8 = (cursor: Cursor): number => cursor.view.getInt8(take(cursor, 1));
export const readInt16 = (cursor: Cursor): number => cursor.view.getInt16(take(cursor, 2));
export const readUint16 = (cursor: Cursor): number => cursor.view.getUint16(take(cursor, 2));
export const readInt32 = (cursor: Cursor): number => cursor.view.getInt32(take(cursor, 4));
export const readUint32 = (cursor: Cursor): number => cursor.view.getUint32(take(cursor, 4));
export const readFloat64 = (cursor: Cursor): number => cursor.view.getFloat64(take(cursor, 8));
export const readBool = (cursor: Cursor): boolean => readInt8(cursor) !== 0;

/** As a number: exact up to 2^53, which every offset, time and size stays below. */
export function readInt64(cursor: Cursor): number {
  const at = take(cursor, 8);
  return cursor.view.getInt32(at) * 0x1_0000_0000 + cursor.view.getUint32(at + 4);
}

/** An unsigned number of at most 32 bits, seven bits to a byte, the lowest first. */
export function readVarint(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = cursor.view.getUint8(take(cursor, 1));
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw new RangeError("a number goes on for more than five bytes");
}

/** Length of a string, bytes or array, -1 for null: compact ones count from one so that zero is null. */
export const readCompactLength = (cursor: Cursor): number => readVarint(cursor) - 1;

export function readText(cursor: Cursor, length: number): string {
  const at = take(cursor, length);
  return internText(cursor.bytes, at, length);
}

/** A copy, so that the message around it can be freed. */
export function readBytes(cursor: Cursor, length: number): Buffer {
  const at = take(cursor, length);
  return Buffer.from(cursor.bytes.subarray(at, at + length));
}

export function readUuid(cursor: Cursor): string {
  const at = take(cursor, 16);
  return cursor.bytes.toString("base64url", at, at + 16);
}

/** Shared with other arrays of the same numbers, and frozen for that reason. */
export function readInts(cursor: Cursor, count: number): readonly number[] {
  const at = take(cursor, count * 4);
  return internInts(cursor.view, at, count);
}

/** Passes over tagged fields of any kind. */
export function skipTags(cursor: Cursor): void {
  for (let left = readVarint(cursor); left > 0; left -= 1) {
    readVarint(cursor);
    take(cursor, readVarint(cursor));
  }
}
