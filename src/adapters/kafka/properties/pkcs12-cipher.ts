import { createDecipheriv, createHash, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import { childOf, childrenOf, type Der, integerOf, oidOf, tags } from "./der.ts";
import { UnreadableStore, wrongPassword } from "./store.ts";

const pbes2 = "1.2.840.113549.1.5.13";
const pbkdf2 = "1.2.840.113549.1.5.12";
const tripleDes = "1.2.840.113549.1.12.1.3";

const ciphers: Readonly<Record<string, readonly [name: string, keyBytes: number]>> = {
  "2.16.840.1.101.3.4.1.2": ["aes-128-cbc", 16],
  "2.16.840.1.101.3.4.1.22": ["aes-192-cbc", 24],
  "2.16.840.1.101.3.4.1.42": ["aes-256-cbc", 32],
  "1.2.840.113549.3.7": ["des-ede3-cbc", 24],
};

const hmacs: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};

type Hash = { readonly name: string; readonly blockBytes: number };

const hashes: Readonly<Record<string, Hash>> = {
  "1.3.14.3.2.26": { name: "sha1", blockBytes: 64 },
  "2.16.840.1.101.3.4.2.1": { name: "sha256", blockBytes: 64 },
  "2.16.840.1.101.3.4.2.2": { name: "sha384", blockBytes: 128 },
  "2.16.840.1.101.3.4.2.3": { name: "sha512", blockBytes: 128 },
};

/** Old ciphers that neither Node nor any current browser has any more, among them RC2 with 40 bits, Java's choice until 2021. */
const tooOld = (what: string): UnreadableStore => new UnreadableStore(`it is encrypted in a way that is not supported any more (${what})`);

const mostRounds = 10_000_000;

function roundsOf(der: Der): number {
  const rounds = integerOf(der);
  if (!(rounds >= 1 && rounds <= mostRounds)) throw new RangeError(`${rounds} rounds of hashing are announced`);
  return rounds;
}

/** What the derived bytes are for, as RFC 7292 B.3 numbers it. */
const purposes = { key: 1, iv: 2, mac: 3 } as const;

type Derivation = {
  readonly hash: Hash;
  readonly salt: Buffer;
  readonly rounds: number;
  readonly purpose: keyof typeof purposes;
  readonly length: number;
};

/** `bytes` again and again until a multiple of `block` is full. */
const fill = (bytes: Buffer, block: number): Buffer => Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes);

/** Adds the number `b` + 1 to each block of `blocks`, most significant byte first. */
function addToBlocks(blocks: Buffer, b: Buffer): void {
  for (let from = 0; from < blocks.length; from += b.length) {
    let carry = 1;
    for (let at = b.length - 1; at >= 0; at -= 1) {
      carry += (blocks[from + at] ?? 0) + (b[at] ?? 0);
      blocks[from + at] = carry & 0xff;
      carry >>= 8;
    }
  }
}

/** The key derivation of PKCS #12 (RFC 7292, appendix B.2). The password goes in as UTF-16 with a zero after it. */
export function derive(password: string, { hash, salt, rounds, purpose, length }: Derivation): Buffer {
  const { name, blockBytes } = hash;
  const secret = Buffer.from(`${password}\0`, "utf16le").swap16();
  const diversifier = Buffer.alloc(blockBytes, purposes[purpose]);
  const input = Buffer.concat([fill(salt, blockBytes), fill(secret, blockBytes)]);
  const derived: Buffer[] = [];
  for (let size = 0; size < length; size += derived.at(-1)?.length ?? 1) {
    let digest = createHash(name).update(diversifier).update(input).digest();
    for (let round = 1; round < rounds; round += 1) digest = createHash(name).update(digest).digest();
    derived.push(digest);
    addToBlocks(input, Buffer.alloc(blockBytes, digest));
  }
  return Buffer.concat(derived).subarray(0, length);
}

type Keyed = { readonly cipher: string; readonly key: Buffer; readonly iv: Buffer };

function keyForPbes2(parameters: Der, password: string): Keyed {
  const [kdf, encryption] = childrenOf(parameters);
  if (kdf === undefined || encryption === undefined || oidOf(childOf(kdf, 0, tags.oid)) !== pbkdf2) throw tooOld("PBES2 without PBKDF2");
  const [salt, rounds, ...optional] = childrenOf(childOf(kdf, 1, tags.sequence));
  const prf = optional.find(({ tag }) => tag === tags.sequence);
  const hmac = prf === undefined ? "sha1" : hmacs[oidOf(childOf(prf, 0, tags.oid))];
  const oid = oidOf(childOf(encryption, 0, tags.oid));
  const cipher = ciphers[oid];
  if (salt === undefined || rounds === undefined || hmac === undefined || cipher === undefined) throw tooOld(`PBES2 ${oid}`);
  const [name, keyBytes] = cipher;
  const key = pbkdf2Sync(Buffer.from(password, "utf8"), salt.content, roundsOf(rounds), keyBytes, hmac);
  return { cipher: name, key, iv: childOf(encryption, 1, tags.octets).content };
}

function keyForTripleDes(parameters: Der, password: string): Keyed {
  const salt = childOf(parameters, 0, tags.octets).content;
  const rounds = roundsOf(childOf(parameters, 1, tags.integer));
  const from = { hash: { name: "sha1", blockBytes: 64 }, salt, rounds };
  return {
    cipher: "des-ede3-cbc",
    key: derive(password, { ...from, purpose: "key", length: 24 }),
    iv: derive(password, { ...from, purpose: "iv", length: 8 }),
  };
}

/** Undoes a password-based encryption, named by its AlgorithmIdentifier. Throws UnreadableStore. */
export function decrypt(algorithm: Der, bytes: Buffer, password: string): Buffer {
  const oid = oidOf(childOf(algorithm, 0, tags.oid));
  if (oid !== pbes2 && oid !== tripleDes) throw tooOld(oid === "1.2.840.113549.1.12.1.6" ? "RC2 with 40 bits" : oid);
  const parameters = childOf(algorithm, 1, tags.sequence);
  const { cipher, key, iv } = oid === pbes2 ? keyForPbes2(parameters, password) : keyForTripleDes(parameters, password);
  const decipher = createDecipheriv(cipher, key, iv);
  try {
    return Buffer.concat([decipher.update(bytes), decipher.final()]);
  } catch {
    throw wrongPassword();
  }
}

/** Checks the store's MacData over its contents: the sure sign of a right password. */
export function checkMac(macData: Der, contents: Buffer, password: string): void {
  const [digestInfo, salt, rounds] = childrenOf(macData);
  if (digestInfo === undefined || salt === undefined) throw new RangeError("its checksum cannot be read");
  const oid = oidOf(childOf(childOf(digestInfo, 0, tags.sequence), 0, tags.oid));
  const hash = hashes[oid];
  if (hash === undefined) throw tooOld(`checksum ${oid}`);
  const expected = childOf(digestInfo, 1, tags.octets).content;
  const count = rounds === undefined ? 1 : roundsOf(rounds);
  const key = derive(password, { hash, salt: salt.content, rounds: count, purpose: "mac", length: createHash(hash.name).digest().length });
  const found = createHmac(hash.name, key).update(contents).digest();
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) throw wrongPassword();
}
