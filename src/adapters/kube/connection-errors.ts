import { AppError } from "../../model/errors.ts";
import type { KubeTarget } from "../../ports/kube.ts";
import { ConnectionFault, DeadlineExceeded } from "./http.ts";
import type { Subject } from "./paths.ts";
import { describe } from "./paths.ts";
import { codeOf, reasonOf } from "./reason.ts";

/** What it means to the person that no HTTP answer came. Pure. `signal` tells an interruption from a fault. */
export function connectionError(
  fault: unknown,
  about: { subject: Subject; target: KubeTarget; signal?: AbortSignal | undefined },
): AppError {
  const { subject, target, signal } = about;
  if (fault instanceof AppError) return fault;
  const cause = fault instanceof ConnectionFault ? fault.cause : fault;
  if (signal?.aborted) return interrupted(signal, subject);
  if (cause instanceof DeadlineExceeded && !cause.connecting) {
    return new AppError("Timeout", `no answer within ${cause.afterMs / 1000} s: ${subject.verb} ${describe(subject)}`, {
      hint: "allow more time with --request-timeout",
      cause,
    });
  }
  return tlsError(cause, target) ?? unreachable(cause, target);
}

/** The signal's reason when it is one of ours; a timeout signal's is a Timeout. */
export function interrupted(signal: AbortSignal, subject: Subject): AppError {
  const reason: unknown = signal.reason;
  if (reason instanceof AppError) return reason;
  const timedOut = reason instanceof Error && reason.name === "TimeoutError";
  return timedOut
    ? new AppError("Timeout", `out of time: ${subject.verb} ${describe(subject)}`, { cause: reason })
    : new AppError("Interrupted", `interrupted: ${subject.verb} ${describe(subject)}`, { cause: reason });
}

const textOf = (cause: unknown): string => reasonOf(cause).replace(/\/\/[^/@\s]+@/g, "//");

function unreachable(cause: unknown, target: KubeTarget): AppError {
  const { why, hint } = explain(cause, target);
  const of = target.context === "" ? "" : ` (context "${target.context}")`;
  return new AppError("Unreachable", `cannot reach ${target.server}${of}: ${why}`, { hint, cause, details: { server: target.server } });
}

const proxyHint = "check the cluster's proxy-url, HTTPS_PROXY and NO_PROXY";

/** System errors tell the port that was dialled; another one than the server's is a proxy's. */
function isOfProxy(cause: unknown, target: KubeTarget): boolean {
  const { port, protocol } = new URL(target.server);
  const dialled = cause instanceof Error && "port" in cause ? String(cause.port) : undefined;
  return dialled !== undefined && dialled !== (port || (protocol === "https:" ? "443" : "80"));
}

function explain(cause: unknown, target: KubeTarget): { why: string; hint: string } {
  const code = codeOf(cause);
  const host = new URL(target.server).hostname;
  if (cause instanceof DeadlineExceeded)
    return {
      why: `no connection within ${cause.afterMs / 1000} s`,
      hint: "a firewall, VPN or proxy may be in the way; check HTTPS_PROXY and the cluster's proxy-url",
    };
  switch (code) {
    case "ECONNREFUSED":
      if (isOfProxy(cause, target)) return { why: "the proxy refuses connections", hint: proxyHint };
      return { why: "connection refused", hint: "is the cluster running? Other contexts: kubectl config get-contexts" };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return {
        why: `the name ${host} cannot be looked up`,
        hint: "check the network, VPN and DNS; other contexts: kubectl config get-contexts",
      };
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return { why: "no route, or no answer", hint: "check the network, VPN and firewall" };
    case "ERR_PROXY_TUNNEL":
      return { why: textOf(cause), hint: proxyHint };
    case "ECONNRESET":
    case "EPIPE":
      return { why: "the connection was closed", hint: "try again; something between here and the API server closes connections" };
    default:
      return { why: textOf(cause) || code || "no answer", hint: "check the server address and the network" };
  }
}

type TlsFault = { readonly codes: RegExp; readonly why: string; readonly hint: string };

const tlsFaults: readonly TlsFault[] = [
  {
    codes: /SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF|UNABLE_TO_GET_ISSUER|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA/,
    why: "its certificate is signed by an authority that is not known here",
    hint: "set the cluster's certificate-authority in the kubeconfig, or --certificate-authority; only to try: --insecure-skip-tls-verify",
  },
  {
    codes: /CERT_HAS_EXPIRED/,
    why: "its certificate has expired",
    hint: "renew the API server's certificate (kubeadm certs renew); only to try: --insecure-skip-tls-verify",
  },
  { codes: /CERT_NOT_YET_VALID/, why: "its certificate is not valid yet", hint: "compare the clocks of this machine and the server" },
  { codes: /CERT_REVOKED/, why: "its certificate was revoked", hint: "ask who runs the cluster for the new server certificate" },
  {
    codes: /ALTNAME_INVALID/,
    why: "its certificate is for another name",
    hint: "set the cluster's tls-server-name in the kubeconfig, or --tls-server-name, to a name in the certificate",
  },
  {
    codes: /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/,
    why: "it does not speak TLS",
    hint: "is the address right, and is it http:// instead of https://?",
  },
  {
    codes:
      /ALERT_(BAD_CERTIFICATE|CERTIFICATE_(EXPIRED|REQUIRED|REVOKED|UNKNOWN)|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)|TLSV13_ALERT_CERTIFICATE_REQUIRED/,
    why: "it refuses the client certificate",
    hint: "check the user's client-certificate in the kubeconfig; it may have expired, or belong to another cluster",
  },
];

function tlsError(cause: unknown, target: KubeTarget): AppError | undefined {
  const code = codeOf(cause);
  // EPROTO has OpenSSL's reason in its text alone: "wrong version number", "tlsv13 alert certificate required".
  const reason = code === "EPROTO" ? textOf(cause).toUpperCase().replaceAll(" ", "_") : code;
  const found = tlsFaults.find((fault) => fault.codes.test(reason));
  if (!found && !/^(ERR_SSL|ERR_TLS|EPROTO|CERT_)/.test(code)) return undefined;
  // Node's text for a wrong name lists the names that the certificate has.
  const names = code === "ERR_TLS_CERT_ALTNAME_INVALID" ? `: ${textOf(cause).replace(/^.*Reason: /s, "")}` : "";
  const why = found ? `${found.why}${names}` : `TLS failed: ${textOf(cause).replace(/^[0-9A-F]+:error:/, "")}`;
  return new AppError("TlsFailed", `cannot trust ${target.server}: ${why}`, {
    hint: found?.hint ?? "check the server address and its certificates",
    cause,
    details: { server: target.server, ...(code === "" ? {} : { code }) },
  });
}
