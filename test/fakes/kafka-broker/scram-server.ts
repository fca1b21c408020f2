import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** The server's side of one SCRAM exchange (RFC 5802), for a user whose password is known in the clear. */
export type ScramServer = {
  /** Answers the client's first message, or refuses with undefined. */
  first(clientFirst: string): string | undefined;
  /** Answers the client's proof, or refuses with undefined. */
  last(clientFinal: string): string | undefined;
};

const part = (message: string, key: string): string =>
  message
    .split(",")
    .find((one) => one.startsWith(`${key}=`))
    ?.slice(2) ?? "";

export type ScramServerOptions = {
  hash: "sha256" | "sha512";
  passwordOf: (user: string) => string | undefined;
  rounds?: number /** Claim to know the password and do not. */;
  impostor?: boolean;
};

export function newScramServer({ hash, passwordOf, rounds = 4096, impostor = false }: ScramServerOptions): ScramServer {
  const salt = randomBytes(16);
  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest();
  let password: string | undefined;
  let bare = "";
  let challenge = "";
  return {
    first(clientFirst) {
      bare = clientFirst.replace(/^n,,/, "");
      password = passwordOf(part(bare, "n").replaceAll("=2C", ",").replaceAll("=3D", "="));
      challenge = `r=${part(bare, "r")}${randomBytes(12).toString("hex")},s=${salt.toString("base64")},i=${rounds}`;
      return password === undefined ? undefined : challenge;
    },
    last(clientFinal) {
      if (password === undefined) return undefined;
      const salted = pbkdf2Sync(password, salt, rounds, hash === "sha256" ? 32 : 64, hash);
      const exchange = `${bare},${challenge},${clientFinal.replace(/,p=.*$/, "")}`;
      const clientKey = hmac(salted, "Client Key");
      const proof = Buffer.from(part(clientFinal, "p"), "base64");
      const signature = hmac(createHash(hash).update(clientKey).digest(), exchange);
      const isTrue =
        proof.length === clientKey.length && proof.every((byte, index) => (byte ^ (signature[index] ?? 0)) === clientKey[index]);
      if (!isTrue) return undefined;
      return `v=${hmac(hmac(impostor ? randomBytes(32) : salted, "Server Key"), exchange).toString("base64")}`;
    },
  };
}
