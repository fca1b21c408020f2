import type { CaSettings, ClusterSpec, PoolSpec } from "../../src/model/cluster-spec.ts";

const probe = { initialDelaySeconds: 15, timeoutSeconds: 5, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
export const caSettings: CaSettings = { generate: true, validityDays: 365, renewalDays: 30, ownerReference: true };

/** A pool of three nodes of both roles with one persistent volume, unless changed. */
export const poolSpec = (name: string, nodeIds: readonly number[], changes: Partial<PoolSpec> = {}): PoolSpec => ({
  name,
  labels: {},
  replicas: nodeIds.length,
  roles: ["controller", "broker"],
  volumes: [{ kind: "persistent", size: "10Gi", deleteClaim: false, kraftMetadata: false }],
  jbod: false,
  jvm: { xx: {}, gcLogging: false, systemProperties: [] },
  template: { labels: {}, annotations: {}, spec: {} },
  nodeIds,
  ...changes,
});

/** A cluster of three combined nodes with a plain and a TLS listener, unless changed. */
export const clusterSpec = (changes: Partial<ClusterSpec> = {}): ClusterSpec => ({
  ref: { namespace: "kafka", name: "my-cluster" },
  uid: "0c0ffee0",
  labels: {},
  paused: false,
  version: "4.3.1",
  image: "apache/kafka:4.3.1",
  listeners: [
    { name: "plain", port: 9092, tls: false },
    { name: "tls", port: 9093, tls: true },
  ],
  config: {},
  logging: { kind: "inline", loggers: {} },
  livenessProbe: probe,
  readinessProbe: probe,
  clusterCa: caSettings,
  clientsCa: caSettings,
  pools: [poolSpec("pool", [0, 1, 2])],
  clusterId: "bXktY2x1c3RlcjAwMDAwMA",
  ...changes,
});
