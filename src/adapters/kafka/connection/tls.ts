import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { AppError } from "../../../model/errors.ts";
import type { Security } from "../../../model/kafka-target.ts";
import { codeOf, interruption, type Peer, unreachable } from "./faults.ts";
import { streamFault } from "./stream-faults.ts";

type Tls = NonNullable<Security["tls"]>;

/** The connection ended before TLS was agreed on: a plain listener of Kafka's hangs up when it is greeted with TLS. */
function handshakeFault(error: unknown, peer: Peer): AppError {
  const code = codeOf(error);
  if (error !== undefined && code !== "ECONNRESET" && code !== "EPIPE") return streamFault(error, peer);
  return unreachable(peer, {
    why: "it hung up when greeted with TLS",
    hint: "The listener may not speak TLS: connect without it, or to the port of a TLS listener",
    cause: error,
    reason: "TlsRefused",
  });
}

/** TLS over any stream. The certificate is checked against the peer's advertised host, by which it is also asked for (SNI). */
export async function openTls(stream: Duplex, security: Tls, { peer, signal }: { peer: Peer; signal: AbortSignal }): Promise<Duplex> {
  const { connect } = await import("node:tls");
  const { ca, cert, key, passphrase } = security;
  return new Promise((resolve, reject) => {
    const secured = connect({
      socket: stream,
      host: peer.host,
      ...(isIP(peer.host) === 0 && { servername: peer.host }),
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(passphrase !== undefined && { passphrase }),
      rejectUnauthorized: security.verify ?? true,
      ...(security.verifyHostname === false && { checkServerIdentity: () => undefined }),
    });
    const fail = (error?: unknown): void => {
      signal.removeEventListener("abort", abort);
      secured.destroy();
      reject(signal.aborted ? interruption(signal) : handshakeFault(error, peer));
    };
    const abort = (): void => fail();
    signal.addEventListener("abort", abort, { once: true });
    stream.on("error", (error) => secured.destroy(error));
    stream.on("close", () => secured.destroy());
    secured.on("error", fail);
    secured.on("close", () => {
      stream.destroy();
      fail();
    });
    secured.once("secureConnect", () => {
      signal.removeEventListener("abort", abort);
      secured.off("error", fail);
      resolve(secured);
    });
  });
}
