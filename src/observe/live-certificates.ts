import type { CaName, CertificateInfo, PresentAuthority, PresentLeaf } from "../model/certificate.ts";
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

/** The certificates of a cluster as its Secrets hold them; private keys are compared and go no further. */
export function liveCertificates(
  objects: readonly KubeObject[],
  { cluster, places }: { readonly cluster: string; readonly places: readonly LeafPlace[] },
  { read, compare }: CertificateReaders,
): LiveCertificates {
  const secrets = new Map(objects.filter(({ kind }) => kind === "Secret").map((secret) => [secret.metadata.name, secret as Secret]));
  const certificateOf = (ca: CaName) => secretText(secrets.get(`${cluster}-${ca}-ca-cert`), "ca.crt");
  const authorityOf = (ca: CaName): PresentAuthority => {
    const certificate = certificateOf(ca);
    const privateKey = secretText(secrets.get(`${cluster}-${ca}-ca`), "ca.key");
    const chain = chainOf(certificate, read);
    const fits = privateKey !== undefined && (chain.length === 0 || compare.isKeyOf(privateKey, certificate ?? ""));
    return {
      chain,
      key: privateKey === undefined ? "missing" : fits ? "fits" : "foreign",
      certificateGeneration: numberOf(secrets.get(`${cluster}-${ca}-ca-cert`), "ca-cert-generation") ?? 0,
      keyGeneration: numberOf(secrets.get(`${cluster}-${ca}-ca`), "ca-key-generation") ?? 0,
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
      signedByPresentCa: certificate !== undefined && compare.isSignedBy(certificate, certificateOf(ca) ?? ""),
      ...(generation === undefined ? {} : { caGeneration: generation }),
    };
  };
  return { authorities: { cluster: authorityOf("cluster"), clients: authorityOf("clients") }, leaves: places.map(leafOf) };
}
