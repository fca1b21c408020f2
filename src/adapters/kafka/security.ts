import { isIP } from "node:net";
import { type ConnectionOptions, createSecureContext, type SecureContext } from "node:tls";
import { AppError } from "../../model/errors.ts";
import type { Security } from "../../model/kafka-target.ts";

type Tls = NonNullable<Security["tls"]>;

const contexts = new WeakMap<Tls, SecureContext>();

/** Certificates are parsed once per target. Throws AppError InvalidFile when they cannot be used, before anything is dialled. */
function secureContext(tls: Tls): SecureContext {
  const known = contexts.get(tls);
  if (known !== undefined) return known;
  try {
    const context = createSecureContext({
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls.key === undefined ? {} : { key: tls.key }),
      ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
    });
    contexts.set(tls, context);
    return context;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^error:[0-9A-F]+:/, "") : String(cause);
    throw new AppError("InvalidFile", `The certificates for Kafka cannot be used: ${why}`, { cause });
  }
}

/**
 * Node's TLS options for a broker that calls itself `host`: its certificate must be valid for that name, also when the bytes go through
 * a tunnel. Server name indication is sent for names only, never for addresses.
 */
export function tlsOptions(tls: Tls, host: string): ConnectionOptions {
  return {
    host,
    secureContext: secureContext(tls),
    minVersion: "TLSv1.2",
    rejectUnauthorized: tls.verify !== false,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(tls.verifyHostname === false ? { checkServerIdentity: () => undefined } : {}),
  };
}
