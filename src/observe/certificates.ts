import { AppError } from "../model/errors.ts";
import type { CertificateState, Gap } from "../model/observation.ts";
import type { ReadCertificates } from "../ports/certificates.ts";
import { toGap } from "./gaps.ts";
import { type Secret, secretText } from "./kube-shapes.ts";

const certificateKey = /\.crt$/;

function roleOf(secret: string, cluster: string): CertificateState["role"] {
  if (secret === `${cluster}-cluster-ca-cert`) return "clusterCa";
  return secret === `${cluster}-clients-ca-cert` ? "clientsCa" : "leaf";
}

/** Strimzi keeps retired CAs as `ca-<date>.crt`, and the trust bundle repeats the CAs: neither expires in a way that matters. */
const isCurrent = (secret: Secret, key: string): boolean => !/^ca-\d{4}-/.test(key) && !secret.metadata.name.endsWith("-trustbundle");

/** The certificates the cluster lives on: both CAs and the leaves signed by them. A chain counts with its first certificate. */
export function certificatesOf(
  cluster: string,
  secrets: readonly Secret[],
  read: ReadCertificates,
): { certificates: CertificateState[]; gaps: Gap[] } {
  const certificates: CertificateState[] = [];
  const gaps: Gap[] = [];
  for (const secret of secrets) {
    const name = secret.metadata.name;
    for (const key of Object.keys(secret.data ?? {}).filter((entry) => certificateKey.test(entry) && isCurrent(secret, entry))) {
      try {
        const first = read(secretText(secret, key) ?? "")[0];
        if (first) certificates.push({ secret: name, key, role: roleOf(name, cluster), subject: first.subject, notAfter: first.notAfter });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        gaps.push(toGap(`certificate ${name}/${key}`, error));
      }
    }
  }
  return { certificates, gaps };
}
