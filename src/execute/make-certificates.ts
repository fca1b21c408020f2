import { chainBehind } from "../model/certificate.ts";
import { AppError } from "../model/errors.ts";
import { toInstant } from "../model/instant.ts";
import { type KubeObject, resources } from "../model/kube.ts";
import type { LeafOrder, Step } from "../model/plan.ts";
import { type Secret, secretText } from "../observe/kube-shapes.ts";
import type { IssuedCertificate } from "../ports/certificate-authority.ts";
import { applyObject } from "./change-objects.ts";
import { alreadyDone, changed, type StepResult, type StepRun } from "./execute-io.ts";
import { getObject } from "./get-object.ts";

// Keys are made here and go from the port into Secrets, never anywhere else: not into results, events or errors.

type Of<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

const secretNames = (cluster: string, ca: "cluster" | "clients") => ({
  key: `${cluster}-${ca}-ca`,
  certificate: `${cluster}-${ca}-ca-cert`,
});

const readSecret = async ({ io, cluster }: StepRun, name: string): Promise<Secret | undefined> =>
  (await getObject(io.kube, { resource: resources.secrets, namespace: cluster.namespace, name })) as Secret | undefined;

/** PEM is ASCII. */
const encode = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, btoa(text)]));

/** Applies a Secret with these texts; what it holds under other keys stays. */
async function fillSecret(run: StepRun, object: KubeObject, texts: Readonly<Record<string, string>>): Promise<StepResult> {
  const live = await readSecret(run, object.metadata.name);
  const data = { ...live?.data, ...(object as Secret).data, ...encode(texts) };
  return applyObject(run, resources.secrets, { ...object, data } as KubeObject);
}

const certificateGeneration = (secret: Secret | undefined): number =>
  Number(secret?.metadata.annotations?.["strimzi.io/ca-cert-generation"] ?? Number.NaN);

/** The object of the step by that name; it decides about labels and annotations. */
function ordered({ secrets }: Of<"CreateAuthority">, name: string): KubeObject {
  const object = secrets.find(({ metadata }) => metadata.name === name);
  if (object === undefined) throw new Error(`the step makes no Secret ${name}`);
  return object;
}

/**
 * Makes an authority. A key that is there is kept, so that a run that stopped between the two Secrets is finished by the next, and what the
 * key has signed stays good; one that has its certificate of this generation is left as it is.
 */
export async function createAuthority(run: StepRun, step: Of<"CreateAuthority">): Promise<StepResult> {
  const names = secretNames(run.cluster.name, step.ca);
  const [keySecret, certificateSecret] = await Promise.all([readSecret(run, names.key), readSecret(run, names.certificate)]);
  const privateKey = secretText(keySecret, "ca.key");
  const present = secretText(certificateSecret, "ca.crt") !== undefined && certificateGeneration(certificateSecret) >= step.generation;
  if (privateKey !== undefined && present) return alreadyDone;
  const made = await run.io.authority.makeAuthority({
    commonName: step.commonName,
    validityDays: step.validityDays,
    now: toInstant(run.io.clock.now()),
    ...(privateKey === undefined ? {} : { privateKey }),
  });
  await fillSecret(run, ordered(step, names.key), { "ca.key": made.privateKey });
  await fillSecret(run, ordered(step, names.certificate), { "ca.crt": made.certificate });
  return changed;
}

async function readAuthority(run: StepRun, ca: "cluster" | "clients"): Promise<IssuedCertificate> {
  const names = secretNames(run.cluster.name, ca);
  const [keySecret, certificateSecret] = await Promise.all([readSecret(run, names.key), readSecret(run, names.certificate)]);
  const privateKey = secretText(keySecret, "ca.key");
  const certificate = secretText(certificateSecret, "ca.crt");
  if (privateKey !== undefined && certificate !== undefined) return { privateKey, certificate };
  const [name, key] = privateKey === undefined ? [names.key, "ca.key"] : [names.certificate, "ca.crt"];
  throw new AppError("NotFound", `Secret ${run.cluster.namespace}/${name} has no ${key}: the ${ca} CA cannot sign`, {
    hint: `bring the Secret back, or let the CA be generated (spec.${ca === "cluster" ? "clusterCa" : "clientsCa"}.generateCertificateAuthority)`,
  });
}

async function issueBy(
  run: StepRun,
  { ca, leafs, validityDays }: { ca: LeafOrder["ca"]; leafs: readonly LeafOrder[]; validityDays: number },
) {
  const now = toInstant(run.io.clock.now());
  const requests = leafs.map(({ commonName, dns }) => ({ commonName, dnsNames: dns, validityDays, now }));
  const issued = await run.io.authority.issueLeaves(await readAuthority(run, ca), requests);
  return leafs.flatMap(({ certificateKey, privateKey }, at) => {
    const made = issued[at];
    return made === undefined ? [] : [[certificateKey, made.certificate] as const, [privateKey, made.privateKey] as const];
  });
}

/** Issues leaf certificates into one Secret; those it holds already and that were not ordered stay. */
export async function issueCertificates(run: StepRun, { secret, leafs, validityDays }: Of<"IssueCertificates">): Promise<StepResult> {
  const byAuthority = Map.groupBy(leafs, ({ ca }) => ca);
  const texts = await Promise.all([...byAuthority].map(([ca, some]) => issueBy(run, { ca, leafs: some, validityDays })));
  return fillSecret(run, secret, Object.fromEntries(texts.flat()));
}

/** Copies certificates, which are public, from the Secrets that hold them into another. */
export async function copyCertificates(run: StepRun, { secret, texts }: Of<"CopyCertificates">): Promise<StepResult> {
  const copies = await Promise.all(
    texts.map(async ({ key, from, part }) => {
      const text = secretText(await readSecret(run, from.secret), from.key);
      if (text === undefined)
        throw new AppError("NotFound", `Secret ${run.cluster.namespace}/${from.secret} has no ${from.key}, which was to be copied`);
      return [key, part === "whole" ? text : chainBehind(text)] as const;
    }),
  );
  return fillSecret(run, secret, Object.fromEntries(copies));
}
