import { kafkaStatus, poolStatus, type Status, type StatusFacts } from "../desired/status.ts";
import type { ClusterSpec } from "../model/cluster-spec.ts";
import type { KubeObject } from "../model/kube.ts";
import { objectChanges } from "./object-diff.ts";

/** The resources as they are, whose status is compared. */
export type Resources = { readonly kafka: KubeObject | undefined; readonly pools: readonly KubeObject[] };

const differs = (live: KubeObject | undefined, status: Status): boolean => {
  if (live === undefined) return true;
  const { apiVersion, kind, metadata } = live;
  return objectChanges({ apiVersion, kind, metadata: { name: metadata.name }, status }, live, "").length > 0;
};

const poolsDiffer = (spec: ClusterSpec, { pools }: Resources): boolean =>
  spec.pools.some((pool) => {
    const live = pools.find(({ metadata }) => metadata.name === pool.name);
    return differs(live, poolStatus(spec, pool));
  });

/** Ids and cluster id must stand in the status before anything is made with them. */
export function needsIds(spec: ClusterSpec, resources: Resources): boolean {
  const { clusterId } = spec;
  return poolsDiffer(spec, resources) || differs(resources.kafka, clusterId === undefined ? {} : { clusterId });
}

/** Whether the status tells less or other than what is so. */
export const needsStatus = (spec: ClusterSpec, resources: Resources, facts: StatusFacts): boolean =>
  differs(resources.kafka, kafkaStatus(spec, facts));
