import type { RequestOf, ResponseOf } from "../../../src/adapters/kafka/wire/request.ts";
import { newScramServer, type ScramServer } from "./scram-server.ts";

export type SaslOptions = {
  readonly users: Readonly<Record<string, string>>;
  readonly mechanisms?: readonly string[];
  /** How long the broker lets a connection live. */
  readonly lifetimeMs?: number;
  readonly rounds?: number;
  readonly impostor?: boolean;
};

type Handshake = Pick<ResponseOf<"SaslHandshake">, "errorCode" | "mechanisms">;
type Authenticated = { errorCode: number; errorMessage: string | null; authBytes: Buffer; sessionLifetimeMs: number };

/** Who a connection speaks for. Without SASL anybody may speak at once. */
export type Session = {
  readonly open: boolean;
  handshake(request: RequestOf<"SaslHandshake">): Handshake;
  authenticate(request: RequestOf<"SaslAuthenticate">): Authenticated;
};

const refused: Authenticated = {
  errorCode: 58,
  errorMessage: "Authentication failed: Invalid username or password",
  authBytes: Buffer.alloc(0),
  sessionLifetimeMs: 0,
};

export function newSession(sasl: SaslOptions | undefined): Session {
  let open = sasl === undefined;
  let mechanism = "";
  let scram: ScramServer | undefined;
  const passwordOf = (user: string): string | undefined => sasl?.users[user];

  const plain = (text: string): string | undefined => {
    const [, user = "", password] = text.split("\0");
    open = passwordOf(user) !== undefined && passwordOf(user) === password;
    return open ? "" : undefined;
  };

  const challenge = (text: string): string | undefined => {
    if (!scram) {
      const hash = mechanism === "SCRAM-SHA-256" ? "sha256" : "sha512";
      scram = newScramServer({ hash, passwordOf, ...(sasl?.rounds && { rounds: sasl.rounds }), ...(sasl?.impostor && { impostor: true }) });
      return scram.first(text);
    }
    const last = scram.last(text);
    open = last !== undefined;
    return last;
  };

  return {
    get open() {
      return open;
    },
    handshake(request) {
      if (!sasl) return { errorCode: 34, mechanisms: [] };
      const mechanisms = sasl.mechanisms ?? ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];
      mechanism = request.mechanism;
      return { errorCode: mechanisms.includes(mechanism) ? 0 : 33, mechanisms };
    },
    authenticate(request) {
      const text = Buffer.from(request.authBytes).toString();
      const answer = mechanism === "PLAIN" ? plain(text) : challenge(text);
      if (answer === undefined) return refused;
      return { errorCode: 0, errorMessage: null, authBytes: Buffer.from(answer), sessionLifetimeMs: open ? (sasl?.lifetimeMs ?? 0) : 0 };
    },
  };
}
