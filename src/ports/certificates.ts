import type { CertificateInfo } from "../model/certificate.ts";

/** Reads every certificate of a PEM text, in its order; throws AppError InvalidFile when it holds none. */
export type ReadCertificates = (pem: string) => CertificateInfo[];

/** What can be told of PEM texts together. Each looks at the first certificate of a text; a text that cannot be read is never a match. */
export type CompareCertificates = {
  /** `certificate` carries a signature by the key of `authority`, and names it as its issuer. */
  isSignedBy(certificate: string, authority: string): boolean;
  /** `privateKey` is the key of `certificate`. */
  isKeyOf(privateKey: string, certificate: string): boolean;
};
