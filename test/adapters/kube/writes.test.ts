import assert from "node:assert/strict";
import { test } from "node:test";
import { resources } from "../../../src/model/kube.ts";
import { type ApiCall, failure, type Reply } from "../../fakes/api-server.ts";
import { connect, faultOf } from "./world.ts";

const sts = { name: "kafka-0", resource: resources.statefulSets };
const pod = { name: "p", namespace: "kafka", resource: resources.pods };
const object = { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "kafka-0", resourceVersion: "9" }, spec: { replicas: 3 } };
const echo = (call: ApiCall): Reply => ({ body: call.body === "" ? {} : JSON.parse(call.body) });

const sent = (call: ApiCall | undefined) => ({
  method: call?.method,
  path: call?.path,
  query: call?.query,
  type: call?.headers["content-type"],
  body: JSON.parse(call?.body ?? "null") as unknown,
});

test("create, apply, patch, delete, scale: what is sent", async (t) => {
  const { kube, server } = await connect(t, { answer: echo });
  const path = "/apis/apps/v1/namespaces/kafka/statefulsets";
  await kube.create({ ...object, metadata: { name: "", namespace: "other", generateName: "x-" } as never }, resources.statefulSets);
  await kube.apply({ object, resource: resources.statefulSets, fieldManager: "me", force: true, dryRun: true, subresource: "status" });
  await kube.patch({ ref: sts, type: "merge", body: { a: 1 } });
  await kube.patch({ ref: sts, type: "json", body: [{ op: "remove", path: "/a" }], dryRun: true });
  await kube.delete({ ref: sts, propagation: "Orphan", uid: "u", gracePeriodSeconds: 0 });
  await kube.scale(sts, 0);
  assert.deepEqual(server.calls.map(sent), [
    {
      method: "POST",
      path: "/apis/apps/v1/namespaces/other/statefulsets",
      query: { fieldValidation: "Strict" },
      type: "application/json",
      body: { ...object, metadata: { namespace: "other", generateName: "x-" } },
    },
    {
      method: "PATCH",
      path: `${path}/kafka-0/status`,
      query: { fieldManager: "me", force: "true", dryRun: "All", fieldValidation: "Strict" },
      type: "application/apply-patch+yaml",
      body: { ...object, metadata: { name: "kafka-0" } },
    },
    {
      method: "PATCH",
      path: `${path}/kafka-0`,
      query: { fieldManager: "kubectl-kafka" },
      type: "application/merge-patch+json",
      body: { a: 1 },
    },
    {
      method: "PATCH",
      path: `${path}/kafka-0`,
      query: { dryRun: "All", fieldManager: "kubectl-kafka" },
      type: "application/json-patch+json",
      body: [{ op: "remove", path: "/a" }],
    },
    {
      method: "DELETE",
      path: `${path}/kafka-0`,
      query: {},
      type: "application/json",
      body: { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Orphan", gracePeriodSeconds: 0, preconditions: { uid: "u" } },
    },
    { method: "PATCH", path: `${path}/kafka-0/scale`, query: {}, type: "application/merge-patch+json", body: { spec: { replicas: 0 } } },
  ]);
});

test("apply: a conflict names each field and its manager", async (t) => {
  const causes = [
    {
      reason: "FieldManagerConflict",
      message: 'conflict with "kubectl-client-side-apply" using apps/v1 at 2026-01-01T00:00:00Z',
      field: ".spec.replicas",
    },
    { reason: "FieldManagerConflict", message: 'conflict with "strimzi" with subresource "scale"', field: ".spec.template.x" },
  ];
  const { kube } = await connect(t, { answer: () => failure(409, "Apply failed with 2 conflicts", { causes }) });
  const fault = await faultOf(kube.apply({ object, resource: resources.statefulSets, fieldManager: "me" }));
  assert.equal(fault.code, "Conflict");
  assert.equal(
    fault.message,
    "StatefulSet kafka/kafka-0 has fields that others manage: .spec.replicas (kubectl-client-side-apply), .spec.template.x (strimzi)",
  );
});

test("evict: a used-up budget is named and not tried again", async (t) => {
  const causes = [
    { reason: "DisruptionBudget", message: "The disruption budget my-cluster-kafka needs 2 healthy pods and has 2 currently" },
  ];
  const { kube, server, world } = await connect(t, {
    answer: () => ({ ...failure(429, "Cannot evict pod", { causes }), headers: { "retry-after": "10" } }),
  });
  const fault = await faultOf(kube.evict({ ref: pod }));
  assert.deepEqual([fault.code, fault.details], ["TooManyRequests", { status: 429, budget: "my-cluster-kafka" }]);
  assert.equal(
    fault.message,
    "Pod kafka/p may not be evicted now: The disruption budget my-cluster-kafka needs 2 healthy pods and has 2 currently",
  );
  assert.deepEqual([server.calls.length, world.slept], [1, []]);
  assert.deepEqual(sent(server.calls[0]).body, { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "p", namespace: "kafka" } });
  assert.equal(server.calls[0]?.path, "/api/v1/namespaces/kafka/pods/p/eviction");
});

test("canI: asks the server's own judgement", async (t) => {
  const { kube, server } = await connect(t, { answer: (_call, index) => ({ status: 201, body: { status: { allowed: index === 0 } } }) });
  const check = { verb: "create", group: "", resource: "pods", subresource: "portforward", namespace: "kafka" };
  assert.deepEqual([await kube.canI(check), await kube.canI(check)], [true, false]);
  assert.deepEqual(sent(server.calls[0]).body, {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: check },
  });
});
