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

const kinds: Readonly<Record<string, Resource>> = { Kafka: resources.kafkas, KafkaNodePool: resources.kafkaNodePools };

const isError = ({ severity }: Problem): boolean => severity === "error";

/** "a.yaml, standard input and 4 more". */
function sourceNames(sources: readonly { readonly name: string }[]): string {
  const names = sources.map(({ name }) => (name === "-" ? "standard input" : name));
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}

/** Reads and checks manifests; undefined: they cannot be used, and every reason was told. */
export async function readClusterManifests(context: ManifestContext, flags: ManifestFlags): Promise<readonly KubeObject[] | undefined> {
  const { terminal, connections, self } = context;
  if (!namesManifests(flags)) throw usageError("--filename or --kustomize is missing", `${self} apply -f kafka.yaml`);
  const [{ manifests }, { loadBrokerOptions }] = await Promise.all([
    import("../manifest/manifests.ts"),
    import("../manifest/broker-options.ts"),
  ]);
  const sources = await readSources(context, flags);
  const { namespace } = (await connections.kube()).target;
  const { documents, problems } = manifests.readManifests(sources);
  const { checkOption } = await loadBrokerOptions();
  // a pool alone may belong to a Kafka that is in the cluster: the plan looks at both
  const others = documents.filter(({ object }) => kinds[object.kind] === undefined);
  const foreign = others.map(
    ({ source, index, line, object }): Problem => ({
      severity: "error",
      source,
      document: index,
      path: "kind",
      ...(line === undefined ? {} : { line }),
      message: `${object.kind} is none of ${Object.keys(kinds).join(", ")}`,
      hint: "kubectl apply takes it",
    }),
  );
  const hasKafka = documents.some(({ object }) => object.kind === "Kafka");
  const parsed = hasKafka ? manifests.parseClusters(documents, { namespace, checkOption }).problems : [];
  const all = [...problems, ...foreign, ...parsed];
  terminal.err(renderProblems(all));
  if (all.some(isError)) return undefined;
  if (documents.length === 0) throw new AppError("InvalidFile", `there is no resource in ${sourceNames(sources)}`);
  return documents.map(({ object }) => ({
    ...object,
    metadata: { ...object.metadata, namespace: object.metadata.namespace ?? namespace },
  }));
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

export type Writing = { readonly dryRun: boolean /** Fields that others manage become ours. */; readonly force?: boolean };

const isConflict = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === "Conflict" && error.details.fields !== undefined;

/** Every object's fields with their managers, and the ways out. */
const conflict = (conflicts: readonly AppError[]): AppError =>
  new AppError("Conflict", conflicts.map(({ message }) => message).join("; "), {
    hint: "leave these fields out, or take them over: the same command with --force-conflicts",
    cause: conflicts[0],
  });

/** Server-side apply, pools first. Throws Conflict that names fields and who manages them, in a dry run those of all objects. */
export async function writeManifests(
  kube: KubeApi,
  objects: readonly KubeObject[],
  { dryRun, force = false }: Writing,
): Promise<KubeObject[]> {
  await refuseForeignPools(kube, objects);
  const ordered = [...objects].sort((a, b) => Number(a.kind === "Kafka") - Number(b.kind === "Kafka"));
  const written: KubeObject[] = [];
  const conflicts: AppError[] = [];
  for (const object of ordered) {
    const resource = kinds[object.kind];
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

/** The clusters that resources belong to. */
export function clustersOf(objects: readonly KubeObject[]): ClusterRef[] {
  const refs = objects.map(({ kind, metadata }) => ({
    namespace: metadata.namespace ?? "",
    name: kind === "Kafka" ? metadata.name : (metadata.labels?.["strimzi.io/cluster"] ?? ""),
  }));
  return [...new Map(refs.map((ref) => [`${ref.namespace}/${ref.name}`, ref])).values()];
}
