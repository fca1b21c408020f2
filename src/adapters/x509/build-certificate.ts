import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";
import { promisify } from "node:util";
import type { Certificate, Extension, RelativeDistinguishedNames } from "pkijs";
import { AppError } from "../../model/errors.ts";
import { derOf, pemOf } from "./pem.ts";
import { pki } from "./pki-library.ts";

/** What goes into a certificate beside what signs it. */
export type Contents = {
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Left out: an authority. */
  readonly leaf?: { readonly dnsNames: readonly string[]; readonly ipAddresses: readonly string[] };
};

/** Left out in `buildCertificate`: the certificate signs itself. */
export type Signer = { readonly certificate: string };

const organization = "io.strimzi";
const oid = {
  commonName: "2.5.4.3",
  organization: "2.5.4.10",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
};

/** Signature algorithms by the kind of the authority's key: with SHA-512 as Strimzi's; Ed25519 brings its own digest. */
const signatures: Readonly<Record<string, { oid: string; digest: string | null }>> = {
  rsa: { oid: "1.2.840.113549.1.1.13", digest: "sha512" },
  ec: { oid: "1.2.840.10045.4.3.4", digest: "sha512" },
  ed25519: { oid: "1.3.101.112", digest: null },
};

const signAsync = promisify(sign);

/** Bits 5 and 6 (keyCertSign, cRLSign) of a key usage; bits 0 and 2 (digitalSignature, keyEncipherment). */
const usages = { authority: { byte: 0b0000_0110, unusedBits: 1 }, leaf: { byte: 0b1010_0000, unusedBits: 5 } };

const extension = (extnID: string, critical: boolean, value: { toBER(): ArrayBuffer }): Extension =>
  new pki.Extension({ extnID, critical, extnValue: value.toBER() });

const octets = (bytes: Uint8Array) => new pki.OctetString({ valueHex: bytes });

/** O and CN, each in a set of its own: the library itself would write one name of two values, which Java and Kafka print otherwise. */
function distinguishedName(commonName: string): RelativeDistinguishedNames {
  const part = (type: string, value: string) =>
    new pki.SetOf({ value: [new pki.AttributeTypeAndValue({ type, value: new pki.Utf8String({ value }) }).toSchema()] });
  const parts = [part(oid.organization, organization), part(oid.commonName, commonName)];
  return pki.RelativeDistinguishedNames.fromBER(new pki.Sequence({ value: parts }).toBER());
}

/** UTCTime has two digits for the year; RFC 5280 wants GeneralizedTime from 2050 on. */
const timeOf = (value: Date) => new pki.Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });

function serialNumber() {
  const bytes = randomBytes(16);
  // positive, and never shorter
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return new pki.Integer({ valueHex: bytes });
}

function generalName(address: string) {
  if (isIP(address) === 0) return new pki.GeneralName({ type: 2, value: address });
  return new pki.GeneralName({ type: 7, value: octets(ipBytes(address)) });
}

/** Four bytes, or sixteen for IPv6, whose groups a URL writes in their shortest form. */
export function ipBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split("."), Number);
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const last = groups(tail ?? "");
  const first = groups(head);
  const zeros = Array<string>(8 - first.length - last.length).fill("0");
  return Uint8Array.from(
    [...first, ...zeros, ...last].flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
  );
}

function extensionsOf(contents: Contents, ownKeyId: Uint8Array, authorityKeyId: Uint8Array | undefined): Extension[] {
  const { leaf } = contents;
  const { byte, unusedBits } = leaf ? usages.leaf : usages.authority;
  const constraints = leaf ? new pki.BasicConstraints({ cA: false }) : new pki.BasicConstraints({ cA: true, pathLenConstraint: 0 });
  const common = [
    extension(oid.basicConstraints, true, constraints.toSchema()),
    extension(oid.keyUsage, true, new pki.BitString({ valueHex: Uint8Array.of(byte), unusedBits })),
    extension(oid.subjectKeyIdentifier, false, octets(ownKeyId)),
  ];
  if (!leaf) return common;
  const names = [...leaf.dnsNames, ...leaf.ipAddresses].map(generalName);
  return [
    ...common,
    ...(authorityKeyId
      ? [extension(oid.authorityKeyIdentifier, false, new pki.AuthorityKeyIdentifier({ keyIdentifier: octets(authorityKeyId) }).toSchema())]
      : []),
    extension(oid.extendedKeyUsage, false, new pki.ExtKeyUsage({ keyPurposes: [oid.serverAuth, oid.clientAuth] }).toSchema()),
    ...(names.length > 0 ? [extension(oid.subjectAltName, false, new pki.GeneralNames({ names }).toSchema())] : []),
  ];
}

/** The signer's name, byte for byte, and its key identifier. Authorities brought by users may have none. */
function issuerOf(signer: Signer): { name: RelativeDistinguishedNames; keyId: Uint8Array | undefined } {
  const certificate = pki.Certificate.fromBER(derOf(signer.certificate));
  const found = certificate.extensions?.find(({ extnID }) => extnID === oid.subjectKeyIdentifier)?.parsedValue;
  const keyId = found instanceof pki.OctetString ? found.valueBlock.valueHexView : undefined;
  return { name: certificate.subject, keyId };
}

async function signInPlace(certificate: Certificate, key: KeyObject): Promise<void> {
  const algorithm = signatures[key.asymmetricKeyType ?? ""];
  if (!algorithm)
    throw new AppError("InvalidFile", `the authority's key is of the kind ${key.asymmetricKeyType}; RSA, EC and Ed25519 can sign`);
  // only RSA's has parameters, which are null
  const identifier = () => new pki.AlgorithmIdentifier({ algorithmId: algorithm.oid });
  certificate.signature = identifier();
  certificate.signatureAlgorithm = identifier();
  const signed = certificate.encodeTBS().toBER();
  certificate.tbsView = new Uint8Array(signed);
  certificate.signatureValue = new pki.BitString({ valueHex: await signAsync(algorithm.digest, new Uint8Array(signed), key) });
}

/** A certificate for the public half of `key`, signed with `signingKey`, as PEM. Without a `signer` it is its own. */
export async function buildCertificate(contents: Contents, key: KeyObject, signing: { key: KeyObject; signer?: Signer }): Promise<string> {
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  const certificate = new pki.Certificate();
  certificate.version = 2;
  certificate.serialNumber = serialNumber();
  certificate.notBefore = timeOf(contents.notBefore);
  certificate.notAfter = timeOf(contents.notAfter);
  certificate.subject = distinguishedName(contents.commonName);
  certificate.subjectPublicKeyInfo = pki.PublicKeyInfo.fromBER(spki);
  const ownKeyId = createHash("sha1").update(certificate.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView).digest();
  const issuer = signing.signer && issuerOf(signing.signer);
  certificate.issuer = issuer?.name ?? certificate.subject;
  certificate.extensions = extensionsOf(contents, ownKeyId, issuer?.keyId);
  await signInPlace(certificate, signing.key);
  return pemOf("CERTIFICATE", new Uint8Array(certificate.toSchema().toBER()));
}
