import { Buffer } from "node:buffer";
import { gunzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { AppError } from "../../../model/errors.ts";

type Wasm = typeof import("@platformatic/wasm-utils/bundled");

/** 60 KB of WebAssembly: loaded when the first batch needs it. */
const loadWasm = (): Promise<Wasm> => import("@platformatic/wasm-utils/bundled");

/** The framing of Java's snappy library, which Kafka's clients use: this header, then blocks with their lengths. */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeader = Buffer.concat([xerialMagic, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])]);
const xerialBlock = 32 * 1024;

async function compressSnappy(bytes: Buffer): Promise<Buffer> {
  const { snappyCompress } = await loadWasm();
  const parts: Buffer[] = [xerialHeader];
  for (let at = 0; at < bytes.length; at += xerialBlock) {
    const block = snappyCompress(bytes.subarray(at, at + xerialBlock));
    const size = Buffer.alloc(4);
    size.writeInt32BE(block.length);
    parts.push(size, block);
  }
  return Buffer.concat(parts);
}

async function decompressSnappy(bytes: Buffer): Promise<Buffer> {
  const { snappyDecompress } = await loadWasm();
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return snappyDecompress(bytes);
  const parts: Buffer[] = [];
  let at = xerialHeader.length;
  while (at < bytes.length) {
    const end = at + 4 + bytes.readInt32BE(at);
    if (end > bytes.length || end < at + 4) throw new RangeError("a snappy block is longer than its batch");
    parts.push(snappyDecompress(bytes.subarray(at + 4, end)));
    at = end;
  }
  return Buffer.concat(parts);
}

/** gzip is kafkajs's own. */
export const compressors = {
  snappy: compressSnappy,
  lz4: async (bytes: Buffer): Promise<Buffer> => (await loadWasm()).lz4Compress(bytes),
  zstd: async (bytes: Buffer): Promise<Buffer> => zstdCompressSync(bytes),
};

/** By the number that a record batch carries in its attributes. */
const decompressors: Readonly<Record<number, (bytes: Buffer) => Buffer | Promise<Buffer>>> = {
  1: gunzipSync,
  2: decompressSnappy,
  3: async (bytes) => (await loadWasm()).lz4Decompress(bytes),
  4: zstdDecompressSync,
};

/** The records of a batch. Throws AppError UnsupportedByBroker for a compression that is not known here, and what the library throws for broken data. */
export async function decompress(codec: number, bytes: Buffer): Promise<Buffer> {
  const known = decompressors[codec];
  if (known === undefined)
    throw new AppError("UnsupportedByBroker", `records are compressed in a way that this tool does not know (codec ${codec})`);
  return known(bytes);
}
