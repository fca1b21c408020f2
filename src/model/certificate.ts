/** What is known of a certificate without its key. */
export type CertificateInfo = {
  /** As RFC 2253 writes it: "CN=my-cluster-kafka,O=io.strimzi". */
  readonly subject: string;
  readonly issuer: string;
  /** Hexadecimal, upper case. */
  readonly serial: string;
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly isCa: boolean;
  /** SHA-256 of the whole certificate, hexadecimal with colons: equal for equal certificates only. */
  readonly fingerprint: string;
};

/** The two authorities of a cluster: one signs what the cluster itself shows, the other its users. */
export type CaName = "cluster" | "clients";

/** Where a PEM text lies. */
export type CertificatePlace = { readonly secret: string; readonly key: string };

/** What follows the first certificate of a PEM text: the chain of the authority that signed it. */
export const chainBehind = (pem: string): string =>
  pem
    .split(/(?<=-----END CERTIFICATE-----)\r?\n?/)
    .slice(1)
    .join("\n");

/** An authority as its two Secrets hold it. A part that is missing or unreadable is left out. */
export type PresentAuthority = {
  /** Its own Secret has lost the certificate, and this leaf still has it behind its own: everything here is told of that. */
  readonly keptBehind?: CertificatePlace;
  /** The authority itself first, then what signed it; empty: none. */
  readonly chain: readonly CertificateInfo[];
  /** None, one that is not the certificate's, or the right one. */
  readonly key: "missing" | "foreign" | "fits";
  /** From the annotations of the Secrets; 0 is the first. */
  readonly certificateGeneration: number;
  readonly keyGeneration: number;
};

/** A leaf certificate as its Secret holds it. */
export type PresentLeaf = {
  /** The leaf first, then the chain that is sent with it; empty: none or unreadable. */
  readonly chain: readonly CertificateInfo[];
  /** Its private key is there and is the certificate's. */
  readonly keyFits: boolean;
  /** Its signature was made with the key of the authority that is there now. */
  readonly signedByPresentCa: boolean;
  /** Of the authority's certificate when it was issued, from the Secret's annotation; left out: not known. */
  readonly caGeneration?: number;
};
