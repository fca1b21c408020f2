/** `subject` as an RFC 2253-like line; dates are ISO. */
export type CertificateInfo = { subject: string; notBefore: string; notAfter: string };

/** Reads every certificate of a PEM text; throws AppError InvalidFile when it holds none. */
export type ReadCertificates = (pem: string) => CertificateInfo[];
