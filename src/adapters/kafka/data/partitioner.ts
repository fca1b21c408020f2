const seed = 0x9747b28c;
const mix = 0x5bd1e995;

/** The 32-bit murmur2 of Kafka's Java client. */
export function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length & ~3;
  let hash = seed ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    const word = Math.imul(view.getInt32(at, true), mix);
    hash = Math.imul(hash, mix) ^ Math.imul(word ^ (word >>> 24), mix);
  }
  let rest = 0;
  for (let at = bytes.length - 1; at >= whole; at -= 1) rest = (rest << 8) | view.getUint8(at);
  if (bytes.length > whole) hash = Math.imul(hash ^ rest, mix);
  hash = Math.imul(hash ^ (hash >>> 13), mix);
  return hash ^ (hash >>> 15);
}

/** Where Java's producer puts a key by default, so that all of a key's records meet in one partition whoever wrote them. */
export const partitionOfKey = (key: Uint8Array, partitions: number): number => (murmur2(key) & 0x7fff_ffff) % partitions;
