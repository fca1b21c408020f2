import { AppError } from "../model/errors.ts";
import { atVersion, type KubeObject, type Resource, resources } from "../model/kube.ts";
import type { ClusterRef, Gap } from "../model/observation.ts";
import type { KubeApi } from "../ports/kube.ts";
import { seen } from "./gaps.ts";
import type { Deployment, Kafka, NodePool, Pod, Secret, Service, StatefulSet, StrimziPodSet, VolumeClaim } from "./kube-shapes.ts";

/** What the Kubernetes API holds of one cluster. A list that could not be read is empty here and named in the gaps. */
export type KubeView = {
  kafka: Kafka | undefined;
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
    const group = (await kube.raw("/apis/kafka.strimzi.io", signal)) as { preferredVersion?: { version?: string }; versions?: { version: string }[] };
    const served = (group.versions ?? []).map((entry) => entry.version);
    return served.includes("v1") ? "v1" : group.preferredVersion?.version;
  } catch (error) {
    if (error instanceof AppError && error.code === "NotFound") return undefined;
    throw error;
  }
}

async function getOrNothing(kube: KubeApi, ref: Parameters<KubeApi["get"]>[0], signal?: AbortSignal): Promise<KubeObject | undefined> {
  try {
    return await kube.get(ref, signal);
  } catch (error) {
    if (error instanceof AppError && error.code === "NotFound") return undefined;
    throw error;
  }
}

/** The operator may run in any namespace; who may not look everywhere looks in the cluster's own. */
async function listOperators(kube: KubeApi, namespace: string, signal?: AbortSignal): Promise<Deployment[]> {
  const request = { resource: resources.deployments, labelSelector: "app=strimzi" };
  try {
    return (await kube.list(request, signal)).items as Deployment[];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "Forbidden") throw error;
    const own = (await kube.list({ ...request, namespace }, signal)).items as Deployment[];
    if (own.length > 0) return own;
    throw error;
  }
}

/** Certificates and client identities: all of the cluster's own Secrets in one list, or the three that matter most one by one. */
async function listSecrets(kube: KubeApi, cluster: ClusterRef, signal?: AbortSignal): Promise<Secret[]> {
  const { namespace, name } = cluster;
  try {
    const labelSelector = `strimzi.io/cluster=${name},strimzi.io/kind=Kafka`;
    return (await kube.list({ resource: resources.secrets, namespace, labelSelector }, signal)).items as Secret[];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "Forbidden") throw error;
    const wanted = [`${name}-cluster-ca-cert`, `${name}-clients-ca-cert`, `${name}-cluster-operator-certs`];
    const reads = wanted.map((secret) => getOrNothing(kube, { resource: resources.secrets, namespace, name: secret }, signal).catch(() => undefined));
    const found = (await Promise.all(reads)).filter((secret) => secret !== undefined) as Secret[];
    if (found.length > 0) return found;
    throw error;
  }
}

/**
 * Reads one cluster: a fixed number of requests, all at once but for the custom resources, which wait for discovery. Everything is found by
 * Strimzi's label, so it works without its CRDs. Throws when the API server itself cannot be used.
 */
export async function readKube(kube: KubeApi, cluster: ClusterRef, gaps: Gap[], signal?: AbortSignal): Promise<KubeView> {
  const { namespace, name } = cluster;
  const labelSelector = `strimzi.io/cluster=${name}`;
  const list = async (part: string, resource: Resource): Promise<KubeObject[]> =>
    (await seen(gaps, part, kube.list({ resource, namespace, labelSelector }, signal)))?.items ?? [];
  const custom = (async () => {
    const version = await servedStrimziVersion(kube, signal);
    if (version === undefined) return { kafka: undefined, pools: [], podSets: [] };
    const [kafka, pools, podSets] = await Promise.all([
      seen(gaps, "Kafka resource", getOrNothing(kube, { resource: atVersion(resources.kafkas, version), namespace, name }, signal)),
      list("KafkaNodePools", atVersion(resources.kafkaNodePools, version)),
      listPodSets(kube, { namespace, labelSelector, version: version === "v1" ? "v1" : "v1beta2" }, gaps, signal),
    ]);
    return { kafka, pools, podSets };
  })();
  const [resourcesRead, pods, statefulSets, claims, services, secrets, operators, hosts] = await Promise.all([
    custom,
    list("pods", resources.pods),
    list("StatefulSets", resources.statefulSets),
    list("volume claims", resources.volumeClaims),
    list("Services", resources.services),
    seen(gaps, "certificates", listSecrets(kube, cluster, signal)),
    seen(gaps, "operator", listOperators(kube, namespace, signal)),
    seen(gaps, "zones of Kubernetes nodes", kube.list({ resource: resources.nodes, metadataOnly: true }, signal)),
  ]);
  return {
    ...(resourcesRead as Pick<KubeView, "kafka" | "pools" | "podSets">),
    pods: pods as Pod[],
    statefulSets: statefulSets as StatefulSet[],
    claims: claims as VolumeClaim[],
    services: services as Service[],
    secrets: secrets ?? [],
    operators: operators ?? [],
    hosts: hosts?.items ?? [],
  };
}

type PodSetQuery = { namespace: string; labelSelector: string; version: string };

/** Direct-mode clusters have Kafka's CRDs but not the pod set's: its absence is no gap. */
async function listPodSets(kube: KubeApi, query: PodSetQuery, gaps: Gap[], signal?: AbortSignal): Promise<KubeObject[]> {
  const { version, ...scope } = query;
  const read = kube.list({ resource: atVersion(resources.strimziPodSets, version), ...scope }, signal).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "NotFound") return { items: [], resourceVersion: "" };
    throw error;
  });
  return (await seen(gaps, "StrimziPodSets", read))?.items ?? [];
}
