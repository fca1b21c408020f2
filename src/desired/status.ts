import type { ClusterSpec, PoolSpec } from "../model/cluster-spec.ts";
import type { Condition } from "../model/observation.ts";
import { bootstrapService, nodesOf, selectorOf } from "./names.ts";

// What the ecosystem reads in the status of a Kafka and of its pools: `kubectl wait --for=condition=Ready kafka/x` for one.

type PresentCondition = Condition & { readonly lastTransitionTime?: string };

/** The state that a status tells: what a cluster is, but for warnings. */
export type ClusterState =
  | { readonly kind: "Ready" | "ReconciliationPaused" }
  | { readonly kind: "NotReady"; readonly reason: string; readonly message: string };

/** Something the status warns of; `subject` is the object that it is about. */
export type Warning = { readonly subject: string; readonly reason: string; readonly message: string };

/** The conditions as they were, whose times stay where nothing changed. */
type Times = { readonly conditions: readonly PresentCondition[]; readonly now: string };

type StateFacts = Times & { readonly state: ClusterState; readonly warnings: readonly Warning[] };

export type StatusFacts = StateFacts & {
  readonly metadataVersion?: string;
  /** PEM of the authority that signs the listeners; left out before it is made. */
  readonly clusterCa?: string;
};

export type Status = Readonly<Record<string, unknown>>;

/** With the time since when it is so. */
function since(wanted: Condition, { conditions, now }: Times): PresentCondition {
  const fields = ["type", "status", "reason", "message"] as const;
  const same = (one: Condition): boolean => fields.every((field) => one[field] === wanted[field]);
  return { ...wanted, lastTransitionTime: conditions.find(same)?.lastTransitionTime ?? now };
}

const warned = ({ reason, message }: Warning): Condition => ({ type: "Warning", status: "True", reason, message });

/** Warnings first, as Strimzi writes them; of a cluster that was not reconciled there are none. */
function conditionsOf(facts: StateFacts): PresentCondition[] {
  const { kind, ...told } = facts.state;
  const warnings = kind === "Ready" ? facts.warnings.map(warned) : [];
  return [...warnings, { type: kind, status: "True", ...told }].map((condition) => since(condition, facts));
}

function listenersOf(spec: ClusterSpec, { clusterCa }: StatusFacts) {
  const host = `${bootstrapService(spec)}.${spec.ref.namespace}.svc`;
  return spec.listeners.map(({ name, port, tls, certificate }) => ({
    name,
    addresses: [{ host, port }],
    bootstrapServers: `${host}:${port}`,
    ...(tls && certificate === undefined && clusterCa !== undefined ? { certificates: [clusterCa] } : {}),
  }));
}

/** What is known of a Kafka whatever its resource asks for. */
export type KafkaIdentity = Pick<ClusterSpec, "ref" | "generation" | "clusterId">;

/**
 * The status of a Kafka as far as its state goes; what is left out of it stays. Of a cluster that is not ready it tells why, of one that is
 * paused nothing else (Strimzi: a generation that was not reconciled is not observed).
 */
export function stateStatus({ generation, clusterId }: KafkaIdentity, facts: StateFacts): Status {
  const conditions = conditionsOf(facts);
  if (facts.state.kind === "ReconciliationPaused") return { conditions };
  return {
    conditions,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...(clusterId === undefined ? {} : { clusterId }),
  };
}

/** What a run that did all it had to writes into the status of a Kafka. */
export const kafkaStatus = (spec: ClusterSpec, facts: StatusFacts): Status => ({
  ...stateStatus(spec, facts),
  kafkaVersion: spec.version,
  ...(facts.metadataVersion === undefined ? {} : { kafkaMetadataVersion: facts.metadataVersion }),
  kafkaNodePools: spec.pools.map(({ name }) => ({ name })),
  listeners: listenersOf(spec, facts),
});

const selectorText = (spec: ClusterSpec, { name }: PoolSpec): string =>
  Object.entries({ ...selectorOf(spec), "strimzi.io/pool-name": name })
    .map(([label, value]) => `${label}=${value}`)
    .join(",");

export type PoolFacts = Times & { readonly warnings: readonly Warning[] };

/** The status of a pool: its nodes' ids stand there before their pods exist. Its conditions are warnings that are about it. */
export const poolStatus = (spec: ClusterSpec, pool: PoolSpec, facts: PoolFacts): Status => ({
  conditions: facts.warnings
    .filter(({ subject }) => subject === `KafkaNodePool ${pool.name}`)
    .map((warning) => since(warned(warning), facts)),
  ...(pool.generation === undefined ? {} : { observedGeneration: pool.generation }),
  nodeIds: nodesOf(spec)
    .filter((node) => node.pool.name === pool.name)
    .map(({ id }) => id),
  ...(spec.clusterId === undefined ? {} : { clusterId: spec.clusterId }),
  roles: pool.roles,
  replicas: pool.nodeIds.length,
  labelSelector: selectorText(spec, pool),
});
