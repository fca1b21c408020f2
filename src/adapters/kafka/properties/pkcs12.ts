import { createPrivateKey, X509Certificate } from "node:crypto";
import { childOf, childrenOf, type Der, oidOf, readDer, tags } from "./der.ts";
import { checkMac, decrypt } from "./pkcs12-cipher.ts";
import { needsPassword, type Passwords, type Store, toPem, UnreadableStore } from "./store.ts";

// RFC 7292. A store is a sequence of safes, encrypted or not; a safe is a sequence of bags, each with a certificate or a key and attributes.
// Java trusts the certificates that carry its own attribute; OpenSSL sets it with -jdktrust.

const oids = {
  data: "1.2.840.113549.1.7.1",
  encryptedData: "1.2.840.113549.1.7.6",
  keyBag: "1.2.840.113549.1.12.10.1.1",
  shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
  certBag: "1.2.840.113549.1.12.10.1.3",
  localKeyId: "1.2.840.113549.1.9.21",
  javaTrust: "2.16.840.1.113894.746875.1.1",
} as const;

type Bag = { readonly kind: string; readonly value: Der; readonly attributes: ReadonlyMap<string, Buffer> };

export const isPkcs12 = (bytes: Buffer): boolean => {
  try {
    const [version, safe] = childrenOf(readDer(bytes));
    return version?.tag === tags.integer && version.content.equals(Buffer.from([3])) && safe?.tag === tags.sequence;
  } catch {
    return false;
  }
};

function readBag(bag: Der): Bag {
  const attributes = childrenOf(bag)[2];
  const pairs =
    attributes === undefined
      ? []
      : childrenOf(attributes).map((pair) => [oidOf(childOf(pair, 0, tags.oid)), childOf(pair, 1, tags.set).content] as const);
  return { kind: oidOf(childOf(bag, 0, tags.oid)), value: readDer(childOf(bag, 1, tags.explicit0).content), attributes: new Map(pairs) };
}

function readSafe(info: Der, password: string | undefined): Bag[] {
  const kind = oidOf(childOf(info, 0, tags.oid));
  const content = readDer(childOf(info, 1, tags.explicit0).content);
  if (kind === oids.data) return childrenOf(readDer(content.content)).map(readBag);
  if (kind !== oids.encryptedData) throw new UnreadableStore("it is encrypted for a certificate, not by a password");
  if (password === undefined) throw needsPassword();
  const encrypted = childOf(content, 1, tags.sequence);
  const plain = decrypt(childOf(encrypted, 1, tags.sequence), childOf(encrypted, 2, tags.implicit0).content, password);
  return childrenOf(readDer(plain)).map(readBag);
}

const certificateOf = ({ value }: Bag): Buffer => readDer(childOf(value, 1, tags.explicit0).content).content;

function keyOf({ kind, value }: Bag, passphrase: string | undefined): string {
  if (kind === oids.shroudedKeyBag && passphrase === undefined) throw needsPassword();
  try {
    const encrypted = kind === oids.shroudedKeyBag && passphrase !== undefined ? { passphrase } : {};
    return createPrivateKey({ key: value.whole, format: "der", type: "pkcs8", ...encrypted })
      .export({ format: "pem", type: "pkcs8" })
      .toString();
  } catch {
    throw new UnreadableStore(
      "its key cannot be read: the password (ssl.key.password, else ssl.keystore.password) is wrong, or the cipher is not supported any more",
    );
  }
}

/** The key's own certificate, then each one's issuer as far as the store has it. */
function chainOf(own: Buffer | undefined, all: readonly Buffer[]): string[] {
  const rest = all.map((der) => new X509Certificate(der));
  const chain = own === undefined ? [] : [new X509Certificate(own)];
  for (let last = chain.at(-1); last !== undefined; ) {
    const subject = last;
    const issuer = rest.find((candidate) => subject.checkIssued(candidate) && !chain.some((known) => known.raw.equals(candidate.raw)));
    if (issuer !== undefined) chain.push(issuer);
    last = issuer;
  }
  return chain.map(({ raw }) => toPem("CERTIFICATE", raw));
}

/** Reads a PKCS #12 file. Throws UnreadableStore, or RangeError for a damaged file. */
export function readPkcs12(bytes: Buffer, { password, keyPassword }: Passwords): Store {
  const [, authSafe, macData] = childrenOf(readDer(bytes));
  if (authSafe === undefined || oidOf(childOf(authSafe, 0, tags.oid)) !== oids.data)
    throw new UnreadableStore("it is signed with a certificate, not by a password");
  const contents = readDer(childOf(authSafe, 1, tags.explicit0).content).content;
  if (macData !== undefined && password !== undefined) checkMac(macData, contents, password);
  const bags = childrenOf(readDer(contents)).flatMap((info) => readSafe(info, password));
  const certificates = bags.filter(({ kind }) => kind === oids.certBag);
  const trusted = certificates
    .filter(({ attributes }) => attributes.has(oids.javaTrust))
    .map((bag) => toPem("CERTIFICATE", certificateOf(bag)));
  const keyBag = bags.find(({ kind }) => kind === oids.keyBag || kind === oids.shroudedKeyBag);
  if (keyBag === undefined) return { trusted };
  const id = keyBag.attributes.get(oids.localKeyId);
  const own = certificates.find(({ attributes }) => id !== undefined && attributes.get(oids.localKeyId)?.equals(id)) ?? certificates[0];
  const chain = chainOf(own === undefined ? undefined : certificateOf(own), certificates.map(certificateOf));
  return { trusted, key: { pem: keyOf(keyBag, keyPassword), chain } };
}
