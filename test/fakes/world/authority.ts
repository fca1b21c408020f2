import { createHash } from "node:crypto";
import type { CertificateInfo } from "../../../src/model/certificate.ts";
import { AppError } from "../../../src/model/errors.ts";
import { msOf, toInstant } from "../../../src/model/instant.ts";
import type { CertificateAuthority, IssuedCertificate } from "../../../src/ports/certificate-authority.ts";
import type { CompareCertificates, ReadCertificates } from "../../../src/ports/certificates.ts";

// Certificates that are JSON in PEM's clothes: quick to make, and nobody's secret.

type Body = Omit<CertificateInfo, "fingerprint"> & { readonly keyId: string; readonly issuerKeyId: string };

const pem = (label: string, body: object): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(JSON.stringify(body)).toString("base64")}\n-----END ${label}-----\n`;

function bodies(text: string, label: string): Body[] {
  const found = text.matchAll(new RegExp(`-----BEGIN ${label}-----\\n([^-]+)\\n-----END ${label}-----`, "g"));
  return [...found].map(([, encoded = ""]) => JSON.parse(Buffer.from(encoded, "base64").toString()) as Body);
}

const keyIdOf = (privateKey: string): string | undefined => bodies(privateKey, "PRIVATE KEY")[0]?.keyId;

/** `seed` tells one process's keys from another's; numbers follow from it, so that a run can be repeated. */
export function fakeAuthority(seed = "0"): CertificateAuthority {
  let made = 0;
  const newKey = (): string => pem("PRIVATE KEY", { keyId: `key-${seed}-${(made += 1)}` });
  const body = (commonName: string, now: string, days: number) => ({
    subject: `CN=${commonName},O=io.strimzi`,
    serial: String((made += 1)),
    notBefore: now,
    notAfter: toInstant(msOf(now) + days * 86_400_000),
  });
  return {
    async makeAuthority({ commonName, validityDays, now, privateKey = newKey() }) {
      const keyId = keyIdOf(privateKey) ?? "";
      const own = body(commonName, now, validityDays);
      const certificate = { ...own, issuer: own.subject, dnsNames: [], ipAddresses: [], isCa: true, keyId, issuerKeyId: keyId };
      return { certificate: pem("CERTIFICATE", certificate), privateKey };
    },
    async issueLeaves(authority, requests) {
      const [ca] = bodies(authority.certificate, "CERTIFICATE");
      if (ca === undefined || keyIdOf(authority.privateKey) !== ca.keyId)
        throw new AppError("InvalidFile", "the CA's key is not its certificate's");
      return requests.map(({ commonName, dnsNames, ipAddresses = [], validityDays, now }): IssuedCertificate => {
        const privateKey = newKey();
        const leaf = { ...body(commonName, now, validityDays), issuer: ca.subject, dnsNames, ipAddresses, isCa: false };
        const certificate = pem("CERTIFICATE", { ...leaf, keyId: keyIdOf(privateKey), issuerKeyId: ca.keyId });
        return { certificate: certificate + authority.certificate, privateKey };
      });
    },
  };
}

export const readFakeCertificates: ReadCertificates = (text) => {
  const found = bodies(text, "CERTIFICATE");
  if (found.length === 0) throw new AppError("InvalidFile", "no certificate in it");
  return found.map(({ keyId, issuerKeyId, ...info }) => ({
    ...info,
    fingerprint: createHash("sha256")
      .update(JSON.stringify([keyId, issuerKeyId, info]))
      .digest("hex"),
  }));
};

export const compareFakeCertificates: CompareCertificates = {
  isSignedBy: (certificate, authority) => {
    const [leaf] = bodies(certificate, "CERTIFICATE");
    const [ca] = bodies(authority, "CERTIFICATE");
    return leaf !== undefined && ca !== undefined && leaf.issuerKeyId === ca.keyId && leaf.issuer === ca.subject;
  },
  isKeyOf: (privateKey, certificate) => {
    const [leaf] = bodies(certificate, "CERTIFICATE");
    return leaf !== undefined && keyIdOf(privateKey) === leaf.keyId;
  },
};
