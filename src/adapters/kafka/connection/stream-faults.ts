import { AppError } from "../../../model/errors.ts";
import { StrangeFrame } from "../wire/frames.ts";
import { authenticationFailed, codeOf, connectionLost, type Peer, textOf, tlsFailed, unreachable } from "./faults.ts";

const untrusted = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "INVALID_CA",
  "INVALID_PURPOSE",
]);

/** Faults in the broker's certificate, by OpenSSL's name for them. */
function certificateFault(error: unknown, peer: Peer): AppError | undefined {
  const code = codeOf(error);
  if (untrusted.has(code)) {
    return tlsFailed(peer, {
      why: `its certificate is not signed by the trusted CA (${code})`,
      hint: "Give the CA of this Kafka; with Strimzi it is in the Secret <cluster>-cluster-ca-cert",
      cause: error,
    });
  }
  if (code === "CERT_HAS_EXPIRED") return tlsFailed(peer, { why: "its certificate, or that of its CA, has expired", cause: error });
  if (code === "CERT_NOT_YET_VALID") return tlsFailed(peer, { why: "its certificate is not valid yet; compare the clocks", cause: error });
  if (code === "CERT_REVOKED") return tlsFailed(peer, { why: "its certificate was revoked", cause: error });
  if (code !== "ERR_TLS_CERT_ALTNAME_INVALID") return undefined;
  return tlsFailed(peer, {
    why: `its certificate is for another host: ${textOf(error)}`,
    hint: "Connect by a name that the certificate carries, or switch host name verification off",
    cause: error,
  });
}

/** What the broker says of us, as a TLS alert: OpenSSL's codes end in the alert's name. */
function alertFault(error: unknown, peer: Peer): AppError | undefined {
  const code = codeOf(error);
  const alert = /[A-Z_]*$/.exec(code)?.[0];
  const refused =
    /(BAD|UNSUPPORTED)_CERTIFICATE$|CERTIFICATE_(UNKNOWN|REVOKED|REQUIRED)$|UNKNOWN_CA$|ALERT_DECRYPT_ERROR$|ALERT_HANDSHAKE_FAILURE$|ACCESS_DENIED$/.test(
      code,
    );
  if (refused && !peer.identified) {
    return authenticationFailed(peer, {
      why: "it wants a client certificate, and we showed none",
      hint: "Give a client certificate and its key",
      cause: error,
      reason: "ClientCertificateRequired",
    });
  }
  if (refused) {
    return authenticationFailed(peer, {
      why: `it refused our client certificate (${alert})`,
      hint: "Give one that the clients CA of this Kafka signed",
      cause: error,
      reason: "ClientCertificateRefused",
    });
  }
  if (/CERTIFICATE_EXPIRED$/.test(code)) {
    return authenticationFailed(peer, { why: "our client certificate has expired", cause: error, reason: "ClientCertificateExpired" });
  }
  if (/(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/.test(code)) return noTls(peer, error);
  return code.startsWith("ERR_SSL_") ? unreachable(peer, { why: `TLS failed: ${textOf(error)}`, cause: error }) : undefined;
}

const noTls = (peer: Peer, cause?: unknown): AppError =>
  unreachable(peer, {
    why: "the listener does not speak TLS",
    hint: "Connect without TLS, or to the port of a TLS listener",
    cause,
    reason: "ListenerIsPlain",
  });

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  ETIMEDOUT: "no answer",
  ENOTFOUND: "the name cannot be looked up",
  EAI_AGAIN: "the name cannot be looked up now",
};

/** The first bytes that came are no message of Kafka's. */
function strangeFrame(error: StrangeFrame, peer: Peer): AppError {
  const isTls = (error.head[0] === 0x15 || error.head[0] === 0x16) && error.head[1] === 3;
  if (isTls) {
    return unreachable(peer, {
      why: "the listener speaks TLS, and we did not",
      hint: "Give the CA, or connect to the port of a listener without TLS",
      cause: error,
      reason: "ListenerIsTls",
    });
  }
  const isHttp = error.head.toString("latin1") === "HTTP";
  return unreachable(peer, {
    why: isHttp ? "an HTTP server answers there" : "what answers there is not Kafka",
    cause: error,
    reason: "NotKafka",
  });
}

/** What a broken stream means to the person. */
export function streamFault(error: unknown, peer: Peer): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof StrangeFrame) return strangeFrame(error, peer);
  const known = certificateFault(error, peer) ?? alertFault(error, peer);
  if (known) return known;
  const code = codeOf(error);
  if (code === "ECONNRESET" || code === "EPIPE" || code === "ECONNABORTED")
    return unreachable(peer, { why: "the connection was cut", cause: error, reason: connectionLost });
  return unreachable(peer, { why: reasons[code] ?? textOf(error), cause: error });
}
