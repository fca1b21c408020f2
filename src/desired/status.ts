import type { ClusterSpec, PoolSpec } from "../model/cluster-spec.ts";
import type { Condition } from "../model/observation.ts";
import { bootstrapService, nodesOf, selectorOf } from "./names.ts";

// What the ecosystem reads in the status of a Kafka and of its pools: `kubectl wait --for=condition=Ready kafka/x` for one.

type PresentCondition = Condition & { readonly lastTransitionTime?: string };

/** The state that a status tells: what a cluster is, but for warnings. */
export type ClusterState =
  | { readonly kind: "Ready" | "ReconciliationPaused" }
  | { readonly kind: "NotReady"; readonly reason: string; readonly message: string };

export type StatusFacts = {
  readonly state: ClusterState;
  readonly metadataVersion?: string;
  /** PEM of the authority that signs the listeners; left out before it is made. */
  readonly clusterCa?: string;
  /** As it was, whose times stay where nothing changed. */
  readonly conditions: readonly PresentCondition[];
  readonly now: string;
};

export type Status = Readonly<Record<string, unknown>>;

/** With the time since when it is so. */
function since(wanted: Condition, { conditions, now }: Pick<StatusFacts, "conditions" | "now">): PresentCondition {
  const same = (one: Condition): boolean => (["type", "status", "reason"] as const).every((field) => one[field] === wanted[field]);
  return { ...wanted, lastTransitionTime: conditions.find(same)?.lastTransitionTime ?? now };
}

const conditionsOf = (facts: StatusFacts): PresentCondition[] => {
  const { kind, ...told } = facts.state;
  return [since({ type: kind, status: "True", ...told }, facts)];
};

function listenersOf(spec: ClusterSpec, { clusterCa }: StatusFacts) {
  const host = `${bootstrapService(spec)}.${spec.ref.namespace}.svc`;
  return spec.listeners.map(({ name, port, tls, certificate }) => ({
    name,
    addresses: [{ host, port }],
    bootstrapServers: `${host}:${port}`,
    ...(tls && certificate === undefined && clusterCa !== undefined ? { certificates: [clusterCa] } : {}),
  }));
}

/**
 * What a run writes into the status of a Kafka; what is left out of it stays. Of a cluster that is not ready it tells why, of one that is
 * paused nothing else (Strimzi: a generation that was not reconciled is not observed).
 */
export function kafkaStatus(spec: ClusterSpec, facts: StatusFacts): Status {
  const conditions = conditionsOf(facts);
  if (facts.state.kind === "ReconciliationPaused") return { conditions };
  return {
    conditions,
    ...(spec.generation === undefined ? {} : { observedGeneration: spec.generation }),
    ...(spec.clusterId === undefined ? {} : { clusterId: spec.clusterId }),
    ...(facts.state.kind === "NotReady"
      ? {}
      : {
          kafkaVersion: spec.version,
          ...(facts.metadataVersion === undefined ? {} : { kafkaMetadataVersion: facts.metadataVersion }),
          kafkaNodePools: spec.pools.map(({ name }) => ({ name })),
          listeners: listenersOf(spec, facts),
        }),
  };
}

const selectorText = (spec: ClusterSpec, { name }: PoolSpec): string =>
  Object.entries({ ...selectorOf(spec), "strimzi.io/pool-name": name })
    .map(([label, value]) => `${label}=${value}`)
    .join(",");

/** The status of a pool: its nodes' ids stand there before their pods exist. */
export const poolStatus = (spec: ClusterSpec, pool: PoolSpec): Status => ({
  nodeIds: nodesOf(spec)
    .filter((node) => node.pool.name === pool.name)
    .map(({ id }) => id),
  ...(spec.clusterId === undefined ? {} : { clusterId: spec.clusterId }),
  roles: pool.roles,
  replicas: pool.nodeIds.length,
  labelSelector: selectorText(spec, pool),
});
