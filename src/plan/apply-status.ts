import { kafkaStatus, poolStatus, type Status, type StatusFacts, type Warning } from "../desired/status.ts";
import type { ClusterSpec } from "../model/cluster-spec.ts";
import type { KubeObject } from "../model/kube.ts";
import type { Notice } from "../model/plan.ts";
import { objectChanges } from "./object-diff.ts";

/** The resources as they are, whose status is compared. */
export type Resources = { readonly kafka: KubeObject | undefined; readonly pools: readonly KubeObject[] };

/** What of the notices a status tells: those that Strimzi has. The rest is for who reads the plan. */
const lasting: ReadonlySet<string> = new Set(["KafkaStorage", "PvcResizingWarning", "KafkaMetadataVersion"]);

/** `given`: warnings about what the resources ask for. */
export const statusWarnings = (given: readonly Warning[], notices: readonly Notice[]): Warning[] =>
  [...given, ...notices.filter(({ reason }) => lasting.has(reason))].map(({ subject, reason, message }) => ({ subject, reason, message }));

type Conditions = StatusFacts["conditions"];

/** The conditions that stand in the status of a resource. */
export const conditionsIn = (resource: KubeObject | undefined): Conditions =>
  ((resource?.status ?? {}) as { conditions?: Conditions }).conditions ?? [];

const differs = (live: KubeObject | undefined, status: Status): boolean => {
  if (live === undefined) return true;
  const { apiVersion, kind, metadata } = live;
  return objectChanges({ apiVersion, kind, metadata: { name: metadata.name }, status }, live, "").length > 0;
};

type Told = Pick<StatusFacts, "warnings" | "now">;

const poolsDiffer = (spec: ClusterSpec, { pools }: Resources, told: Told): boolean =>
  spec.pools.some((pool) => {
    const live = pools.find(({ metadata }) => metadata.name === pool.name);
    return differs(live, poolStatus(spec, pool, { ...told, conditions: conditionsIn(live) }));
  });

/** Ids and cluster id must stand in the status before anything is made with them. */
export function needsIds(spec: ClusterSpec, resources: Resources, told: Told): boolean {
  const { clusterId } = spec;
  return poolsDiffer(spec, resources, told) || differs(resources.kafka, clusterId === undefined ? {} : { clusterId });
}

/** Whether the status tells less or other than what is so. */
export const needsStatus = (spec: ClusterSpec, resources: Resources, facts: StatusFacts): boolean =>
  differs(resources.kafka, kafkaStatus(spec, facts));
