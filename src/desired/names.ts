import type { ClusterSpec, PoolSpec } from "../model/cluster-spec.ts";
import type { ObjectMeta, OwnerReference } from "../model/kube.ts";

/** The field manager of everything this tool applies, and the value of `managed-by`. */
export const manager = "kubectl-kafka";

/** A node with its place in the cluster. */
export type NodePlace = { readonly id: number; readonly pool: PoolSpec; readonly pod: string };

export const podName = (spec: ClusterSpec, pool: PoolSpec, id: number): string => `${spec.ref.name}-${pool.name}-${id}`;

/** All nodes by id, as the pools' ids say. */
export const nodesOf = (spec: ClusterSpec): NodePlace[] =>
  spec.pools.flatMap((pool) => pool.nodeIds.map((id) => ({ id, pool, pod: podName(spec, pool, id) }))).sort((a, b) => a.id - b.id);

/** What selects the Kafka pods of a cluster. */
export const selectorOf = ({ ref }: ClusterSpec): Record<string, string> => ({
  "strimzi.io/cluster": ref.name,
  "strimzi.io/kind": "Kafka",
  "strimzi.io/name": `${ref.name}-kafka`,
});

/** Strimzi's labels of every object. What a resource says it is a part of holds for what is made for it; the rest is ours to say. */
const withOwnLabels = (spec: ClusterSpec, inherited: Readonly<Record<string, string>>): Record<string, string> => ({
  "app.kubernetes.io/part-of": `strimzi-${spec.ref.name}`,
  ...inherited,
  ...selectorOf(spec),
  "strimzi.io/component-type": "kafka",
  "app.kubernetes.io/name": "kafka",
  "app.kubernetes.io/instance": spec.ref.name,
  "app.kubernetes.io/managed-by": manager,
});

/** Of what is made for the cluster as a whole. */
export const labelsOf = (spec: ClusterSpec): Record<string, string> => withOwnLabels(spec, spec.labels);

/** Of what is made for a pool: they are inherited from it, not from the cluster. */
export const poolLabelsOf = (spec: ClusterSpec, pool: PoolSpec): Record<string, string> => ({
  ...withOwnLabels(spec, pool.labels),
  "strimzi.io/pool-name": pool.name,
  "strimzi.io/broker-role": String(pool.roles.includes("broker")),
  "strimzi.io/controller-role": String(pool.roles.includes("controller")),
});

/** Deleting the Kafka resource deletes what it owns. */
export const ownerOf = (spec: ClusterSpec): OwnerReference[] =>
  spec.uid === undefined
    ? []
    : [
        {
          apiVersion: "kafka.strimzi.io/v1",
          kind: "Kafka",
          name: spec.ref.name,
          uid: spec.uid,
          controller: false,
          blockOwnerDeletion: false,
        },
      ];

type Meta = { readonly name: string; readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };

/** The metadata of an object of the cluster. */
export function metadataOf(spec: ClusterSpec, { name, labels = labelsOf(spec), annotations }: Meta): ObjectMeta {
  const ownerReferences = ownerOf(spec);
  return {
    name,
    namespace: spec.ref.namespace,
    labels,
    ...(annotations === undefined ? {} : { annotations }),
    ...(ownerReferences.length === 0 ? {} : { ownerReferences }),
  };
}

export const brokersService = (spec: ClusterSpec): string => `${spec.ref.name}-kafka-brokers`;
export const bootstrapService = (spec: ClusterSpec): string => `${spec.ref.name}-kafka-bootstrap`;
export const serviceAccountName = (spec: ClusterSpec): string => `${spec.ref.name}-kafka`;
