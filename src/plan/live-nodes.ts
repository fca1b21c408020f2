import { clusterIdAnnotation } from "../desired/volumes.ts";
import type { ClusterSpec } from "../model/cluster-spec.ts";
import type { KubeObject } from "../model/kube.ts";
import type { Role } from "../model/observation.ts";

// The nodes that a cluster has already, whatever its resources say now.
// 1. Its StatefulSets run them. Where there is none, volumes hold their data, maybe of an earlier cluster of this name, which this one goes on
//    with; where there is no volume either, the status of a pool has promised their ids.
// 2. The roles are those by which they were made: they stand in the labels of the sets and volumes, and in the pools' status.

export type LiveNode = {
  readonly id: number;
  readonly pool: string;
  readonly roles: readonly Role[];
  /** What is there of it. */
  readonly evidence: "StatefulSet" | "status" | "volume";
};

type Labelled = Pick<KubeObject, "metadata">;
type PoolStatus = { readonly nodeIds?: readonly number[]; readonly roles?: readonly Role[] };
type SetSpec = { readonly ordinals?: { readonly start?: number }; readonly replicas?: number };

const range = (start: number, length: number): number[] => Array.from({ length }, (_, index) => start + index);

const labelOf = ({ metadata }: Labelled, name: string): string => metadata.labels?.[`strimzi.io/${name}`] ?? "";

const rolesOf = (object: Labelled): Role[] =>
  (["controller", "broker"] as const).filter((role) => labelOf(object, `${role}-role`) === "true");

function ofSet(set: KubeObject): LiveNode[] {
  const { ordinals, replicas = 1 } = (set.spec ?? {}) as SetSpec;
  const node = { pool: labelOf(set, "pool-name"), roles: rolesOf(set), evidence: "StatefulSet" } as const;
  return range(ordinals?.start ?? 0, replicas).map((id) => ({ id, ...node }));
}

function ofPool({ metadata, status }: KubeObject): LiveNode[] {
  const { nodeIds = [], roles = [] } = (status ?? {}) as PoolStatus;
  return nodeIds.map((id) => ({ id, pool: metadata.name, roles, evidence: "status" }));
}

/** "data-0-my-cluster-broker-3" is of node 3. */
function ofClaim(claim: KubeObject): LiveNode[] {
  const id = Number(/-(\d+)$/.exec(claim.metadata.name)?.[1] ?? Number.NaN);
  return Number.isNaN(id) ? [] : [{ id, pool: labelOf(claim, "pool-name"), roles: rolesOf(claim), evidence: "volume" }];
}

/** `spec`: with its cluster id, by which its volumes are told. */
export function liveNodes({ clusterId }: ClusterSpec, pools: readonly KubeObject[], objects: readonly KubeObject[]): LiveNode[] {
  const all = (kind: string) => objects.filter((object) => object.kind === kind && labelOf(object, "pool-name") !== "");
  const claims = all("PersistentVolumeClaim").filter(({ metadata }) => metadata.annotations?.[clusterIdAnnotation] === clusterId);
  const found = [...pools.flatMap(ofPool), ...claims.flatMap(ofClaim), ...all("StatefulSet").flatMap(ofSet)];
  const byName = new Map(found.map((node) => [`${node.pool}-${node.id}`, node]));
  return [...byName.values()].sort((a, b) => a.id - b.id);
}
