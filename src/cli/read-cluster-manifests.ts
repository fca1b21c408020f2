import { type ManifestDocument, problemAt } from "../manifest/manifest-document.ts";
import { AppError } from "../model/errors.ts";
import type { KubeObject, Resource } from "../model/kube.ts";
import type { Problem } from "../model/problem.ts";
import type { KubeApi } from "../ports/kube.ts";
import { renderProblems } from "../render/problems.ts";
import type { Context } from "./context.ts";
import { type ManifestFlags, namesManifests, readSources, type SourceContext } from "./manifest-sources.ts";
import { clusterKey, clusterOf, isPool, ours, ownersOf, resourceOf, takenPool } from "./our-resources.ts";
import { usageError } from "./usage-error.ts";

// Manifests are judged together with what is there beside them: a Kafka or a pool alone is a change of a whole cluster.

type ManifestContext = SourceContext & Pick<Context, "terminal" | "connections" | "self">;

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

/** What does not fit its schema may have anything for a namespace and a cluster. */
const hasPlace = (object: KubeObject): boolean => Object.values(clusterOf(object)).every((part) => typeof part === "string");

/** Every Kafka and pool of the namespaces that objects are in. */
async function presentAround(kube: KubeApi, objects: readonly KubeObject[], signal: AbortSignal): Promise<readonly KubeObject[]> {
  const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace));
  return (await Promise.all([...namespaces].map((namespace) => listPresent(kube, namespace, signal)))).flat();
}

/** Those of the clusters that objects belong to which are not among them. */
function presentBeside(objects: readonly KubeObject[], present: readonly KubeObject[]): KubeObject[] {
  const given = new Set(objects.map(keyOf));
  const clusters = new Set(objects.map(clusterKey));
  return present.filter((object) => clusters.has(clusterKey(object)) && !given.has(keyOf(object)));
}

const foreignKinds = (documents: readonly ManifestDocument[]): Problem[] =>
  documents
    .filter(({ object }) => resourceOf(object) === undefined)
    .map((document) =>
      problemAt(document, ["kind"], {
        message: `${nameOfKind(document.object)} is none of ${ours.map(({ kind }) => kind).join(", ")}`,
        hint: "kubectl apply takes it",
      }),
    );

function takenPools(documents: readonly ManifestDocument[], present: readonly KubeObject[], namespace: string): Problem[] {
  return documents
    .filter(({ object }) => isPool(object))
    .flatMap((document) => {
      const pool = placed(document.object, namespace);
      const around = present.filter((object) => isPool(object) && object.metadata.namespace === pool.metadata.namespace);
      const taken = takenPool(pool, ownersOf(around));
      return taken === undefined ? [] : [problemAt(document, ["metadata", "name"], taken)];
    });
}

/** Everything that speaks against the documents, and what is to be known of the clusters they make with what is there. */
async function judge(kube: KubeApi, documents: readonly ManifestDocument[], signal: AbortSignal): Promise<Problem[]> {
  const [{ manifests }, { loadBrokerOptions }] = await Promise.all([
    import("../manifest/manifests.ts"),
    import("../manifest/broker-options.ts"),
  ]);
  const { namespace } = kube.target;
  const own = documents.map(({ object }) => placed(object, namespace)).filter((object) => resourceOf(object) && hasPlace(object));
  const present = await presentAround(kube, own, signal);
  const beside = manifests.documentsOf(presentBeside(own, present));
  const rules = await loadBrokerOptions();
  const parsed = manifests.parseClusters([...documents, ...beside.documents], { namespace, ...rules });
  return [...foreignKinds(documents), ...takenPools(documents, present, namespace), ...beside.problems, ...parsed.problems];
}

/** Reads and checks manifests; undefined: they cannot be used, and every reason was told. */
export async function readClusterManifests(context: ManifestContext, flags: ManifestFlags): Promise<readonly KubeObject[] | undefined> {
  const { terminal, connections, self, signal } = context;
  if (!namesManifests(flags)) throw usageError("--filename or --kustomize is missing", `${self} apply -f kafka.yaml`);
  const { manifests } = await import("../manifest/manifests.ts");
  const sources = await readSources(context, flags);
  const kube = await connections.kube();
  const { documents, problems } = manifests.readManifests(sources);
  const all = [...problems, ...(await judge(kube, documents, signal))];
  terminal.err(renderProblems(all));
  if (all.some(isError)) return undefined;
  if (documents.length === 0) throw new AppError("InvalidFile", `there is no resource in ${sourceNames(sources)}`);
  return documents.map(({ object }) => placed(object, kube.target.namespace));
}
