import assert from "node:assert/strict";
import { test } from "node:test";
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
