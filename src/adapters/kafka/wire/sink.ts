/** Bytes being written; they grow as needed. */
export type Sink = { bytes: Buffer; at: number };

export const newSink = (size = 256): Sink => ({ bytes: Buffer.allocUnsafe(size), at: 0 });

/** What was written so far, not copied. */
export const written = (sink: Sink): Buffer => sink.bytes.subarray(0, sink.at);

/** Makes room for `length` bytes and returns where they go. */
function grow(sink: Sink, length: number): number {
  const at = sink.at;
  sink.at = at + length;
  if (sink.at > sink.bytes.length) {
    const larger = Buffer.allocUnsafe(Math.max(sink.at, sink.bytes.length * 2));
    sink.bytes.copy(larger, 0, 0, at);
    sink.bytes = larger;
  }
  return at;
}

const fixed =
  (length: number, put: (bytes: Buffer, value: number, at: number) => void) =>
  (sink: Sink, value: number): void => {
    const at = grow(sink, length);
    put(sink.bytes, value, at);
  };

export const writeInt8 = fixed(1, (bytes, value, at) => bytes.writeInt8(value, at));
export const writeUint8 = fixed(1, (bytes, value, at) => bytes.writeUInt8(value, at));
export const writeInt16 = fixed(2, (bytes, value, at) => bytes.writeInt16BE(value, at));
export const writeUint16 = fixed(2, (bytes, value, at) => bytes.writeUInt16BE(value, at));
export const writeInt32 = fixed(4, (bytes, value, at) => bytes.writeInt32BE(value, at));
export const writeUint32 = fixed(4, (bytes, value, at) => bytes.writeUInt32BE(value, at));
export const writeFloat64 = fixed(8, (bytes, value, at) => bytes.writeDoubleBE(value, at));
export const writeBool = (sink: Sink, value: boolean): void => writeInt8(sink, value ? 1 : 0);

export function writeInt64(sink: Sink, value: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no whole number below 2^53`);
  const at = grow(sink, 8);
  sink.bytes.writeInt32BE(Math.floor(value / 0x1_0000_0000), at);
  sink.bytes.writeUInt32BE((value % 0x1_0000_0000) >>> 0, at + 4);
}

export function writeVarint(sink: Sink, value: number): void {
  let rest = value;
  while (rest > 0x7f) {
    writeUint8(sink, (rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  writeUint8(sink, rest);
}

/** `length` -1 stands for null. */
export const writeCompactLength = (sink: Sink, length: number): void => writeVarint(sink, length + 1);

export function writeText(sink: Sink, value: string): void {
  const length = Buffer.byteLength(value);
  const at = grow(sink, length);
  sink.bytes.write(value, at, length, "utf8");
}

export function writeBytes(sink: Sink, value: Uint8Array): void {
  const at = grow(sink, value.length);
  sink.bytes.set(value, at);
}

/** `value` in unpadded URL-safe base64, as Kafka prints it. */
export function writeUuid(sink: Sink, value: string): void {
  const bytes = Buffer.from(value, "base64url");
  if (bytes.length !== 16) throw new RangeError(`"${value}" is no UUID of Kafka's`);
  writeBytes(sink, bytes);
}
