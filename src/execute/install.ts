import { AppError } from "../model/errors.ts";
import type { KubeObject, Resource } from "../model/kube.ts";
import { resources } from "../model/kube.ts";
import type { Clock } from "../ports/clock.ts";
import type { KubeApi } from "../ports/kube.ts";

// Installing puts definitions and roles into Kubernetes, before there is any cluster of Kafka.
// 1. What is there is read, and what is not ours is kept as it is: whoever made it (Strimzi, a package manager) looks after it.
// 2. What is ours is applied without force to the server's dry run, which tells whether anything would change.
// 3. Only what changes is applied; then every definition must be served before the run ends.
// Twice is the same as once.

const roles: Resource = { group: "rbac.authorization.k8s.io", version: "v1", plural: "roles", kind: "Role", namespaced: true };
const definitions = resources.customResourceDefinitions;

const manager = "kubectl-kafka";
const managerLabel = "app.kubernetes.io/managed-by";

export type InstallAction =
  | { readonly kind: "Create" | "Update" | "Unchanged"; readonly object: KubeObject }
  | { readonly kind: "Keep"; readonly object: KubeObject; readonly because: string };

type Installing = { readonly kube: KubeApi; readonly clock: Clock; readonly signal: AbortSignal };

const resourceOf = (object: KubeObject): Resource => {
  for (const resource of [definitions, roles]) if (resource.kind === object.kind) return resource;
  throw new Error(`${object.kind} cannot be installed`);
};

async function readPresent({ kube, signal }: Installing, object: KubeObject): Promise<KubeObject | undefined> {
  const { name, namespace } = object.metadata;
  try {
    return await kube.get({ resource: resourceOf(object), namespace, name }, signal);
  } catch (error) {
    if (error instanceof AppError && error.code === "NotFound") return undefined;
    throw error;
  }
}

function whoseIs({ metadata }: KubeObject): string {
  const { labels = {} } = metadata;
  if (labels.app === "strimzi") return "Strimzi's; used as it is";
  const owner = labels[managerLabel];
  return owner === undefined ? "not made by kubectl-kafka; used as it is" : `managed by ${owner}; used as it is`;
}

type Version = { readonly name?: string; readonly served?: boolean };

/** This tool writes v1 of the resources; a definition without it is of no use to it. */
function serves(object: KubeObject): string {
  if (object.kind !== definitions.kind) return "";
  const { versions = [] } = (object.spec ?? {}) as { versions?: readonly Version[] };
  const served = versions.filter((version) => version.served).map(({ name }) => name);
  return served.includes("v1") ? "" : ` (serves ${served.join(", ") || "nothing"}, but v1 is needed)`;
}

/** What the API server keeps beside our fields and changes by itself. */
const content = ({ metadata, status: _, ...fields }: KubeObject): string =>
  JSON.stringify([fields, metadata.labels, metadata.annotations], (_key, value) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

async function plan(installing: Installing, object: KubeObject): Promise<InstallAction> {
  const present = await readPresent(installing, object);
  if (!present) return { kind: "Create", object };
  if (present.metadata.labels?.[managerLabel] !== manager)
    return { kind: "Keep", object, because: `${whoseIs(present)}${serves(present)}` };
  const { kube, signal } = installing;
  const wanted = await kube.apply({ object, resource: resourceOf(object), fieldManager: manager, dryRun: true }, signal);
  return { kind: content(wanted) === content(present) ? "Unchanged" : "Update", object };
}

/** What installing would do, in the order of the objects. Changes nothing. */
export const planInstall = (installing: Installing, objects: readonly KubeObject[]): Promise<InstallAction[]> =>
  Promise.all(objects.map((object) => plan(installing, object)));

const isEstablished = ({ status }: KubeObject): boolean => {
  // a definition that was just made has null in place of its conditions
  const { conditions } = (status ?? {}) as { conditions?: readonly { type?: string; status?: string }[] | null };
  return (conditions ?? []).some((condition) => condition.type === "Established" && condition.status === "True");
};

const pollMs = 200;

async function waitEstablished({ kube, clock, signal }: Installing, names: readonly string[], timeoutMs: number): Promise<void> {
  const deadline = clock.now() + timeoutMs;
  for (;;) {
    const { items } = await kube.list({ resource: definitions }, signal);
    const established = new Set(items.filter(isEstablished).map(({ metadata }) => metadata.name));
    const missing = names.filter((name) => !established.has(name));
    if (missing.length === 0) return;
    if (clock.now() >= deadline)
      throw new AppError("Timeout", `not served yet: ${missing.join(", ")}`, { hint: `see why: kubectl describe crd ${missing[0]}` });
    await clock.sleep(pollMs, signal);
  }
}

/** Does what was planned and tells each object when it is done; ends when every definition is served. */
export async function* runInstall(
  installing: Installing,
  actions: readonly InstallAction[],
  { timeoutMs }: { readonly timeoutMs: number },
): AsyncGenerator<InstallAction> {
  const { kube, signal } = installing;
  for (const action of actions) {
    const { kind, object } = action;
    if (kind === "Create" || kind === "Update") await kube.apply({ object, resource: resourceOf(object), fieldManager: manager }, signal);
    yield action;
  }
  const names = actions.map(({ object }) => object).filter(({ kind }) => kind === definitions.kind);
  if (actions.some(({ kind }) => kind === "Create" || kind === "Update"))
    await waitEstablished(
      installing,
      names.map(({ metadata }) => metadata.name),
      timeoutMs,
    );
}
