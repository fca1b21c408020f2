/** One value of ASN.1 as DER writes it; `whole` has its tag and length. */
export type Der = { readonly tag: number; readonly content: Buffer; readonly whole: Buffer };

export const tags = { integer: 0x02, octets: 0x04, oid: 0x06, sequence: 0x30, set: 0x31, explicit0: 0xa0, implicit0: 0x80 } as const;

/** The length's value and how many bytes it took. Throws RangeError for BER's open lengths and for nonsense. */
function readLength(bytes: Buffer, at: number): { length: number; size: number } {
  const first = bytes.readUInt8(at);
  if (first < 0x80) return { length: first, size: 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new RangeError("the length of a value cannot be read");
  return { length: bytes.readUIntBE(at + 1, count), size: 1 + count };
}

/** The value that begins at `at`. Throws RangeError when there is none. */
export function readDer(bytes: Buffer, at = 0): Der {
  const tag = bytes.readUInt8(at);
  const { length, size } = readLength(bytes, at + 1);
  const from = at + 1 + size;
  if (from + length > bytes.length) throw new RangeError("a value is longer than what holds it");
  return { tag, content: bytes.subarray(from, from + length), whole: bytes.subarray(at, from + length) };
}

/** The values inside a sequence, a set or an explicit tag. */
export function childrenOf({ content }: Der): Der[] {
  const children: Der[] = [];
  for (let at = 0; at < content.length; at += children.at(-1)?.whole.length ?? 1) children.push(readDer(content, at));
  return children;
}

/** The child at `index`; throws RangeError unless it is there and has the tag. */
export function childOf(der: Der, index: number, tag: number): Der {
  const child = childrenOf(der)[index];
  if (child?.tag !== tag) throw new RangeError("a value is not of the kind that belongs there");
  return child;
}

/** A small number. */
export const integerOf = ({ content }: Der): number => (content.length > 6 ? Number.NaN : content.readIntBE(0, content.length));

/** An object identifier with its dots. */
export function oidOf({ content }: Der): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      parts.push(value);
      value = 0;
    }
  }
  const [first = 0, ...rest] = parts;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join(".");
}
