import type { CaName, CertificateInfo, CertificatePlace, PresentAuthority, PresentLeaf } from "../model/certificate.ts";
import type { CaSettings } from "../model/cluster-spec.ts";
import { type Instant, msOf } from "../model/instant.ts";
import type { ClusterRef } from "../model/observation.ts";
import type { Notice } from "../model/plan.ts";

// What becomes of one authority.
//
// 1. One that the user brings must be whole: its certificate, of an authority and not expired, and for the cluster CA its private key. What is
//    missing is refused by the name of its Secret. It is never changed; its coming end is told.
// 2. One of ours whose certificate is lost gets it back from behind a leaf's; where there is none, a new one for the same key, which leaves
//    what it has signed good.
// 3. One whose certificate ends soon gets a new one for the same key.
// 4. One whose key is lost is kept for as long as nothing has to be signed (the caller checks), since its leaves are still good.
// 5. One of ours that is lost altogether is made. Where leaves of an older one are found, the generations go on from theirs, so that every
//    node sees that what it trusts has changed.
// 6. Nodes that run trust the cluster CA they were started with and no other, and are asked by an identity that it signed. While they run, a
//    lost one is not made anew, and another one in its place is refused: no node could be restarted safely any more.

/** Why a certificate cannot stay. */
export type CertificateReason =
  /** It is not there, or unreadable, or without its private key. */
  | "Missing"
  /** The authority that signed it is not the present one. */
  | "CaChanged"
  /** It is for other names, or for another subject, than it should be. */
  | "SansChanged"
  /** It ends within the days of renewal. */
  | "Expiring"
  /** The authority's certificates do not follow it in its file. */
  | "ChainMissing";

export type AuthorityDecision = {
  readonly ca: CaName;
  /** `Renew`: a new certificate for the same key. `Restore`: the same certificate, from where it is kept behind a leaf's. */
  readonly kind: "Keep" | "Create" | "Renew" | "Restore";
  /** Of `Restore`. */
  readonly from?: CertificatePlace;
  readonly because: readonly CertificateReason[];
  /** The generations after the run. */
  readonly certificateGeneration: number;
  readonly keyGeneration: number;
};

/** An authority as it is asked for and as it is. `secrets` are the names to tell people. */
export type AuthorityInput = {
  readonly settings: CaSettings;
  readonly present: PresentAuthority;
  readonly secrets: { readonly certificate: string; readonly key: string };
};

export type AuthorityQuestion = AuthorityInput & {
  readonly ca: CaName;
  readonly now: Instant;
  /** Those found. */
  readonly leaves: readonly PresentLeaf[];
  readonly clusterRef: ClusterRef;
  /** The generation of this authority that pods were started with, the newest; left out: there are no pods. */
  readonly running?: number;
};

export type PlannedAuthority = {
  readonly decision: AuthorityDecision;
  readonly notices: readonly Notice[];
  readonly refusals: readonly Notice[];
};

const dayMs = 86_400_000;

/** A certificate is renewed while it still has these days to live. */
export const isExpiring = (certificate: CertificateInfo, renewalDays: number, now: Instant): boolean =>
  msOf(certificate.notAfter) - msOf(now) < renewalDays * dayMs;

/** A Secret without the labels is not seen to be the cluster's. */
const bring = (ca: CaName): string =>
  `create it before the cluster, with the labels strimzi.io/kind=Kafka and strimzi.io/cluster, or let spec.${ca}Ca.generateCertificateAuthority be true`;

function missingParts({ ca, present, secrets }: AuthorityQuestion): Notice[] {
  const lack = (secret: string, what: string): Notice => ({
    subject: `Secret ${secret}`,
    reason: "AuthorityMissing",
    message: `the ${ca} CA is brought by the user, but ${what}`,
    hint: bring(ca),
  });
  const isLost = present.chain.length === 0 || present.keptBehind !== undefined;
  const certificate = isLost ? [lack(secrets.certificate, "there is no certificate in ca.crt")] : [];
  // the clients' key signs users, and a cluster starts without any
  if (present.key === "missing" && ca === "cluster") return [...certificate, lack(secrets.key, "there is no private key in ca.key")];
  return present.key === "foreign"
    ? [...certificate, lack(secrets.key, "the private key in ca.key is not that of the certificate")]
    : certificate;
}

function unfit({ ca, present, secrets, now }: AuthorityQuestion): Notice[] {
  const [own] = present.chain;
  if (own === undefined) return [];
  const wrong = (message: string): Notice => ({ subject: `Secret ${secrets.certificate}`, reason: "AuthorityUnfit", message });
  if (!own.isCa) return [wrong(`the certificate of the ${ca} CA in ca.crt (${own.subject}) may not sign others`)];
  if (msOf(own.notAfter) <= msOf(now)) return [wrong(`the certificate of the ${ca} CA in ca.crt has expired at ${own.notAfter}`)];
  return [];
}

function keep(ca: CaName, { keptBehind, certificateGeneration, keyGeneration }: PresentAuthority): AuthorityDecision {
  const generations = { ca, certificateGeneration, keyGeneration };
  return keptBehind === undefined
    ? { ...generations, kind: "Keep", because: [] }
    : { ...generations, kind: "Restore", because: ["Missing"], from: keptBehind };
}

/** Another authority than the nodes that run trust. */
function replaced({ ca, present, secrets, leaves, running, settings }: AuthorityQuestion): Notice[] {
  const isOther = present.chain.length > 0 && leaves.length > 0 && leaves.every(({ signedByPresentCa }) => !signedByPresentCa);
  if (ca !== "cluster" || running === undefined || !isOther) return [];
  return [
    {
      subject: `Secret ${secrets.certificate}`,
      reason: "AuthorityKeyChanged",
      message: "the cluster CA in ca.crt has another key or name than the one that the running nodes trust",
      hint: settings.generate
        ? "put the former certificate and key back, from a backup"
        : "renew the certificate with the same key and subject; to replace the key of a running cluster is not supported in this version",
    },
  ];
}

/** It cannot be had back, and the nodes that run trust no other. */
const lostWhileRunning = ({ ca, secrets, clusterRef }: AuthorityQuestion): Notice => ({
  subject: `Secrets ${secrets.certificate} and ${secrets.key}`,
  reason: "AuthorityLost",
  message: `the ${ca} CA is lost, and nodes that run trust no other`,
  hint: `put both back from a backup; or stop every node, which leaves the volumes as they are, and reconcile: kubectl delete statefulset -n ${clusterRef.namespace} -l strimzi.io/cluster=${clusterRef.name},strimzi.io/kind=Kafka`,
});

function planBrought(question: AuthorityQuestion): PlannedAuthority {
  const { ca, present, secrets, settings, now } = question;
  const refusals = [...missingParts(question), ...unfit(question), ...replaced(question)];
  const [own] = present.chain;
  const ending: Notice[] =
    own && refusals.length === 0 && isExpiring(own, settings.renewalDays, now)
      ? [
          {
            subject: `Secret ${secrets.certificate}`,
            reason: "AuthorityExpiring",
            message: `the ${ca} CA, brought by the user, expires at ${own.notAfter}`,
            hint: `replace it in time, and raise the annotation strimzi.io/ca-cert-generation of the Secret by one`,
          },
        ]
      : [];
  return { decision: keep(ca, present), notices: ending, refusals };
}

function planLostKey(question: AuthorityQuestion, expiring: boolean): PlannedAuthority {
  const { ca, present, secrets } = question;
  const what = present.key === "missing" ? "not there" : "not that of its certificate";
  const lost: Notice = {
    subject: `Secret ${secrets.key}`,
    reason: "AuthorityKeyMissing",
    message: `the private key of the ${ca} CA is ${what}: ${expiring ? "the CA ends soon and cannot be renewed" : "no certificate can be issued"}`,
    hint: "put the key back into ca.key of the Secret, from a backup",
  };
  return { decision: keep(ca, present), notices: expiring ? [] : [lost], refusals: expiring ? [lost] : [] };
}

/** One more than any generation that a Secret, a leaf or a pod tells of; 0 when none does. */
function nextGeneration({ present, leaves, running }: AuthorityQuestion): number {
  const known = [...leaves.map(({ caGeneration }) => caGeneration ?? 0), ...(running === undefined ? [] : [running])];
  const isNew = known.length === 0 && present.chain.length === 0 && present.key === "missing";
  return isNew ? 0 : Math.max(present.certificateGeneration, ...known) + 1;
}

function planOwn(question: AuthorityQuestion): PlannedAuthority {
  const { ca, present, settings, now, secrets, running } = question;
  const [own] = present.chain;
  const refusals = replaced(question);
  if (refusals.length > 0) return { decision: keep(ca, present), notices: [], refusals };
  const certificateGeneration = nextGeneration(question);
  if (own === undefined && present.key === "fits") {
    const decision = { ca, kind: "Renew", because: ["Missing"], certificateGeneration, keyGeneration: present.keyGeneration } as const;
    return { decision, notices: [], refusals: [] };
  }
  if (own === undefined && running !== undefined && ca === "cluster")
    return { decision: keep(ca, present), notices: [], refusals: [lostWhileRunning(question)] };
  if (own === undefined) {
    const anew: Notice = {
      subject: `Secrets ${secrets.certificate} and ${secrets.key}`,
      reason: "AuthorityReplaced",
      message: `the ${ca} CA is lost: a new one is made, and what the former one signed is not trusted any more`,
    };
    const keyGeneration = certificateGeneration === 0 ? 0 : Math.max(present.keyGeneration + 1, certificateGeneration);
    const decision = { ca, kind: "Create", because: ["Missing"], certificateGeneration, keyGeneration } as const;
    return { decision, notices: certificateGeneration > 0 ? [anew] : [], refusals: [] };
  }
  const expiring = isExpiring(own, settings.renewalDays, now);
  if (present.key !== "fits") return planLostKey(question, expiring);
  if (!expiring) return { decision: keep(ca, present), notices: [], refusals: [] };
  const decision = { ca, kind: "Renew", because: ["Expiring"], certificateGeneration, keyGeneration: present.keyGeneration } as const;
  return { decision, notices: [], refusals: [] };
}

/** Decides on one authority; the decision counts only when nothing is refused. */
export function planAuthority(question: AuthorityQuestion): PlannedAuthority {
  const { ca, settings } = question;
  const planned = settings.generate ? planOwn(question) : planBrought(question);
  // what signs no leaf of ours has no validity of ours
  if (settings.renewalDays < settings.validityDays || (ca === "clients" && !settings.generate)) return planned;
  const endless: Notice = {
    subject: `spec.${ca}Ca`,
    reason: "InvalidValidity",
    message: `certificates that live ${settings.validityDays} days cannot be renewed ${settings.renewalDays} days before their end`,
    hint: `let renewalDays be less than validityDays`,
  };
  return { ...planned, refusals: [endless, ...planned.refusals] };
}
