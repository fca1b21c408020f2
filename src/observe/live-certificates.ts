import { type CaName, type CertificateInfo, chainBehind, type PresentAuthority, type PresentLeaf } from "../model/certificate.ts";
import { AppError } from "../model/errors.ts";
import type { KubeObject } from "../model/kube.ts";
import type { CompareCertificates, ReadCertificates } from "../ports/certificates.ts";
import { type Secret, secretText } from "./kube-shapes.ts";

export type CertificateReaders = { readonly read: ReadCertificates; readonly compare: CompareCertificates };

/** Where a leaf lies, and which authority signs it. */
type LeafPlace = { readonly secret: string; readonly certificateKey: string; readonly privateKey: string; readonly ca: CaName };

export type LiveCertificates = {
  readonly authorities: Readonly<Record<CaName, PresentAuthority>>;
  /** In the order of the places. */
  readonly leaves: readonly PresentLeaf[];
};

/** None where there is no text, and where it cannot be read. */
function chainOf(text: string | undefined, read: ReadCertificates): CertificateInfo[] {
  if (text === undefined) return [];
  try {
    return read(text);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

const numberOf = (object: KubeObject | undefined, annotation: string): number | undefined => {
  const text = object?.metadata.annotations?.[`strimzi.io/${annotation}`];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
};

type Secrets = ReadonlyMap<string, Secret>;

/** The text of an authority's certificate, and where it had to be taken from when its own Secret has none. */
type Found = { readonly text?: string; readonly keptBehind?: LeafPlace };

function findAuthority(
  secrets: Secrets,
  own: { secret: string; leaves: readonly LeafPlace[] },
  { read, compare }: CertificateReaders,
): Found {
  const text = secretText(secrets.get(own.secret), "ca.crt");
  if (text !== undefined && chainOf(text, read).length > 0) return { text };
  for (const leaf of own.leaves) {
    const certificate = secretText(secrets.get(leaf.secret), leaf.certificateKey) ?? "";
    const chain = chainBehind(certificate);
    if (chainOf(chain, read)[0]?.isCa && compare.isSignedBy(certificate, chain)) return { text: chain, keptBehind: leaf };
  }
  return {};
}

/** The certificates of a cluster as its Secrets hold them; private keys are compared and go no further. */
export function liveCertificates(
  objects: readonly KubeObject[],
  { cluster, places }: { readonly cluster: string; readonly places: readonly LeafPlace[] },
  readers: CertificateReaders,
): LiveCertificates {
  const { read, compare } = readers;
  const secrets = new Map(objects.filter(({ kind }) => kind === "Secret").map((secret) => [secret.metadata.name, secret as Secret]));
  const find = (ca: CaName): Found =>
    findAuthority(secrets, { secret: `${cluster}-${ca}-ca-cert`, leaves: places.filter((place) => place.ca === ca) }, readers);
  const found: Readonly<Record<CaName, Found>> = { cluster: find("cluster"), clients: find("clients") };
  const authorityOf = (ca: CaName): PresentAuthority => {
    const { text, keptBehind } = found[ca];
    const privateKey = secretText(secrets.get(`${cluster}-${ca}-ca`), "ca.key");
    const chain = chainOf(text, read);
    const fits = privateKey !== undefined && (chain.length === 0 || compare.isKeyOf(privateKey, text ?? ""));
    const generation = (secret: string, annotation: string) => numberOf(secrets.get(secret), annotation);
    return {
      ...(keptBehind === undefined ? {} : { keptBehind: { secret: keptBehind.secret, key: keptBehind.certificateKey } }),
      chain,
      key: privateKey === undefined ? "missing" : fits ? "fits" : "foreign",
      certificateGeneration:
        generation(`${cluster}-${ca}-ca-cert`, "ca-cert-generation") ??
        generation(keptBehind?.secret ?? "", "cluster-ca-cert-generation") ??
        0,
      keyGeneration: generation(`${cluster}-${ca}-ca`, "ca-key-generation") ?? 0,
    };
  };
  const leafOf = ({ secret: name, certificateKey, privateKey, ca }: LeafPlace): PresentLeaf => {
    const secret = secrets.get(name);
    const certificate = secretText(secret, certificateKey);
    const key = secretText(secret, privateKey);
    const generation = numberOf(secret, "cluster-ca-cert-generation");
    return {
      chain: chainOf(certificate, read),
      keyFits: certificate !== undefined && key !== undefined && compare.isKeyOf(key, certificate),
      signedByPresentCa: certificate !== undefined && compare.isSignedBy(certificate, found[ca].text ?? ""),
      ...(generation === undefined ? {} : { caGeneration: generation }),
    };
  };
  return { authorities: { cluster: authorityOf("cluster"), clients: authorityOf("clients") }, leaves: places.map(leafOf) };
}
