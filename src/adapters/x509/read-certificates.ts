import { createPrivateKey, X509Certificate } from "node:crypto";
import type { CertificateInfo } from "../../model/certificate.ts";
import { AppError } from "../../model/errors.ts";
import type { CompareCertificates } from "../../ports/certificates.ts";

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const nameOf = (lines: string): string => lines.split("\n").reverse().join(",");

/** node writes alternative names on one line and quotes, as JSON, what holds a comma or a quote. */
function alternativeNames(line: string, kind: "DNS" | "IP Address"): string[] {
  const entries = line.matchAll(/(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return [...entries].flatMap(([, found, value = ""]) => (found === kind ? [value.startsWith('"') ? JSON.parse(value) : value] : []));
}

function describe(pem: string): CertificateInfo {
  const certificate = new X509Certificate(pem);
  const names = certificate.subjectAltName ?? "";
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    serial: certificate.serialNumber,
    notBefore: new Date(certificate.validFrom).toISOString(),
    notAfter: new Date(certificate.validTo).toISOString(),
    dnsNames: alternativeNames(names, "DNS"),
    ipAddresses: alternativeNames(names, "IP Address"),
    isCa: certificate.ca,
    fingerprint: certificate.fingerprint256,
  };
}

/** The port's ReadCertificates on node's own X.509 parser. */
export function readCertificates(pem: string): CertificateInfo[] {
  const blocks = pem.match(block) ?? [];
  if (blocks.length === 0) throw new AppError("InvalidFile", "no PEM certificate found");
  try {
    return blocks.map(describe);
  } catch (cause) {
    throw new AppError("InvalidFile", `unreadable certificate: ${(cause as Error).message}`, { cause });
  }
}

/** OpenSSL refuses texts it cannot read. */
function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/** The port's comparisons, by node's own X.509 parser. */
export const compareCertificates: CompareCertificates = {
  isSignedBy: (certificate, authority) =>
    holds(() => {
      const [leaf, signer] = [new X509Certificate(certificate), new X509Certificate(authority)];
      return leaf.checkIssued(signer) && leaf.verify(signer.publicKey);
    }),
  isKeyOf: (privateKey, certificate) => holds(() => new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey))),
};
