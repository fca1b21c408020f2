import { type KubeObject, type Resource, resources } from "../model/kube.ts";
import type { ClusterRef } from "../model/observation.ts";

// The resources that a cluster is asked for by: a Kafka and its pools.

export const ours: readonly Resource[] = [resources.kafkas, resources.kafkaNodePools];

/** Undefined: the object is none of ours. */
export const resourceOf = ({ apiVersion, kind }: KubeObject): Resource | undefined =>
  ours.find((resource) => resource.kind === kind && apiVersion.startsWith(`${resource.group}/`));

const clusterLabel = "strimzi.io/cluster";

export function clusterOf({ kind, metadata }: KubeObject): ClusterRef {
  return { namespace: metadata.namespace ?? "", name: kind === "Kafka" ? metadata.name : (metadata.labels?.[clusterLabel] ?? "") };
}

export const clusterKey = (object: KubeObject): string => Object.values(clusterOf(object)).join("/");

/** The clusters that resources belong to. */
export const clustersOf = (objects: readonly KubeObject[]): ClusterRef[] => [
  ...new Map(objects.map((object) => [clusterKey(object), clusterOf(object)])).values(),
];

export const isPool = (object: KubeObject): boolean => resourceOf(object) === resources.kafkaNodePools;

export type PoolOwners = ReadonlyMap<string, string | undefined>;

/** Names of the pools of one namespace, and whose they are: a name is there once, whatever the cluster. */
export const ownersOf = (pools: readonly KubeObject[]): PoolOwners =>
  new Map(pools.map(({ metadata }) => [metadata.name, metadata.labels?.[clusterLabel]]));

/** Why a pool cannot be written: it would be taken, with its nodes, away from another cluster. */
export function takenPool({ metadata: { name, labels } }: KubeObject, owners: PoolOwners) {
  const owner = owners.get(name);
  if (owner === undefined || owner === labels?.[clusterLabel]) return undefined;
  return {
    message: `KafkaNodePool ${name} belongs to Kafka ${owner}`,
    hint: "give the pool another name: pools of all clusters of a namespace share their names",
  };
}
