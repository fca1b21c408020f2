import { AppError } from "../model/errors.ts";
import { type KubeObject, resources } from "../model/kube.ts";
import type { ClusterRef } from "../model/observation.ts";
import type { KubeApi } from "../ports/kube.ts";

/** The kinds a cluster is made of, in the order in which they are made. */
const clusterKinds = [
  resources.serviceAccounts,
  resources.networkPolicies,
  resources.volumeClaims,
  resources.services,
  resources.secrets,
  resources.configMaps,
  resources.disruptionBudgets,
  resources.statefulSets,
  resources.pods,
] as const;

/** What is there of a cluster, whole and with the record of who set which field: the other side of every comparison. And storage classes. */
export type LiveCluster = { readonly kafka: KubeObject; readonly pools: readonly KubeObject[]; readonly objects: readonly KubeObject[] };

/** The same where there may be no Kafka resource yet. */
export type PresentCluster = Omit<LiveCluster, "kafka"> & { readonly kafka: KubeObject | undefined };

/** None where they may not be read: they are the whole Kubernetes' and not the namespace's, and no plan depends on them. */
async function storageClasses(kube: KubeApi, signal?: AbortSignal): Promise<KubeObject[]> {
  try {
    return (await kube.list({ resource: resources.storageClasses }, signal)).items;
  } catch (error) {
    if (error instanceof AppError && error.code === "Forbidden") return [];
    throw error;
  }
}

/**
 * Reads the Kafka resource, its pools and every object of the cluster: one list per kind, whatever the number of nodes. Throws Forbidden when
 * a kind may not be read: half a view would make a wrong plan.
 */
export async function readPresent(kube: KubeApi, ref: ClusterRef, signal?: AbortSignal): Promise<PresentCluster> {
  const { namespace, name } = ref;
  const labelSelector = `strimzi.io/cluster=${name}`;
  const [kafkas, pools, classes, ...lists] = await Promise.all([
    kube.list({ resource: resources.kafkas, namespace, fieldSelector: `metadata.name=${name}` }, signal),
    kube.list({ resource: resources.kafkaNodePools, namespace, labelSelector }, signal),
    storageClasses(kube, signal),
    ...clusterKinds.map((resource) => kube.list({ resource, namespace, labelSelector, managedFields: true }, signal)),
  ]);
  return { kafka: kafkas.items[0], pools: pools.items, objects: [...lists.flatMap(({ items }) => items), ...classes] };
}

/** Reads a whole cluster; throws NotFound when there is no such Kafka resource. */
export async function readLive(kube: KubeApi, ref: ClusterRef, signal?: AbortSignal): Promise<LiveCluster> {
  const { kafka, ...rest } = await readPresent(kube, ref, signal);
  if (kafka === undefined) throw new AppError("NotFound", `there is no Kafka resource ${ref.name} in namespace ${ref.namespace}`);
  return { kafka, ...rest };
}
