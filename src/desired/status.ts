import type { ClusterSpec, PoolSpec } from "../model/cluster-spec.ts";
import type { Condition } from "../model/observation.ts";
import { bootstrapService, nodesOf, selectorOf } from "./names.ts";

// What the ecosystem reads in the status of a Kafka and of its pools: `kubectl wait --for=condition=Ready kafka/x` for one.

export type StatusFacts = {
  /** Left out: the cluster is ready. */
  readonly notReady?: { readonly reason: string; readonly message: string };
  readonly metadataVersion?: string;
  /** PEM of the authority that signs the listeners; left out before it is made. */
  readonly clusterCa?: string;
  /** As it was, whose times stay where nothing changed. */
  readonly conditions: readonly (Condition & { readonly lastTransitionTime?: string })[];
  readonly now: string;
};

export type Status = Readonly<Record<string, unknown>>;

function conditionOf({ notReady, conditions, now }: StatusFacts) {
  const wanted = notReady === undefined ? { type: "Ready", status: "True" } : { type: "NotReady", status: "True", ...notReady };
  const present = conditions.find(({ type, status }) => type === wanted.type && status === wanted.status);
  return { ...wanted, lastTransitionTime: present?.lastTransitionTime ?? now };
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

/** The status of a Kafka after a run that did all it had to. */
export const kafkaStatus = (spec: ClusterSpec, facts: StatusFacts): Status => ({
  conditions: [conditionOf(facts)],
  ...(spec.generation === undefined ? {} : { observedGeneration: spec.generation }),
  ...(spec.clusterId === undefined ? {} : { clusterId: spec.clusterId }),
  ...(facts.notReady === undefined
    ? {
        kafkaVersion: spec.version,
        ...(facts.metadataVersion === undefined ? {} : { kafkaMetadataVersion: facts.metadataVersion }),
        kafkaNodePools: spec.pools.map(({ name }) => ({ name })),
        listeners: listenersOf(spec, facts),
      }
    : {}),
});

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
