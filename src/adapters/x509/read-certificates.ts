import { X509Certificate } from "node:crypto";
import { AppError } from "../../model/errors.ts";
import type { CertificateInfo } from "../../ports/certificates.ts";

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function describe(pem: string): CertificateInfo {
  const certificate = new X509Certificate(pem);
  return {
    subject: certificate.subject.split("\n").reverse().join(","),
    notBefore: new Date(certificate.validFrom).toISOString(),
    notAfter: new Date(certificate.validTo).toISOString(),
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
