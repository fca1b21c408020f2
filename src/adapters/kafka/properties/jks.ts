import { createHash } from "node:crypto";
import { childOf, childrenOf, oidOf, readDer, tags } from "./der.ts";
import { needsPassword, type Passwords, type Store, toPem, UnreadableStore, wrongPassword } from "./store.ts";

// Java's own format, the default of its keytool before Java 9:
//   magic, version 1 or 2, count; entries: kind, alias, date, then a certificate, or a protected key and its chain; SHA-1 over all of it,
//   preceded by the password and a phrase. Sizes are 32 bits; texts are a 16-bit length and UTF-8.

const magic = 0xfeedfeed;
const kinds = { key: 1, certificate: 2 } as const;
const keyProtector = "1.3.6.1.4.1.42.2.17.1.1";
const digestBytes = 20;
const phrase = "Mighty Aphrodite";

export const isJks = (bytes: Buffer): boolean => bytes.length > 12 && bytes.readUInt32BE(0) === magic;

const sha1 = (...parts: readonly (Buffer | string)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha1")).digest();
const utf16 = (password: string): Buffer => Buffer.from(password, "utf16le").swap16();

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int(): number {
    return this.take(4).readUInt32BE();
  }

  take(length: number): Buffer {
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError("an entry is longer than the file");
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** A text; none of them matters here. */
  skipText(): void {
    this.take(this.take(2).readUInt16BE());
  }

  certificate(version: number): string {
    if (version === 2) this.skipText();
    return toPem("CERTIFICATE", this.take(this.int()));
  }
}

/** A key is hidden under a stream of digests that begins with the password and a salt, and followed by a digest of itself. */
function unprotect(bytes: Buffer, password: string | undefined): Buffer {
  if (password === undefined) throw needsPassword();
  const protectedKey = readDer(bytes);
  if (oidOf(childOf(childOf(protectedKey, 0, tags.sequence), 0, tags.oid)) !== keyProtector)
    throw new UnreadableStore("its key is protected in a way that is not Java's");
  const hidden = childrenOf(protectedKey)[1]?.content ?? Buffer.alloc(0);
  const secret = utf16(password);
  const body = hidden.subarray(digestBytes, -digestBytes);
  const key = Buffer.alloc(body.length);
  let stream = hidden.subarray(0, digestBytes);
  for (let at = 0; at < body.length; at += digestBytes) {
    stream = sha1(secret, stream);
    for (let index = at; index < Math.min(at + digestBytes, body.length); index += 1)
      key[index] = (body[index] ?? 0) ^ (stream[index - at] ?? 0);
  }
  if (!sha1(secret, key).equals(hidden.subarray(-digestBytes)))
    throw new UnreadableStore("the password of its key is wrong (ssl.key.password)");
  return key;
}

/** Reads a JKS file. Throws UnreadableStore, or RangeError for a damaged file. */
export function readJks(bytes: Buffer, { password, keyPassword }: Passwords): Store {
  const data = bytes.subarray(0, -digestBytes);
  if (password !== undefined && !sha1(utf16(password), phrase, data).equals(bytes.subarray(-digestBytes))) throw wrongPassword();
  const reader = new Reader(data);
  reader.take(4);
  const version = reader.int();
  const trusted: string[] = [];
  let key: Store["key"];
  for (let left = reader.int(); left > 0; left -= 1) {
    const kind = reader.int();
    reader.skipText();
    reader.take(8);
    if (kind === kinds.certificate) {
      trusted.push(reader.certificate(version));
      continue;
    }
    if (kind !== kinds.key) throw new RangeError(`an entry is of the unknown kind ${kind}`);
    const hidden = reader.take(reader.int());
    const chain = Array.from({ length: reader.int() }, () => reader.certificate(version));
    key ??= { pem: toPem("PRIVATE KEY", unprotect(hidden, keyPassword)), chain };
  }
  return { trusted, ...(key === undefined ? {} : { key }) };
}
