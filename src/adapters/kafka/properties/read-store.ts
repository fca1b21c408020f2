import type { AppError } from "../../../model/errors.ts";
import { isCertificate, isPrivateKey, pemBlocks } from "./pem.ts";
import type { Settings } from "./settings.ts";
import { type Passwords, type Store, UnreadableStore } from "./store.ts";

export type ReadFile = (path: string) => Promise<Uint8Array>;

/** Which of the two stores, as its properties are named. */
export type StoreName = "ssl.truststore" | "ssl.keystore";

/** A store, or a PEM text whose key, if it has one, may be encrypted. */
export type StoreFile =
  | { readonly kind: "Store"; readonly store: Store }
  | { readonly kind: "Pem"; readonly certificates: readonly string[]; readonly key?: string };

/** How to make a PEM file of the certificates or the key, for who reads the error. */
function conversion(name: StoreName, location: string): string {
  const pem = location.replace(/(\.\w+)?$/, ".pem");
  const make =
    name === "ssl.truststore"
      ? `openssl pkcs12 -legacy -in ${location} -nokeys -out ${pem}`
      : `openssl pkcs12 -legacy -in ${location} -noenc -out ${pem}`;
  return `Make a PEM file of it: ${make}, and set ${name}.type=PEM, ${name}.location=${pem}`;
}

const toPkcs12 = (name: StoreName, location: string): string =>
  `Convert it: keytool -importkeystore -srckeystore ${location} -destkeystore ${location}.p12 -deststoretype PKCS12, and set ${name}.location=${location}.p12`;

/** PEM text as certificates and a key; undefined when there is neither. */
export function readPem(text: string): StoreFile | undefined {
  const blocks = pemBlocks(text);
  const key = blocks.find(isPrivateKey)?.text;
  const certificates = blocks.filter(isCertificate).map((block) => block.text);
  if (certificates.length === 0 && key === undefined) return undefined;
  return { kind: "Pem", certificates, ...(key === undefined ? {} : { key }) };
}

type Located = { readonly settings: Settings; readonly name: StoreName; readonly location: string };

async function readBytes({ settings, name, location }: Located, readFile: ReadFile): Promise<Buffer> {
  try {
    return Buffer.from(await readFile(location));
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const why = code === "ENOENT" ? "there is no such file" : cause instanceof Error ? cause.message : String(cause);
    throw settings.refusal(`${name}.location`, `${location} cannot be read: ${why}`, {
      hint: "A path that does not begin at the root is looked up from here, as Java does",
      cause,
    });
  }
}

/** Reads a store by what it is, whatever `type` says, as Java does for PKCS12 and JKS; their code is loaded when there is one. */
async function readBinary(bytes: Buffer, passwords: Passwords): Promise<Store | undefined> {
  const [{ isJks, readJks }, { isPkcs12, readPkcs12 }] = await Promise.all([import("./jks.ts"), import("./pkcs12.ts")]);
  if (isJks(bytes)) return readJks(bytes, passwords);
  return isPkcs12(bytes) ? readPkcs12(bytes, passwords) : undefined;
}

const jceksMagic = 0xcececece;

function unknownFormat({ settings, name, location }: Located, bytes: Buffer): AppError {
  const isJceks = bytes.length > 4 && bytes.readUInt32BE() === jceksMagic;
  const why = isJceks ? "is in the format JCEKS, which is not supported" : "is in none of the formats PEM, PKCS12 and JKS";
  return settings.refusal(`${name}.location`, `${location} ${why}`, { hint: toPkcs12(name, location) });
}

/** Reads the file at `location`. Throws AppError InvalidFile that names property, file and what to do. */
export async function readStoreFile(located: Located, passwords: Passwords, readFile: ReadFile): Promise<StoreFile> {
  const { settings, name, location } = located;
  const bytes = await readBytes(located, readFile);
  const pem = readPem(bytes.toString("latin1"));
  if (pem !== undefined) return pem;
  try {
    const store = await readBinary(bytes, passwords);
    if (store === undefined) throw unknownFormat(located, bytes);
    return { kind: "Store", store };
  } catch (error) {
    if (!(error instanceof UnreadableStore || error instanceof RangeError)) throw error;
    const why =
      error instanceof RangeError ? `the file is damaged, or written in a way that is not known here (${error.message})` : error.message;
    const isPassword = /password/.test(why);
    throw settings.refusal(`${name}.location`, `${location}: ${why}`, {
      hint: isPassword ? undefined : conversion(name, location),
      cause: error,
    });
  }
}
