import { AppError } from "../../model/errors.ts";
import type { BrokerAddress } from "../../model/kafka-target.ts";

type Fault = { readonly codes: RegExp; readonly why: string; readonly hint: string };

const tlsFaults: readonly Fault[] = [
  {
    codes: /SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF|UNABLE_TO_GET_ISSUER|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA/,
    why: "its certificate is signed by an authority that is not trusted here",
    hint: "Trust the authority that signs the brokers' certificates: ssl.truststore.location in the client properties, or the cluster's CA Secret",
  },
  { codes: /CERT_HAS_EXPIRED/, why: "its certificate has expired", hint: "See which certificates are due: kubectl kafka certs" },
  { codes: /CERT_NOT_YET_VALID/, why: "its certificate is not valid yet", hint: "Compare the clocks of this machine and the broker" },
  {
    codes: /ALTNAME_INVALID/,
    why: "its certificate is for another name",
    hint: "Use a name that the certificate has; with ssl.endpoint.identification.algorithm= (empty) in the client properties names are not compared",
  },
  {
    codes: /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNSUPPORTED_PROTOCOL/,
    why: "it does not speak TLS",
    hint: "Is this the port of a TLS listener? Without TLS: security.protocol=PLAINTEXT or SASL_PLAINTEXT",
  },
];

/** A TLS alert from the broker that is about our certificate. TLS 1.3 sends it after the handshake. */
const refusedCertificate =
  /ALERT_(BAD_CERTIFICATE|CERTIFICATE_(EXPIRED|REQUIRED|REVOKED|UNKNOWN)|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/;

const networkFaults: readonly Fault[] = [
  { codes: /ECONNREFUSED/, why: "connection refused", hint: "Is the broker running, and does a listener have this port?" },
  {
    codes: /ENOTFOUND|EAI_AGAIN/,
    why: "the name cannot be looked up",
    hint: "A broker's name inside Kubernetes is not known outside: leave out --bootstrap-server to go through the API server",
  },
  { codes: /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, why: "no route, or no answer", hint: "Check the network, VPN and firewall" },
  {
    codes: /ECONNRESET|EPIPE/,
    why: "the connection was closed",
    hint: "A listener that wants TLS or SASL closes connections that have neither",
  },
];

export const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const isTls = (code: string): boolean => /^(ERR_SSL|ERR_TLS|EPROTO|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|INVALID_CA)/.test(code);

/** TLS is not tried again: the same certificates fail the same way. */
export const isTlsFault = (cause: unknown): boolean => isTls(codeOf(cause));

/**
 * What a failed or lost connection to a broker means: TlsFailed (we do not trust it), KafkaAuthenticationFailed (it refuses our
 * certificate) or KafkaUnreachable.
 */
export function connectionFault(cause: unknown, { host, port }: BrokerAddress): AppError {
  if (cause instanceof AppError) return cause;
  const code = codeOf(cause);
  const details = { broker: `${host}:${port}`, ...(code === "" ? {} : { code }) };
  if (refusedCertificate.test(code))
    return new AppError("KafkaAuthenticationFailed", `Kafka at ${host}:${port} refuses the client certificate`, {
      hint: "Is it signed by the authority that the listener trusts, and still valid? A listener with TLS authentication needs ssl.keystore.location",
      cause,
      details,
    });
  if (isTls(code)) return tlsFault(cause, { host, port });
  const found = networkFaults.find(({ codes }) => codes.test(code));
  return new AppError("KafkaUnreachable", `Cannot reach Kafka at ${host}:${port}: ${found?.why ?? textOf(cause)}`, {
    hint: found?.hint,
    cause,
    details,
  });
}

function tlsFault(cause: unknown, { host, port }: BrokerAddress): AppError {
  const code = codeOf(cause);
  const found = tlsFaults.find(({ codes }) => codes.test(code));
  // Node's text for a wrong name lists the names that the certificate has.
  const names = code === "ERR_TLS_CERT_ALTNAME_INVALID" ? `: ${textOf(cause).replace(/^.*Reason: /s, "")}` : "";
  const why = found === undefined ? `TLS failed: ${textOf(cause).replace(/^[0-9A-F]+:error:/, "")}` : `${found.why}${names}`;
  return new AppError("TlsFailed", `Cannot trust Kafka at ${host}:${port}: ${why}`, {
    hint: found?.hint ?? "Check the address and the certificates on both sides",
    cause,
    details: { broker: `${host}:${port}`, code },
  });
}
