import type { WantedLeaf } from "../desired/certificates.ts";
import type { CaName, CertificateInfo, PresentLeaf } from "../model/certificate.ts";
import type { Instant } from "../model/instant.ts";
import type { ClusterRef } from "../model/observation.ts";
import type { Notice } from "../model/plan.ts";
import { type AuthorityDecision, type AuthorityInput, type CertificateReason, isExpiring, planAuthority } from "./authority.ts";

// What becomes of each certificate of a cluster.
//
// 1. Each authority (see authority.ts) is kept, made, made anew with its key, or the plan is refused.
// 2. A leaf is kept unless something is wrong with it; everything that is wrong is named, in the order of the list below.
// 3. When an authority is made or made anew, everything it signs is signed again.
// 4. Nothing is refused for the want of a private key unless something has to be signed with it.
//
// Promises: the plan for what a finished run leaves behind keeps everything; a leaf is never signed by an authority that was refused.

export type LeafDecision = {
  readonly kind: "Keep" | "Create" | "Renew";
  readonly leaf: WantedLeaf;
  readonly because: readonly CertificateReason[];
};

export type CertificatesInput = {
  readonly now: Instant;
  readonly cluster: ClusterRef;
  /** The generations that pods were started with, the newest of each; left out: there are no pods. */
  readonly running?: Readonly<Record<CaName, number>>;
  readonly authorities: Readonly<Record<CaName, AuthorityInput>>;
  readonly leaves: readonly { readonly wanted: WantedLeaf; readonly present: PresentLeaf }[];
};

export type PlannedCertificates =
  | {
      readonly ok: true;
      readonly authorities: Readonly<Record<CaName, AuthorityDecision>>;
      readonly leaves: readonly LeafDecision[];
      readonly notices: readonly Notice[];
    }
  | { readonly ok: false; readonly refusals: readonly Notice[] };

function hasOtherNames(certificate: CertificateInfo, { commonName, dns }: WantedLeaf): boolean {
  const found = new Set(certificate.dnsNames.map((name) => name.toLowerCase()));
  const wanted = new Set(dns.map((name) => name.toLowerCase()));
  const sameNames = found.size === wanted.size && [...wanted].every((name) => found.has(name)) && certificate.ipAddresses.length === 0;
  return !sameNames || !certificate.subject.split(",").includes(`CN=${commonName}`);
}

const lacksChain = ([, ...rest]: readonly CertificateInfo[], authority: readonly CertificateInfo[]): boolean =>
  rest.length !== authority.length || rest.some(({ fingerprint }, index) => fingerprint !== authority[index]?.fingerprint);

/** Everything that is wrong with a leaf under an authority that stays. */
function reasonsOf(wanted: WantedLeaf, present: PresentLeaf, { authority, now }: { authority: AuthorityInput; now: Instant }) {
  const [certificate] = present.chain;
  if (certificate === undefined || !present.keyFits) return ["Missing"] as const;
  const { certificateGeneration, chain } = authority.present;
  const otherGeneration = present.caGeneration !== undefined && present.caGeneration !== certificateGeneration;
  const checks: [CertificateReason, boolean][] = [
    ["CaChanged", !present.signedByPresentCa || otherGeneration],
    ["SansChanged", hasOtherNames(certificate, wanted)],
    ["Expiring", isExpiring(certificate, authority.settings.renewalDays, now)],
    ["ChainMissing", lacksChain(present.chain, chain)],
  ];
  return checks.filter(([, holds]) => holds).map(([reason]) => reason);
}

/** The certificate of the authority is the one that is there. */
const isSame = ({ kind }: AuthorityDecision): boolean => kind === "Keep" || kind === "Restore";

function decideLeaf(
  { wanted, present }: CertificatesInput["leaves"][number],
  decision: AuthorityDecision,
  input: CertificatesInput,
): LeafDecision {
  const found = reasonsOf(wanted, present, { authority: input.authorities[wanted.ca], now: input.now });
  const because = found.includes("Missing") || isSame(decision) ? found : [...new Set<CertificateReason>(["CaChanged", ...found])];
  if (because.length === 0) return { kind: "Keep", leaf: wanted, because };
  return { kind: present.chain.length === 0 ? "Create" : "Renew", leaf: wanted, because };
}

const lostKey = ({ secrets, present }: AuthorityInput, ca: CaName, count: number): Notice => ({
  subject: `Secret ${secrets.key}`,
  reason: "AuthorityKeyMissing",
  message: `${count === 1 ? "a certificate" : `${count} certificates`} must be signed by the ${ca} CA, whose private key is ${
    present.key === "missing" ? "not there" : "not that of its certificate"
  }`,
  hint: `put the key back into ca.key of the Secret, from a backup`,
});

/** Decides on every certificate of a cluster, or says why nothing can be done. */
export function planCertificates(input: CertificatesInput): PlannedCertificates {
  const signedBy = (ca: CaName) => input.leaves.filter(({ wanted, present }) => wanted.ca === ca && present.chain.length > 0);
  const { now, cluster: clusterRef, running } = input;
  const plan = (ca: CaName) => {
    const question = { ...input.authorities[ca], ca, now, clusterRef, leaves: signedBy(ca).map(({ present }) => present) };
    return planAuthority(running === undefined ? question : { ...question, running: running[ca] });
  };
  const [cluster, clients] = [plan("cluster"), plan("clients")];
  const refusals = [...cluster.refusals, ...clients.refusals];
  if (refusals.length > 0) return { ok: false, refusals };
  const authorities = { cluster: cluster.decision, clients: clients.decision };
  const leaves = input.leaves.map((leaf) => decideLeaf(leaf, authorities[leaf.wanted.ca], input));
  const lost = (["cluster", "clients"] as const).flatMap((ca) => {
    const count = leaves.filter(({ kind, leaf }) => kind !== "Keep" && leaf.ca === ca).length;
    const unusable = isSame(authorities[ca]) && input.authorities[ca].present.key !== "fits";
    return count > 0 && unusable ? [lostKey(input.authorities[ca], ca, count)] : [];
  });
  if (lost.length > 0) return { ok: false, refusals: lost };
  return { ok: true, authorities, leaves, notices: [...cluster.notices, ...clients.notices] };
}
