import type { CaName, CertificateInfo, PresentAuthority, PresentLeaf } from "../model/certificate.ts";
import type { CaSettings } from "../model/cluster-spec.ts";
import { type Instant, msOf } from "../model/instant.ts";
import type { Notice } from "../model/plan.ts";

// What becomes of one authority.
//
// 1. One that the user brings must be whole: its certificate, of an authority and not expired, and for the cluster CA its private key. What is
//    missing is refused by the name of its Secret. It is never changed; its coming end is told.
// 2. One of ours without certificate and key is made. Where leaves of an older one are found, the generations go on from theirs, so that
//    every node sees that what it trusts has changed.
// 3. One whose certificate is missing or ends soon gets a new certificate for the same key: what it has signed stays good.
// 4. One whose key is lost is kept for as long as nothing has to be signed (the caller checks), since its leaves are still good.

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
  /** `Renew`: a new certificate for the same key. */
  readonly kind: "Keep" | "Create" | "Renew";
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
  readonly now: Instant /** Those found. */;
  readonly leaves: readonly PresentLeaf[];
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

const bring = (ca: CaName): string => `create it before the cluster, or let spec.${ca}Ca.generateCertificateAuthority be true`;

function missingParts({ ca, present, secrets }: AuthorityQuestion): Notice[] {
  const lack = (secret: string, what: string): Notice => ({
    subject: `Secret ${secret}`,
    reason: "AuthorityMissing",
    message: `the ${ca} CA is brought by the user, but ${what}`,
    hint: bring(ca),
  });
  const certificate = present.chain.length === 0 ? [lack(secrets.certificate, "there is no certificate in ca.crt")] : [];
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

const keep = (ca: CaName, present: PresentAuthority): AuthorityDecision => ({
  ca,
  kind: "Keep",
  because: [],
  certificateGeneration: present.certificateGeneration,
  keyGeneration: present.keyGeneration,
});

function planBrought(question: AuthorityQuestion): PlannedAuthority {
  const { ca, present, secrets, settings, now } = question;
  const refusals = [...missingParts(question), ...unfit(question)];
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

/** One more than any generation that a Secret or a leaf tells of; 0 when none does. */
function nextGeneration({ present, leaves }: AuthorityQuestion): number {
  const known = leaves.map(({ caGeneration }) => caGeneration ?? 0);
  const isNew = known.length === 0 && present.chain.length === 0 && present.key === "missing";
  return isNew ? 0 : Math.max(present.certificateGeneration, ...known) + 1;
}

function planOwn(question: AuthorityQuestion): PlannedAuthority {
  const { ca, present, settings, now, leaves, secrets } = question;
  const [own] = present.chain;
  const certificateGeneration = nextGeneration(question);
  if (own === undefined && present.key === "fits") {
    const decision = { ca, kind: "Renew", because: ["Missing"], certificateGeneration, keyGeneration: present.keyGeneration } as const;
    return { decision, notices: [], refusals: [] };
  }
  if (own === undefined) {
    const replaced: Notice = {
      subject: `Secrets ${secrets.certificate} and ${secrets.key}`,
      reason: "AuthorityReplaced",
      message: `the ${ca} CA is lost: a new one is made, and nodes that have not restarted yet do not trust those that have`,
    };
    const keyGeneration = certificateGeneration === 0 ? 0 : Math.max(present.keyGeneration + 1, certificateGeneration);
    const decision = { ca, kind: "Create", because: ["Missing"], certificateGeneration, keyGeneration } as const;
    return { decision, notices: leaves.length > 0 ? [replaced] : [], refusals: [] };
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
