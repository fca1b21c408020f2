import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** The client's side of one SCRAM exchange (RFC 5802): two messages to send, and a check of the server's last. */
export type ScramClient = {
  readonly first: string;
  /** Answers the server's first message. Throws Error when that is not one. */
  respond(serverFirst: string): Promise<string>;
  /** Throws Error unless the server proved that it knows the password too. */
  verify(serverFinal: string): void;
};

export type ScramOptions = {
  readonly hash: "sha256" | "sha512";
  readonly username: string;
  readonly password: string;
  readonly nonce?: string;
};

/** RFC 5802 asks for as many rounds; fewer would make a captured exchange cheap to guess from. */
const fewestRounds = 4096;
const mostRounds = 10_000_000;

const attributes = (message: string): ReadonlyMap<string, string> =>
  new Map(message.split(",").map((part) => [part.slice(0, 1), part.slice(2)]));

const escapeName = (name: string): string => name.replaceAll("=", "=3D").replaceAll(",", "=2C");

function readServerFirst(message: string, nonce: string): { nonce: string; salt: Buffer; rounds: number } {
  const parts = attributes(message);
  const joint = parts.get("r") ?? "";
  const rounds = Number(parts.get("i"));
  if (!joint.startsWith(nonce) || joint.length === nonce.length) throw new Error("the broker did not build on our nonce");
  if (!(rounds >= fewestRounds && rounds <= mostRounds)) throw new Error(`the broker asks for ${parts.get("i")} rounds of hashing`);
  return { nonce: joint, salt: Buffer.from(parts.get("s") ?? "", "base64"), rounds };
}

const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));

export function newScramClient({ hash, username, password, nonce = randomBytes(24).toString("base64url") }: ScramOptions): ScramClient {
  const bare = `n=${escapeName(username)},r=${nonce}`;
  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest();
  const size = hash === "sha256" ? 32 : 64;
  let expected: Buffer | undefined;

  return {
    first: `n,,${bare}`,
    async respond(serverFirst) {
      const server = readServerFirst(serverFirst, nonce);
      const salted = await promisify(pbkdf2)(password, server.salt, server.rounds, size, hash);
      const unproved = `c=biws,r=${server.nonce}`;
      const exchange = `${bare},${serverFirst},${unproved}`;
      const clientKey = hmac(salted, "Client Key");
      const storedKey = createHash(hash).update(clientKey).digest();
      expected = hmac(hmac(salted, "Server Key"), exchange);
      return `${unproved},p=${xor(clientKey, hmac(storedKey, exchange)).toString("base64")}`;
    },
    verify(serverFinal) {
      const parts = attributes(serverFinal);
      const error = parts.get("e");
      if (error !== undefined) throw new Error(error);
      const signature = Buffer.from(parts.get("v") ?? "", "base64");
      if (!expected || signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
        throw new Error("the broker did not prove that it knows the password");
      }
    },
  };
}
