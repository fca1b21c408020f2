import { AppError } from "../model/errors.ts";
import { atVersion, type KubeObject, type Resource, resources } from "../model/kube.ts";
import type { ClusterRef, Gap } from "../model/observation.ts";
import type { KubeApi } from "../ports/kube.ts";
import { seen } from "./gaps.ts";
import type { Deployment, Kafka, NodePool, Pod, Secret, Service, StatefulSet, StrimziPodSet, VolumeClaim } from "./kube-shapes.ts";

/** Reads from one API server; what may not be read is added to the gaps. */
export type Reader = { readonly kube: KubeApi; readonly gaps: Gap[]; readonly signal?: AbortSignal | undefined };

/** What to read: one cluster, or every cluster of a namespace or of all namespaces. */
export type Scope = { readonly namespace?: string | undefined; readonly cluster?: string | undefined };

/** What the Kubernetes API holds of the clusters in scope. A list that could not be read is empty here and named in the gaps. */
export type KubeView = {
  kafkas: Kafka[];
  pools: NodePool[];
  pods: Pod[];
  statefulSets: StatefulSet[];
  podSets: StrimziPodSet[];
  claims: VolumeClaim[];
  secrets: Secret[];
  services: Service[];
  operators: Deployment[];
  hosts: KubeObject[];
};

/** The served version of Strimzi's API, or undefined where its CRDs are not installed. */
export async function servedStrimziVersion(kube: KubeApi, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const group = (await kube.raw("/apis/kafka.strimzi.io", signal)) as {
      preferredVersion?: { version?: string };
      versions?: { version: string }[];
    };
    const served = (group.versions ?? []).map((entry) => entry.version);
    return served.includes("v1") ? "v1" : group.preferredVersion?.version;
  } catch (error) {
    if (error instanceof AppError && error.code === "NotFound") return undefined;
    throw error;
  }
}

/** Strimzi's label, by which everything is found, so that it works without its CRDs. */
const selectorOf = (scope: Scope): string => (scope.cluster === undefined ? "strimzi.io/cluster" : `strimzi.io/cluster=${scope.cluster}`);

async function getOrNothing(kube: KubeApi, ref: Parameters<KubeApi["get"]>[0], signal?: AbortSignal): Promise<KubeObject | undefined> {
  try {
    return await kube.get(ref, signal);
  } catch (error) {
    if (error instanceof AppError && error.code === "NotFound") return undefined;
    throw error;
  }
}

/** The operator may run in any namespace; who may not look everywhere looks in the cluster's own. */
export async function listOperators(kube: KubeApi, namespace: string | undefined, signal?: AbortSignal): Promise<Deployment[]> {
  const request = { resource: resources.deployments, labelSelector: "app=strimzi" };
  try {
    return (await kube.list(request, signal)).items as Deployment[];
  } catch (error) {
    if (namespace === undefined || !(error instanceof AppError) || error.code !== "Forbidden") throw error;
    const own = (await kube.list({ ...request, namespace }, signal)).items as Deployment[];
    if (own.length > 0) return own;
    throw error;
  }
}

/** Certificates and client identities: the clusters' own Secrets in one list, or of one cluster the three that matter most one by one. */
async function listSecrets(kube: KubeApi, scope: Scope, signal?: AbortSignal): Promise<Secret[]> {
  const { namespace, cluster: name } = scope;
  try {
    const labelSelector = `${selectorOf(scope)},strimzi.io/kind=Kafka`;
    return (await kube.list({ resource: resources.secrets, namespace, labelSelector }, signal)).items as Secret[];
  } catch (error) {
    if (name === undefined || !(error instanceof AppError) || error.code !== "Forbidden") throw error;
    const wanted = [`${name}-cluster-ca-cert`, `${name}-clients-ca-cert`, `${name}-cluster-operator-certs`];
    const reads = wanted.map((secret) =>
      getOrNothing(kube, { resource: resources.secrets, namespace, name: secret }, signal).catch(() => undefined),
    );
    const found = (await Promise.all(reads)).filter((secret) => secret !== undefined) as Secret[];
    if (found.length > 0) return found;
    throw error;
  }
}

/** What is under way of Kafka's own resources. Old operators have no pools, direct-mode clusters no pod sets: their absence is no gap. */
function listCustom({ kube, signal }: Reader, scope: Scope, version: string) {
  const { namespace } = scope;
  const named = scope.cluster === undefined ? {} : { fieldSelector: `metadata.name=${scope.cluster}` };
  const labelled = { namespace, labelSelector: selectorOf(scope) };
  const podSets = atVersion(resources.strimziPodSets, version === "v1" ? "v1" : "v1beta2");
  return {
    kafkas: kube.list({ resource: atVersion(resources.kafkas, version), namespace, ...named }, signal),
    pools: kube.list({ resource: atVersion(resources.kafkaNodePools, version), ...labelled }, signal).catch(emptyWhenNotFound),
    podSets: kube.list({ resource: podSets, ...labelled }, signal).catch(emptyWhenNotFound),
  };
}

/** Kafka's own resources, asked for at their present version before it is known that they are served: that saves a round trip. */
async function readCustom(reader: Reader, scope: Scope): Promise<Pick<KubeView, "kafkas" | "pools" | "podSets">> {
  const { kube, gaps, signal } = reader;
  const discovery = servedStrimziVersion(kube, signal);
  const early = listCustom(reader, scope, "v1");
  // looked at below, if at all
  for (const list of Object.values(early)) list.catch(() => {});
  const version = await seen(gaps, "kinds of Kafka's resources", discovery);
  if (version === undefined) return { kafkas: [], pools: [], podSets: [] };
  const lists = version === "v1" ? early : listCustom(reader, scope, version);
  const [kafkas, pools, sets] = await Promise.all([
    seen(gaps, "Kafka resource", lists.kafkas),
    seen(gaps, "KafkaNodePools", lists.pools),
    seen(gaps, "StrimziPodSets", lists.podSets),
  ]);
  return {
    kafkas: (kafkas?.items ?? []) as Kafka[],
    pools: (pools?.items ?? []) as NodePool[],
    podSets: (sets?.items ?? []) as StrimziPodSet[],
  };
}

function emptyWhenNotFound(error: unknown): { items: KubeObject[] } {
  if (error instanceof AppError && error.code === "NotFound") return { items: [] };
  throw error;
}

/**
 * Reads the clusters in scope: a fixed number of requests, all at once; custom resources of an old version come after discovery.
 * Throws when the API server itself cannot be used.
 */
export async function readKube(reader: Reader, scope: Scope): Promise<KubeView> {
  const { kube, gaps, signal } = reader;
  const list = async (part: string, resource: Resource): Promise<KubeObject[]> =>
    (await seen(gaps, part, kube.list({ resource, namespace: scope.namespace, labelSelector: selectorOf(scope) }, signal)))?.items ?? [];
  const [custom, pods, statefulSets, claims, services, secrets, operators, hosts] = await Promise.all([
    readCustom(reader, scope),
    list("pods", resources.pods),
    list("StatefulSets", resources.statefulSets),
    list("volume claims", resources.volumeClaims),
    list("Services", resources.services),
    seen(gaps, "certificates", listSecrets(kube, scope, signal)),
    seen(gaps, "operator", listOperators(kube, scope.namespace, signal)),
    seen(gaps, "zones of Kubernetes nodes", kube.list({ resource: resources.nodes, metadataOnly: true }, signal)),
  ]);
  return {
    ...custom,
    pods: pods as Pod[],
    statefulSets: statefulSets as StatefulSet[],
    claims: claims as VolumeClaim[],
    services: services as Service[],
    secrets: secrets ?? [],
    operators: operators ?? [],
    hosts: hosts?.items ?? [],
  };
}

const belongsTo = (object: KubeObject, cluster: ClusterRef): boolean =>
  object.metadata.namespace === cluster.namespace && object.metadata.labels?.["strimzi.io/cluster"] === cluster.name;

/** The part of a view that is one cluster's. */
export function viewOf(view: KubeView, cluster: ClusterRef): KubeView {
  const own = <T extends KubeObject>(objects: T[]): T[] => objects.filter((object) => belongsTo(object, cluster));
  return {
    ...view,
    kafkas: view.kafkas.filter(({ metadata }) => metadata.namespace === cluster.namespace && metadata.name === cluster.name),
    pools: own(view.pools),
    podSets: own(view.podSets),
    pods: own(view.pods),
    statefulSets: own(view.statefulSets),
    claims: own(view.claims),
    services: own(view.services),
    secrets: own(view.secrets),
  };
}

/** The clusters a view shows: those with a Kafka resource, and those whose Kafka pods or sets carry Strimzi's label. */
export function clustersIn(view: KubeView): ClusterRef[] {
  const labelled = [...view.pods, ...view.statefulSets, ...view.podSets].filter(
    (object) => object.metadata.labels?.["strimzi.io/kind"] === "Kafka",
  );
  const refs = [
    ...view.kafkas.map(({ metadata }) => ({ namespace: metadata.namespace ?? "", name: metadata.name })),
    ...labelled.map(({ metadata }) => ({ namespace: metadata.namespace ?? "", name: metadata.labels?.["strimzi.io/cluster"] ?? "" })),
  ];
  const unique = new Map(refs.map((ref) => [`${ref.namespace}/${ref.name}`, ref]));
  return [...unique.values()].sort((a, b) => `${a.namespace}/${a.name}`.localeCompare(`${b.namespace}/${b.name}`, "en"));
}
