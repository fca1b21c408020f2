import type { Instant } from "../model/instant.ts";

/** PEM texts: the certificate, for a leaf followed by the chain of its authority, and its private key (PKCS#8). Never show the key. */
export type IssuedCertificate = { readonly certificate: string; readonly privateKey: string };

export type AuthorityRequest = {
  readonly commonName: string;
  readonly validityDays: number;
  readonly now: Instant;
  /** Makes a new certificate for this key (PEM), so that what it has signed stays good. Left out: a new key. */
  readonly privateKey?: string;
};

export type LeafRequest = {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly validityDays: number;
  readonly now: Instant;
};

/** Makes certificates the way Strimzi does: O=io.strimzi, RSA 4096 for authorities and 2048 for leaves, good for servers and clients. */
export interface CertificateAuthority {
  /** A self-signed authority that may sign leaves only. */
  makeAuthority(request: AuthorityRequest, signal?: AbortSignal): Promise<IssuedCertificate>;
  /**
   * One new key and certificate per request, in their order. `authority` may be the user's own (RSA, EC or Ed25519; the first certificate of
   * its text signs). Throws AppError InvalidFile when its parts are unreadable or do not belong together.
   */
  issueLeaves(authority: IssuedCertificate, requests: readonly LeafRequest[], signal?: AbortSignal): Promise<IssuedCertificate[]>;
}
