import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import { AppError } from "../../model/errors.ts";
import { type Instant, msOf } from "../../model/instant.ts";
import type { AuthorityRequest, CertificateAuthority, IssuedCertificate, LeafRequest } from "../../ports/certificate-authority.ts";

const dayMs = 86_400_000;
/** Clocks differ, and a certificate that is not valid yet is refused. */
const backdateMs = 5 * 60_000;
/** The last moment X.509 can write. */
const endOfTime = Date.UTC(9999, 11, 31, 23, 59, 59);

const newPair = promisify(generateKeyPair);

const newKey = async (modulusLength: number): Promise<KeyObject> => (await newPair("rsa", { modulusLength })).privateKey;

const pemOfKey = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

function validity({ now, validityDays }: { readonly now: Instant; readonly validityDays: number }): { notBefore: Date; notAfter: Date } {
  const start = msOf(now);
  return { notBefore: new Date(start - backdateMs), notAfter: new Date(Math.min(start + validityDays * dayMs, endOfTime)) };
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new AppError("InvalidFile", "the authority's private key cannot be read", { cause });
  }
}

function readSigningKey({ certificate, privateKey }: IssuedCertificate): KeyObject {
  const key = readKey(privateKey);
  let fits: boolean;
  try {
    fits = new X509Certificate(certificate).checkPrivateKey(key);
  } catch (cause) {
    throw new AppError("InvalidFile", "the authority's certificate cannot be read", { cause });
  }
  if (!fits) throw new AppError("InvalidFile", "the authority's private key is not that of its certificate");
  return key;
}

async function makeAuthority(request: AuthorityRequest, signal?: AbortSignal): Promise<IssuedCertificate> {
  const { buildCertificate } = await import("./build-certificate.ts");
  const key = request.privateKey === undefined ? await newKey(4096) : readKey(request.privateKey);
  signal?.throwIfAborted();
  const certificate = await buildCertificate({ commonName: request.commonName, ...validity(request) }, key, { key });
  return { certificate, privateKey: pemOfKey(key) };
}

async function issueLeaves(
  authority: IssuedCertificate,
  requests: readonly LeafRequest[],
  signal?: AbortSignal,
): Promise<IssuedCertificate[]> {
  const { buildCertificate } = await import("./build-certificate.ts");
  const signing = { key: readSigningKey(authority), signer: authority };
  // keys are made on node's own threads, as many at a time as it has
  return Promise.all(
    requests.map(async (request) => {
      const key = await newKey(2048);
      signal?.throwIfAborted();
      const leaf = { dnsNames: request.dnsNames, ipAddresses: request.ipAddresses ?? [] };
      const certificate = await buildCertificate({ commonName: request.commonName, ...validity(request), leaf }, key, signing);
      return { certificate: certificate + authority.certificate, privateKey: pemOfKey(key) };
    }),
  );
}

/** The port on node's own cryptography; a library writes the certificates' bytes. It is loaded when the first one is made. */
export const certificateAuthority: CertificateAuthority = { makeAuthority, issueLeaves };
