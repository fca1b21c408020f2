import type { AppError } from "../../../model/errors.ts";
import type { Security } from "../../../model/kafka-target.ts";
import { codes, errorOf } from "../wire/error-codes.ts";
import type { ApiName, RequestOf, ResponseOf } from "../wire/request.ts";
import { authenticationFailed, type Peer, textOf, unreachable } from "./faults.ts";

export type Sasl = NonNullable<Security["sasl"]>;

/** Asks the broker something, in whatever version both know. */
export type Ask = <N extends ApiName>(api: N, body: RequestOf<N>) => Promise<ResponseOf<N>>;

type Exchange = { readonly peer: Peer; readonly sasl: Sasl; send(message: Buffer): Promise<Buffer> };

function handshakeFault(peer: Peer, mechanism: string, answer: ResponseOf<"SaslHandshake">): AppError {
  if (answer.errorCode === codes.unsupportedSaslMechanism) {
    const offered = answer.mechanisms.join(", ") || "none";
    return authenticationFailed(peer, {
      why: `it does not take ${mechanism}; it takes ${offered}`,
      hint: "Use one of those, or another listener",
      reason: "MechanismNotOffered",
    });
  }
  if (answer.errorCode === codes.illegalSaslState) {
    return unreachable(peer, {
      why: "the listener asks for no password, and we gave one",
      hint: "Connect without SASL, or to the port of a SASL listener",
      reason: "ListenerHasNoSasl",
    });
  }
  return authenticationFailed(peer, { why: errorOf(answer.errorCode).name });
}

const plain = ({ sasl, send }: Exchange): Promise<unknown> => send(Buffer.from(`\0${sasl.username}\0${sasl.password}`));

async function scram({ peer, sasl, send }: Exchange): Promise<void> {
  const { newScramClient } = await import("./scram.ts");
  const client = newScramClient({
    hash: sasl.mechanism === "SCRAM-SHA-256" ? "sha256" : "sha512",
    username: sasl.username,
    password: sasl.password,
  });
  const sendText = async (text: string): Promise<string> => (await send(Buffer.from(text))).toString();
  const serverFirst = await sendText(client.first);
  try {
    client.verify(await sendText(await client.respond(serverFirst)));
  } catch (error) {
    throw error instanceof Error && error.name === "AppError" ? error : authenticationFailed(peer, { why: textOf(error), cause: error });
  }
}

/** Proves who we are. Returns for how many milliseconds the broker lets the connection live; 0: as long as it likes. */
export async function authenticate(sasl: Sasl, { peer, ask }: { peer: Peer; ask: Ask }): Promise<number> {
  const handshake = await ask("SaslHandshake", { mechanism: sasl.mechanism });
  if (handshake.errorCode !== codes.none) throw handshakeFault(peer, sasl.mechanism, handshake);
  let lifetimeMs = 0;
  const send = async (message: Buffer): Promise<Buffer> => {
    const answer = await ask("SaslAuthenticate", { authBytes: message });
    lifetimeMs = answer.sessionLifetimeMs;
    if (answer.errorCode === codes.none) return Buffer.from(answer.authBytes);
    const { name, text } = errorOf(answer.errorCode);
    throw authenticationFailed(peer, {
      why: `${answer.errorMessage ?? text} (${sasl.mechanism} as ${sasl.username})`,
      hint: "Check the user's name and password",
      reason: name,
    });
  };
  await (sasl.mechanism === "PLAIN" ? plain({ peer, sasl, send }) : scram({ peer, sasl, send }));
  return lifetimeMs;
}
