import {
  adminSecret,
  authorityCommonName,
  authoritySecretNames,
  authoritySecrets,
  nodeCertificatesSecret,
  settingsOf,
  trustBundle,
  trustBundleKey,
} from "../desired/certificates.ts";
import { manager, nodesOf } from "../desired/names.ts";
import { poolObjectName } from "../desired/stateful-sets.ts";
import type { CaName } from "../model/certificate.ts";
import type { ClusterSpec, PoolSpec } from "../model/cluster-spec.ts";
import type { KubeObject } from "../model/kube.ts";
import type { LeafOrder, Step } from "../model/plan.ts";
import type { AuthorityDecision } from "./authority.ts";
import type { LeafDecision, PlannedCertificates } from "./certificates.ts";
import type { LiveObjects } from "./live-objects.ts";
import { objectChanges } from "./object-diff.ts";

// The decisions on certificates as steps. What runs must learn of a new certificate by a restart: the Secret of a pool counts how often
// certificates of running nodes were replaced, so that a plan knows the number before there is a key. A node that is added brings its
// certificate without touching the others.

type Decided = Extract<PlannedCertificates, { ok: true }>;

export type CertificateSteps = {
  readonly authorities: readonly Step[];
  readonly leaves: readonly Step[];
  /** By pool: what its pods are started with. */
  readonly generations: ReadonlyMap<string, number>;
};

const generationAnnotation = "kubectl-kafka/certificates-generation";
const hashAnnotation = "strimzi.io/server-cert-hash";

/** The newest generation of each authority that pods were started with; undefined: there are no pods. */
export function runningGenerations(objects: readonly KubeObject[]): Record<CaName, number> | undefined {
  const pods = objects.filter(({ kind }) => kind === "Pod");
  const newest = (ca: CaName) =>
    Math.max(0, ...pods.map(({ metadata }) => Number(metadata.annotations?.[`strimzi.io/${ca}-ca-cert-generation`] ?? 0)));
  return pods.length === 0 ? undefined : { cluster: newest("cluster"), clients: newest("clients") };
}

/** What is told around an authority of ours that stays: its texts are left, and come into no plan. */
function keptSteps(spec: ClusterSpec, { ca, certificateGeneration, keyGeneration }: AuthorityDecision, live: LiveObjects): Step[] {
  if (!settingsOf(spec, ca).generate) return [];
  const secrets = Object.values(authoritySecrets(spec, ca, { certificate: certificateGeneration, key: keyGeneration }));
  return secrets
    .filter((secret) => metadataDiffers(secret, live.find("Secret", secret.metadata.name)))
    .map((secret) => ({
      id: `update Secret ${secret.metadata.name}`,
      kind: "CopyCertificates",
      hazard: "none",
      why: [],
      secret,
      texts: [],
    }));
}

function authorityStep(spec: ClusterSpec, decision: AuthorityDecision, live: LiveObjects): Step[] {
  if (decision.kind === "Keep") return keptSteps(spec, decision, live);
  const { ca, certificateGeneration, keyGeneration, because, from } = decision;
  const { certificate, key } = authoritySecrets(spec, ca, { certificate: certificateGeneration, key: keyGeneration });
  if (from !== undefined) {
    const why = ["its certificate was lost, and is kept beside those that it signed"];
    const texts = [{ key: "ca.crt", from, part: "behind" }] as const;
    return [{ id: `restore ${ca} CA`, kind: "CopyCertificates", hazard: "none", why, secret: certificate, texts }];
  }
  const { validityDays } = settingsOf(spec, ca);
  const why = decision.kind === "Create" ? [] : because;
  const secrets = [key, certificate];
  const id = `create ${ca} CA`;
  const commonName = authorityCommonName(ca, keyGeneration);
  return [{ id, kind: "CreateAuthority", hazard: "none", why, ca, validityDays, generation: certificateGeneration, commonName, secrets }];
}

const orderOf = ({ leaf, because }: LeafDecision): LeafOrder => ({ ...leaf, why: because.join(", ") });

/** What a Secret keeps beside its data. */
function metadataDiffers(secret: KubeObject, live: KubeObject | undefined): boolean {
  return live !== undefined && objectChanges({ ...secret, data: live.data }, live, manager).length > 0;
}

type Issue = {
  readonly spec: ClusterSpec;
  readonly secret: KubeObject;
  readonly decisions: readonly LeafDecision[];
  readonly live: LiveObjects;
};

function issueStep({ spec, secret, decisions, live }: Issue): Step[] {
  const { name } = secret.metadata;
  const leafs = decisions.filter(({ kind }) => kind !== "Keep").map(orderOf);
  if (leafs.length === 0 && !metadataDiffers(secret, live.find("Secret", name))) return [];
  const { validityDays } = settingsOf(spec, "cluster");
  return [{ id: `issue Secret ${name}`, kind: "IssueCertificates", hazard: "none", why: [], secret, leafs, validityDays }];
}

/** The number so far, from the Secret, and where that is lost from the set whose pods were started with it. */
function presentGeneration(name: string, live: LiveObjects): number {
  const set = live.find("StatefulSet", name) as
    | { spec?: { template?: { metadata?: { annotations?: Record<string, string> } } } }
    | undefined;
  const texts = [
    live.find("Secret", name)?.metadata.annotations?.[generationAnnotation],
    set?.spec?.template?.metadata?.annotations?.[hashAnnotation],
  ];
  return Math.max(0, ...texts.map(Number).filter(Number.isSafeInteger));
}

function poolIssue(spec: ClusterSpec, pool: PoolSpec, { decided, live }: { decided: Decided; live: LiveObjects }) {
  const name = poolObjectName(spec, pool);
  const running = new Map(nodesOf(spec).map(({ pod }) => [`${pod}.crt`, live.find("Pod", pod) !== undefined]));
  const decisions = decided.leaves.filter(({ leaf }) => leaf.secret === name);
  const replaced = decisions.some(({ kind, leaf }) => kind !== "Keep" && running.get(leaf.certificateKey));
  const generation = presentGeneration(name, live) + (replaced ? 1 : 0);
  const secret = nodeCertificatesSecret(spec, pool, decided.authorities.cluster.certificateGeneration);
  const annotations = { ...secret.metadata.annotations, [generationAnnotation]: String(generation) };
  const counted = { ...secret, metadata: { ...secret.metadata, annotations } };
  return { generation, steps: issueStep({ spec, secret: counted, decisions, live }) };
}

const authorities = ["cluster", "clients"] as const;

type WithData = KubeObject & { readonly data?: Readonly<Record<string, string>> };

/** A copy of both authorities' certificates for clients that look for it, as they do with Strimzi. */
function bundleStep(spec: ClusterSpec, decided: Decided, live: LiveObjects): Step[] {
  const bundle = trustBundle(spec);
  const texts = authorities.map((ca) => {
    const from = { secret: authoritySecretNames(spec, ca).certificate, key: "ca.crt" };
    return { key: trustBundleKey(ca), from, part: "whole" } as const;
  });
  const found = live.find("Secret", bundle.metadata.name) as WithData | undefined;
  const dataOf = (name: string) => (live.find("Secret", name) as WithData | undefined)?.data;
  const same = texts.every(({ key, from }) => found?.data?.[key] === dataOf(from.secret)?.[from.key]);
  const kept = authorities.every((ca) => decided.authorities[ca].kind === "Keep");
  if (found !== undefined && same && kept && !metadataDiffers(bundle, found)) return [];
  return [{ id: `copy Secret ${bundle.metadata.name}`, kind: "CopyCertificates", hazard: "none", why: [], secret: bundle, texts }];
}

export function certificateSteps(spec: ClusterSpec, decided: Decided, live: LiveObjects): CertificateSteps {
  const pools = spec.pools.map((pool) => ({ name: pool.name, ...poolIssue(spec, pool, { decided, live }) }));
  const own = adminSecret(spec, decided.authorities.cluster.certificateGeneration);
  const ownDecisions = decided.leaves.filter(({ leaf }) => leaf.secret === own.metadata.name);
  return {
    authorities: authorities.flatMap((ca) => authorityStep(spec, decided.authorities[ca], live)),
    leaves: [
      ...bundleStep(spec, decided, live),
      ...pools.flatMap(({ steps }) => steps),
      ...issueStep({ spec, secret: own, decisions: ownDecisions, live }),
    ],
    generations: new Map(pools.map(({ name, generation }) => [name, generation])),
  };
}
