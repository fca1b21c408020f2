import type { KeyObject } from "node:crypto";
import type { Security } from "../../../model/kafka-target.ts";
import { type ReadFile, readPem, readStoreFile, type StoreFile } from "./read-store.ts";
import type { Settings } from "./settings.ts";

type Tls = NonNullable<Security["tls"]>;

const algorithm = "ssl.endpoint.identification.algorithm";

function checksHostname(settings: Settings): boolean {
  if (!settings.has(algorithm)) return true;
  const value = settings.get(algorithm);
  if (value !== undefined && value.toLowerCase() !== "https")
    throw settings.refusal(algorithm, `${value} is not supported`, { hint: "It can be https, or empty to compare no names" });
  return value !== undefined;
}

/** Both the texts and a file are more than Java takes. */
function refuseBoth(settings: Settings, inline: string, location: string): void {
  if (settings.get(inline) !== undefined && settings.get(location) !== undefined)
    throw settings.refusal(inline, `cannot be given together with ${location}`);
}

/** Told now, and by name: in a handshake a broken one would only be missed. */
async function checkCertificates(settings: Settings, name: string, certificates: readonly string[]): Promise<void> {
  const { X509Certificate } = await import("node:crypto");
  for (const [index, pem] of certificates.entries()) {
    try {
      new X509Certificate(pem);
    } catch (cause) {
      throw settings.refusal(name, `has a certificate that cannot be read, number ${index + 1}`, { cause });
    }
  }
}

async function readTrust(settings: Settings, readFile: ReadFile): Promise<string | undefined> {
  const inline = "ssl.truststore.certificates";
  refuseBoth(settings, inline, "ssl.truststore.location");
  const text = settings.get(inline);
  const location = settings.get("ssl.truststore.location");
  if (text === undefined && location === undefined) return undefined;
  const found = text !== undefined ? readPem(text) : await fileOf("ssl.truststore", settings, readFile);
  const certificates = found?.kind === "Store" ? found.store.trusted : (found?.certificates ?? []);
  await checkCertificates(settings, text === undefined ? "ssl.truststore.location" : inline, certificates);
  if (certificates.length > 0) return certificates.join("");
  if (text !== undefined) throw settings.refusal(inline, "has no certificate in it");
  throw settings.refusal("ssl.truststore.location", `${location} holds no certificate that Java would trust`, {
    hint: `Import the authority's certificate: keytool -importcert -alias ca -file ca.crt -keystore ${location}`,
  });
}

async function fileOf(name: "ssl.truststore" | "ssl.keystore", settings: Settings, readFile: ReadFile): Promise<StoreFile | undefined> {
  const location = settings.get(`${name}.location`);
  if (location === undefined) return undefined;
  const password = settings.get(`${name}.password`);
  return readStoreFile({ settings, name, location }, { password, keyPassword: settings.get("ssl.key.password") ?? password }, readFile);
}

type Identity = { readonly cert: string; readonly key: string };

/** The property that the key came by. */
const origin = (settings: Settings): string =>
  settings.get("ssl.keystore.key") === undefined ? "ssl.keystore.location" : "ssl.keystore.key";

/** The key without its password, so that a wrong one is told now and by name. */
async function openKey(settings: Settings, pem: string): Promise<KeyObject> {
  const { createPrivateKey } = await import("node:crypto");
  const passphrase = settings.get("ssl.key.password");
  const isEncrypted = /ENCRYPTED/.test(pem);
  if (isEncrypted && passphrase === undefined)
    throw settings.refusal(origin(settings), "is an encrypted key, and ssl.key.password is missing");
  try {
    return createPrivateKey({ key: pem, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    throw settings.refusal(
      origin(settings),
      isEncrypted ? "cannot be decrypted: ssl.key.password is wrong, or the cipher is not supported" : "is no private key that can be read",
    );
  }
}

async function checkPair(settings: Settings, chain: readonly string[], key: KeyObject): Promise<void> {
  await checkCertificates(settings, origin(settings), chain);
  const { X509Certificate } = await import("node:crypto");
  if (!new X509Certificate(chain[0] ?? "").checkPrivateKey(key))
    throw settings.refusal(origin(settings), "does not belong to the first certificate of its chain");
}

async function inlineKey(settings: Settings): Promise<StoreFile | undefined> {
  const keyText = settings.get("ssl.keystore.key");
  const chainText = settings.get("ssl.keystore.certificate.chain");
  if (keyText === undefined && chainText === undefined) return undefined;
  if (chainText === undefined) throw settings.refusal("ssl.keystore.certificate.chain", "is missing beside ssl.keystore.key");
  if (keyText === undefined) throw settings.refusal("ssl.keystore.key", "is missing beside ssl.keystore.certificate.chain");
  return readPem(`${chainText}\n${keyText}`) ?? { kind: "Pem", certificates: [] };
}

async function readIdentity(settings: Settings, readFile: ReadFile): Promise<Identity | undefined> {
  refuseBoth(settings, "ssl.keystore.key", "ssl.keystore.location");
  const found = (await inlineKey(settings)) ?? (await fileOf("ssl.keystore", settings, readFile));
  if (found === undefined) return undefined;
  const pem = found.kind === "Store" ? found.store.key?.pem : found.key;
  const chain = found.kind === "Store" ? (found.store.key?.chain ?? []) : found.certificates;
  if (pem === undefined || chain.length === 0)
    throw settings.refusal(origin(settings), `holds no ${pem === undefined ? "private key" : "certificate for its key"}`);
  const key = await openKey(settings, pem);
  await checkPair(settings, chain, key);
  return { cert: chain.join(""), key: key.export({ format: "pem", type: "pkcs8" }).toString() };
}

/** What TLS needs, as PEM texts. Without a truststore the authorities that Node.js knows are trusted, as Java trusts those that it knows. */
export async function readTls(settings: Settings, readFile: ReadFile): Promise<Tls> {
  const ca = await readTrust(settings, readFile);
  const identity = await readIdentity(settings, readFile);
  return { ...(ca === undefined ? {} : { ca }), ...identity, ...(checksHostname(settings) ? {} : { verifyHostname: false }) };
}
