import assert from "node:assert/strict";
import { test } from "node:test";
import { desiredServices } from "../../src/desired/services.ts";
import { desiredStatefulSet } from "../../src/desired/stateful-sets.ts";
import type { ClusterSpec, PoolSpec } from "../../src/model/cluster-spec.ts";
import { clusterSpec, poolSpec } from "./specs.ts";

const hashes = { configuration: "a", certificates: "0", clusterCa: 0, clientsCa: 0 };

type PodSpec = Readonly<Record<string, unknown>> & { readonly containers: readonly Readonly<Record<string, unknown>>[] };

function podOf(spec: ClusterSpec, changes: Partial<PoolSpec> = {}): PodSpec {
  const set = desiredStatefulSet(spec, poolSpec("pool", [0], changes), hashes);
  return (set.spec as { template: { spec: PodSpec } }).template.spec;
}

test("pod: liveness asks for the process, with the values that are given; readiness for a port", () => {
  const times = { initialDelaySeconds: 7, timeoutSeconds: 2, periodSeconds: 3, successThreshold: 1, failureThreshold: 4 };
  const [container] = podOf(clusterSpec({ livenessProbe: times })).containers;
  assert.deepEqual(container?.livenessProbe, { ...times, exec: { command: ["bash", "-c", "kill -0 1"] } });
  const readiness = { initialDelaySeconds: 15, timeoutSeconds: 5, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
  assert.deepEqual(container?.readinessProbe, { ...readiness, tcpSocket: { port: 9092 } });
});

const template = { labels: {}, annotations: {}, spec: {} };

test("pod: restricted unless the template says otherwise, field by field", () => {
  const restricted = {
    runAsNonRoot: true,
    runAsUser: 1000,
    fsGroup: 1000,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
  const container = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
  };
  const contexts = (changes: Partial<PoolSpec>) => {
    const pod = podOf(clusterSpec(), changes);
    return [pod.securityContext, pod.containers[0]?.securityContext];
  };
  assert.deepEqual(contexts({}), [restricted, container]);
  assert.deepEqual(contexts({ template: { ...template, spec: { securityContext: { runAsUser: 185, fsGroup: 185 } } } }), [
    { ...restricted, runAsUser: 185, fsGroup: 185 },
    container,
  ]);
  assert.deepEqual(contexts({ template: { ...template, spec: { securityContext: { runAsNonRoot: false, runAsUser: 0 } } } }), [
    { ...restricted, runAsNonRoot: false, runAsUser: 0 },
    { ...container, runAsNonRoot: false },
  ]);
  assert.deepEqual(contexts({ template: { ...template, containerSecurityContext: { readOnlyRootFilesystem: true } } }), [
    restricted,
    { ...container, readOnlyRootFilesystem: true },
  ]);
});

test("labels: those of a pool go to what is made for it, those of the cluster to the rest; ours are ours", () => {
  const spec = clusterSpec({ labels: { team: "orders", "app.kubernetes.io/part-of": "shop" } });
  const pool = poolSpec("pool", [0], { labels: { tier: "gold" } });
  const labels = desiredStatefulSet(spec, pool, hashes).metadata.labels;
  assert.deepEqual([labels?.tier, labels?.team, labels?.["app.kubernetes.io/part-of"]], ["gold", undefined, "strimzi-my-cluster"]);
  const [service] = desiredServices(spec);
  const { team, ...rest } = service?.metadata.labels ?? {};
  assert.deepEqual([team, rest["app.kubernetes.io/part-of"], rest["strimzi.io/cluster"]], ["orders", "shop", "my-cluster"]);
});

test("the bootstrap Service tells tools what it offers", () => {
  const [service] = desiredServices(clusterSpec());
  assert.deepEqual(JSON.parse(service?.metadata.annotations?.["strimzi.io/discovery"] ?? ""), [
    { port: 9092, tls: false, protocol: "kafka", auth: "none" },
    { port: 9093, tls: true, protocol: "kafka", auth: "none" },
  ]);
});
