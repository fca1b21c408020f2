import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../../src/model/kube.ts";
import { objectChanges } from "../../src/plan/object-diff.ts";

const object = (fields: object, kind = "Thing"): KubeObject => ({ apiVersion: "v1", kind, metadata: { name: "x" }, ...fields });
const changes = (desired: object, live: object) => objectChanges(object(desired), object(live), "me");

test("object diff: what others added stays, what we want is compared", () => {
  assert.deepEqual(changes({ spec: { a: 1 } }, { spec: { a: 1, defaulted: true }, status: {} }), []);
  assert.deepEqual(changes({ spec: { a: 2, b: "x" } }, { spec: { a: 1 } }), [
    { path: "spec.a", from: 1, to: 2 },
    { path: "spec.b", to: "x" },
  ]);
});

test("object diff: named entries by name, other lists as a whole", () => {
  const live = { spec: { containers: [{ name: "sidecar" }, { name: "kafka", image: "a", imagePullPolicy: "Always" }], args: ["x", "y"] } };
  assert.deepEqual(changes({ spec: { containers: [{ name: "kafka", image: "b" }], args: ["x", "y"] } }, live), [
    { path: "spec.containers[kafka].image", from: "a", to: "b" },
  ]);
  assert.deepEqual(changes({ spec: { args: ["y", "x"] } }, live), [{ path: "spec.args", from: ["x", "y"], to: ["y", "x"] }]);
});

const inPod = (fields: object) => ({ spec: { template: { spec: fields } } });

test("object diff: what Kubernetes takes for the same entry is compared, what it takes for two is two", () => {
  const zone = { topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule", maxSkew: 1 };
  const constraints = { topologySpreadConstraints: [zone, { ...zone, whenUnsatisfiable: "ScheduleAnyway", maxSkew: 2 }] };
  assert.deepEqual(changes(inPod(constraints), inPod(structuredClone(constraints))), []);
  assert.deepEqual(changes(inPod({ topologySpreadConstraints: [{ ...zone, maxSkew: 3 }] }), inPod(constraints)), [
    { path: "spec.template.spec.topologySpreadConstraints[zone,DoNotSchedule].maxSkew", from: 1, to: 3 },
  ]);
  const twice = { topologySpreadConstraints: [zone, { ...zone, maxSkew: 2 }] };
  assert.deepEqual(changes(inPod(twice), inPod(structuredClone(twice))), []);
});

test("object diff: a list that Kubernetes does not merge is one value: an entry less, a field less and another order are changes", () => {
  const term = (name: string) => ({ topologyKey: "zone", labelSelector: { matchLabels: { name } } });
  const affinity = (...terms: object[]) =>
    inPod({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } });
  const two = affinity(term("a"), term("b"));
  assert.deepEqual(changes(two, structuredClone(two)), []);
  assert.equal(changes(affinity(term("b"), term("a")), two).length, 1);
  assert.equal(changes(affinity(term("a")), two).length, 1);
  const tolerations = (...entries: object[]) => inPod({ tolerations: entries });
  const held = { key: "a", effect: "NoExecute" };
  assert.equal(changes(tolerations(held), tolerations({ ...held, tolerationSeconds: 30 })).length, 1);
  assert.deepEqual(changes(tolerations({ ...held, value: "" }), tolerations(held)), []);
  const options = (...entries: object[]) => inPod({ dnsConfig: { options: entries } });
  assert.equal(changes(options({ name: "ndots" }), options({ name: "ndots" }, { name: "rotate" })).length, 1);
});

test("object diff: an empty text is none where the API server drops it, and a text in maps of texts", () => {
  assert.deepEqual(changes(inPod({ priorityClassName: "" }), inPod({})), []);
  assert.equal(changes({ metadata: { name: "x", annotations: { a: "" } } }, {}).length, 1);
});

test("object diff: quantities by their worth, empty is none", () => {
  assert.deepEqual(changes({ spec: { memory: "1024Mi", cpu: "1000m", port: 1 } }, { spec: { memory: "1Gi", cpu: 1, port: "1" } }), []);
  for (const [want, have] of [
    ["0.5", "500m"],
    ["0.29", "290m"],
    ["2.0", "2"],
    ["1000", "1k"],
  ])
    assert.deepEqual(changes({ resources: { limits: { cpu: want } } }, { resources: { limits: { cpu: have } } }), [], want);
  assert.equal(changes({ resources: { limits: { cpu: "0.5" } } }, { resources: { limits: { cpu: "501m" } } }).length, 1);
  assert.deepEqual(changes({ spec: { memory: "2Gi" } }, { spec: { memory: "1Gi" } }), [{ path: "spec.memory", from: "1Gi", to: "2Gi" }]);
  assert.deepEqual(changes({ spec: { map: {}, list: [] } }, { spec: {} }), []);
  assert.deepEqual(changes({ spec: { version: "1.10" } }, { spec: { version: "1.1" } }), [
    { path: "spec.version", from: "1.1", to: "1.10" },
  ]);
});

test("object diff: what we set before and no longer want is removed, what others set is not", () => {
  const managedFields = [
    {
      manager: "me",
      operation: "Apply",
      fieldsV1: { "f:spec": { "f:old": {}, "f:kept": {} }, "f:metadata": { "f:labels": { "f:a.b/c": {}, ".": {} } } },
    },
    { manager: "other", operation: "Update", fieldsV1: { "f:spec": { "f:theirs": {} } } },
  ];
  const live = {
    ...object({ spec: { old: 1, kept: 2, theirs: 3 } }),
    metadata: { name: "x", labels: { "a.b/c": "v" }, managedFields },
  } as KubeObject;
  assert.deepEqual(objectChanges(object({ spec: { kept: 2 } }), live, "me"), [
    { path: "spec.old", from: 1 },
    { path: "metadata.labels.a.b/c", from: "v" },
  ]);
});

test("object diff: an entry of a list that we set and no longer want is removed as a whole", () => {
  const key = 'k:{"port":9093,"protocol":"TCP"}';
  const managedFields = [
    {
      manager: "me",
      operation: "Apply",
      fieldsV1: { "f:spec": { "f:ports": { [key]: { ".": {}, "f:name": {}, "f:port": {}, "f:targetPort": {} } } } },
    },
  ];
  const tls = { name: "tls", port: 9093, protocol: "TCP", targetPort: 9093 };
  const live = {
    ...object({ spec: { ports: [{ name: "plain", port: 9092 }, tls] } }),
    metadata: { name: "x", managedFields },
  } as KubeObject;
  assert.deepEqual(objectChanges(object({ spec: { ports: [{ name: "plain", port: 9092 }] } }), live, "me"), [
    { path: "spec.ports[9093]", from: tls },
  ]);
  assert.deepEqual(objectChanges(object({ spec: { ports: [{ name: "tls", port: 9093, targetPort: 9093 }] } }), live, "me"), []);
});

test("object diff: a Secret's values never come out", () => {
  const [change] = objectChanges(object({ data: { password: "bmV3" } }, "Secret"), object({ data: { password: "b2xk" } }, "Secret"), "me");
  assert.deepEqual(change, { path: "data.password", from: "(secret)", to: "(secret)" });
  const [whole] = objectChanges(object({ data: { password: "bmV3" } }, "Secret"), object({}, "Secret"), "me");
  assert.doesNotMatch(JSON.stringify(whole), /bmV3/);
});
