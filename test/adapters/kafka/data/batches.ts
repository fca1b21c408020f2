/** Record batches (magic 2) as a broker keeps them. */

export type TestRecord = {
  readonly key?: string | Buffer | null;
  readonly value?: string | Buffer | null;
  readonly headers?: readonly (readonly [string, string | null])[];
  readonly timestampMs?: number;
  /** Left out: the offset after the record before it. */
  readonly offset?: number;
};

export type TestBatch = {
  readonly baseOffset: number;
  readonly records: readonly TestRecord[];
  /** Left out: that of the last record. */
  readonly lastOffset?: number;
  readonly transactional?: boolean;
  readonly control?: boolean;
  readonly logAppendTime?: boolean;
  readonly codec?: number;
  readonly producerId?: number;
  readonly compress?: (records: Buffer) => Buffer;
};

function varint(value: number): Buffer {
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

const bytes = (content: string | Buffer | null | undefined): Buffer => {
  if (content === null || content === undefined) return varint(-1);
  const all = Buffer.from(content);
  return Buffer.concat([varint(all.length), all]);
};

function record({ key, value, headers = [], timestampMs = 0 }: TestRecord, offsetDelta: number, baseMs: number): Buffer {
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(timestampMs - baseMs),
    varint(offsetDelta),
    bytes(key),
    bytes(value),
    varint(headers.length),
    ...headers.flatMap(([name, content]) => [bytes(name), bytes(content)]),
  ]);
  return Buffer.concat([varint(body.length), body]);
}

export function batch(options: TestBatch): Buffer {
  const { baseOffset, records, codec = 0, producerId = -1, compress = (all: Buffer) => all } = options;
  const baseMs = records[0]?.timestampMs ?? 0;
  let offset = baseOffset - 1;
  const encoded = records.map((one) => {
    offset = one.offset ?? offset + 1;
    return record(one, offset - baseOffset, baseMs);
  });
  const lastOffset = options.lastOffset ?? offset;
  const packed = compress(Buffer.concat(encoded));
  const head = Buffer.alloc(61);
  head.writeBigInt64BE(BigInt(baseOffset), 0);
  head.writeInt32BE(49 + packed.length, 8);
  head.writeInt8(2, 16);
  head.writeInt16BE(codec | (options.logAppendTime ? 0x08 : 0) | (options.transactional ? 0x10 : 0) | (options.control ? 0x20 : 0), 21);
  head.writeInt32BE(lastOffset - baseOffset, 23);
  head.writeBigInt64BE(BigInt(baseMs), 27);
  head.writeBigInt64BE(BigInt(Math.max(baseMs, ...records.map(({ timestampMs = 0 }) => timestampMs))), 35);
  head.writeBigInt64BE(BigInt(producerId), 43);
  head.writeInt32BE(records.length, 57);
  return Buffer.concat([head, packed]);
}

/** The batch that ends a producer's transaction. */
export const marker = (baseOffset: number, producerId: number, kind: "abort" | "commit"): Buffer =>
  batch({
    baseOffset,
    producerId,
    transactional: true,
    control: true,
    records: [{ key: Buffer.from([0, 0, 0, kind === "abort" ? 0 : 1]), value: Buffer.alloc(6) }],
  });
