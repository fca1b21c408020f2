import { AppError } from "../model/errors.ts";
import { type KubeObject, type Resource, resources } from "../model/kube.ts";
import type { ClusterRef } from "../model/observation.ts";
import type { Problem } from "../model/problem.ts";
import type { KubeApi } from "../ports/kube.ts";
import { renderProblems } from "../render/problems.ts";
import type { Context } from "./context.ts";
import { type ManifestFlags, namesManifests, readSources, type SourceContext } from "./manifest-sources.ts";
import { usageError } from "./usage-error.ts";

type ManifestContext = SourceContext & Pick<Context, "terminal" | "connections" | "self">;

const ours: readonly Resource[] = [resources.kafkas, resources.kafkaNodePools];

/** Undefined: the object is none of ours. */
const resourceOf = ({ apiVersion, kind }: KubeObject): Resource | undefined =>
  ours.find((resource) => resource.kind === kind && apiVersion.startsWith(`${resource.group}/`));

/** A kind that others have by the same name is told with its group. */
const nameOfKind = ({ apiVersion, kind }: KubeObject): string =>
  ours.some((resource) => resource.kind === kind) ? `${kind} of ${apiVersion}` : kind;

const isError = ({ severity }: Problem): boolean => severity === "error";

/** "a.yaml, standard input and 4 more". */
function sourceNames(sources: readonly { readonly name: string }[]): string {
  const names = sources.map(({ name }) => (name === "-" ? "standard input" : name));
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}

const placed = (object: KubeObject, namespace: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, namespace: object.metadata.namespace ?? namespace },
});

const keyOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.namespace}/${metadata.name}`;

async function listPresent(kube: KubeApi, namespace: string | undefined, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const list = async (resource: Resource) => (await kube.list({ resource, namespace }, signal)).items;
  try {
    return (await Promise.all(ours.map(list))).flat();
  } catch (error) {
    // where nobody knows these kinds there is none of them
    if (error instanceof AppError && error.code === "NotFound") return [];
    throw error;
  }
}

/** What is there of the clusters that objects belong to and is not among them: a Kafka or a pool alone is a change of a cluster too. */
async function presentBeside(kube: KubeApi, objects: readonly KubeObject[], signal: AbortSignal): Promise<KubeObject[]> {
  // what does not fit its schema may have anything for a namespace
  const own = objects.filter((object) => resourceOf(object) !== undefined && typeof object.metadata.namespace === "string");
  const namespaces = new Set(own.map(({ metadata }) => metadata.namespace));
  const present = await Promise.all([...namespaces].map((namespace) => listPresent(kube, namespace, signal)));
  const given = new Set(own.map(keyOf));
  const clusters = new Set(own.map(clusterKey));
  return present.flat().filter((object) => clusters.has(clusterKey(object)) && !given.has(keyOf(object)));
}

/** Reads and checks manifests; undefined: they cannot be used, and every reason was told. */
export async function readClusterManifests(context: ManifestContext, flags: ManifestFlags): Promise<readonly KubeObject[] | undefined> {
  const { terminal, connections, self, signal } = context;
  if (!namesManifests(flags)) throw usageError("--filename or --kustomize is missing", `${self} apply -f kafka.yaml`);
  const [{ manifests }, { loadBrokerOptions }] = await Promise.all([
    import("../manifest/manifests.ts"),
    import("../manifest/broker-options.ts"),
  ]);
  const sources = await readSources(context, flags);
  const kube = await connections.kube();
  const { namespace } = kube.target;
  const { documents, problems } = manifests.readManifests(sources);
  const { checkOption } = await loadBrokerOptions();
  const others = documents.filter(({ object }) => resourceOf(object) === undefined);
  const foreign = others.map(
    ({ source, index, line, object }): Problem => ({
      severity: "error",
      source,
      document: index,
      path: "kind",
      ...(line === undefined ? {} : { line }),
      message: `${nameOfKind(object)} is none of ${ours.map(({ kind }) => kind).join(", ")}`,
      hint: "kubectl apply takes it",
    }),
  );
  const present = await presentBeside(
    kube,
    documents.map(({ object }) => placed(object, namespace)),
    signal,
  );
  const whole = [...documents, ...manifests.documentsOf(present).documents];
  const parsed = manifests.parseClusters(whole, { namespace, checkOption }).problems;
  const names = new Set(sources.map(({ name }) => name));
  const all = [...problems, ...foreign, ...parsed.filter((problem) => isError(problem) || names.has(problem.source))];
  terminal.err(renderProblems(all));
  if (all.some(isError)) return undefined;
  if (documents.length === 0) throw new AppError("InvalidFile", `there is no resource in ${sourceNames(sources)}`);
  return documents.map(({ object }) => placed(object, namespace));
}

const clusterLabel = "strimzi.io/cluster";

/** Names of the pools of a namespace, and whose they are: a name is there once, whatever the cluster. */
export async function poolOwners(kube: KubeApi, namespace: string | undefined): Promise<ReadonlyMap<string, string | undefined>> {
  const { items } = await kube.list({ resource: resources.kafkaNodePools, namespace, metadataOnly: true });
  return new Map(items.map(({ metadata }) => [metadata.name, metadata.labels?.[clusterLabel]]));
}

/** To write another cluster's pool would take its nodes away from it. */
async function refuseForeignPools(kube: KubeApi, objects: readonly KubeObject[]): Promise<void> {
  const pools = objects.filter(({ kind }) => kind === "KafkaNodePool");
  for (const [namespace, own] of Map.groupBy(pools, ({ metadata }) => metadata.namespace)) {
    const owners = await poolOwners(kube, namespace);
    for (const { metadata } of own) {
      const owner = owners.get(metadata.name);
      if (owner === undefined || owner === metadata.labels?.[clusterLabel]) continue;
      throw new AppError("Declined", `KafkaNodePool ${namespace}/${metadata.name} belongs to Kafka ${owner}`, {
        hint: "give the pool another name: pools of all clusters of a namespace share their names",
      });
    }
  }
}

export type Writing = {
  readonly dryRun: boolean;
  /** Fields that others manage become ours. */
  readonly force?: boolean;
};

const isConflict = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === "Conflict" && error.details.fields !== undefined;

/** Every object's fields with their managers, and the ways out. */
const conflict = (conflicts: readonly AppError[]): AppError =>
  new AppError("Conflict", conflicts.map(({ message }) => message).join("; "), {
    hint: "leave these fields out, or take them over: the same command with --force-conflicts",
    cause: conflicts[0],
  });

/** What is said in the place of a kind that the cluster does not serve; any other fault stays as it is. */
export const notInstalled = (error: unknown, self: string): unknown =>
  error instanceof AppError && error.code === "NotFound" && error.details.missing === "type"
    ? new AppError("NotFound", "Kubernetes does not know Kafka resources yet", { hint: `${self} install`, cause: error })
    : error;

/** Server-side apply, pools first. Throws Conflict that names fields and who manages them, in a dry run those of all objects. */
export async function writeManifests(
  { connections, self }: Pick<Context, "connections" | "self">,
  objects: readonly KubeObject[],
  { dryRun, force = false }: Writing,
): Promise<KubeObject[]> {
  const kube = await connections.kube();
  await refuseForeignPools(kube, objects).catch((error: unknown) => {
    throw notInstalled(error, self);
  });
  const ordered = [...objects].sort((a, b) => Number(a.kind === "Kafka") - Number(b.kind === "Kafka"));
  const written: KubeObject[] = [];
  const conflicts: AppError[] = [];
  for (const object of ordered) {
    const resource = resourceOf(object);
    if (resource === undefined) continue;
    try {
      written.push(await kube.apply({ object, resource, fieldManager: "kubectl-kafka", dryRun, force }));
    } catch (error) {
      if (!isConflict(error)) throw error;
      conflicts.push(error);
      if (!dryRun) break;
    }
  }
  if (conflicts.length > 0) throw conflict(conflicts);
  return written;
}

function clusterOf({ kind, metadata }: KubeObject): ClusterRef {
  return { namespace: metadata.namespace ?? "", name: kind === "Kafka" ? metadata.name : (metadata.labels?.[clusterLabel] ?? "") };
}

const clusterKey = (object: KubeObject): string => Object.values(clusterOf(object)).join("/");

/** The clusters that resources belong to. */
export const clustersOf = (objects: readonly KubeObject[]): ClusterRef[] => [
  ...new Map(objects.map((object) => [clusterKey(object), clusterOf(object)])).values(),
];
