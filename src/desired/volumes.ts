import type { ClusterSpec, PoolSpec, Volume } from "../model/cluster-spec.ts";
import type { KubeObject } from "../model/kube.ts";
import { metadataOf, nodesOf, poolLabelsOf } from "./names.ts";

/** "data", or "data-1" for volume 1 of a JBOD: the volume's name in the pod, and what its claims begin with. */
export const volumeName = ({ id }: Volume): string => (id === undefined ? "data" : `data-${id}`);

/** Where Kafka finds it (Strimzi's paths). */
export const mountPath = (volume: Volume): string => `/var/lib/kafka/${volumeName(volume)}`;

type Persistent = Extract<Volume, { kind: "persistent" }>;

export const isPersistent = (volume: Volume): volume is Persistent => volume.kind === "persistent";

const claimSpec = ({ size, storageClass, selector }: Persistent) => ({
  accessModes: ["ReadWriteOnce"],
  resources: { requests: { storage: size } },
  ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
  ...(selector === undefined ? {} : { selector: { matchLabels: selector } }),
});

/** The name under which the StatefulSet looks for a pod's claim. */
export const claimName = (volume: Volume, pod: string): string => `${volumeName(volume)}-${pod}`;

/** On claims: the cluster whose data they hold. A volume that outlives its cluster can be used by nobody else, and by it again. */
export const clusterIdAnnotation = "kubectl-kafka/cluster-id";

/**
 * A claim per volume and node, made before the pods: the StatefulSet takes them by name, so that a volume can grow although a StatefulSet's
 * own templates can never change. A claim outlives the cluster unless `deleteClaim` says otherwise.
 */
export function desiredClaims(spec: ClusterSpec): KubeObject[] {
  return nodesOf(spec).flatMap(({ pool, pod }) =>
    pool.volumes.filter(isPersistent).map((volume): KubeObject => {
      const holds = spec.clusterId === undefined ? {} : { [clusterIdAnnotation]: spec.clusterId };
      const annotations = { "strimzi.io/delete-claim": String(volume.deleteClaim), ...holds };
      const { ownerReferences, ...metadata } = metadataOf(spec, {
        name: claimName(volume, pod),
        labels: poolLabelsOf(spec, pool),
        annotations,
      });
      const owned = volume.deleteClaim && ownerReferences !== undefined ? { ownerReferences } : {};
      return { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { ...metadata, ...owned }, spec: claimSpec(volume) };
    }),
  );
}

/** The StatefulSet's own templates: they give the claims their names. Kubernetes never lets them change; the claims themselves grow. */
export const claimTemplates = (pool: PoolSpec) =>
  pool.volumes.filter(isPersistent).map((volume) => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: volumeName(volume) },
    spec: claimSpec(volume),
  }));

/** Volumes that live and die with the pod. */
export const ephemeralVolumes = (pool: PoolSpec) =>
  pool.volumes
    .filter((volume) => volume.kind === "ephemeral")
    .map((volume) => ({ name: volumeName(volume), emptyDir: volume.sizeLimit === undefined ? {} : { sizeLimit: volume.sizeLimit } }));
