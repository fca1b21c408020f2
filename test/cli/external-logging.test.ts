import assert from "node:assert/strict";
import { test } from "node:test";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { newWorld } from "../fakes/world/world.ts";
import { combined, find, runIn } from "./world-cli.ts";

type Reference = { readonly name: string; readonly key: string; readonly optional?: boolean };

const reference: Reference = { name: "mine", key: "log4j2.properties" };

function worldWith(configMapKeyRef: Reference, ...more: readonly KubeObject[]) {
  const objects = kafkaManifest(combined).map((object) => {
    const spec = object.spec as { kafka: object };
    const logging = { type: "external", valueFrom: { configMapKeyRef } };
    return object.kind === "Kafka" ? { ...object, spec: { ...spec, kafka: { ...spec.kafka, logging } } } : object;
  });
  return newWorld({ objects: [...objects, ...more] });
}

const configMap = (data: Record<string, string>): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "mine", namespace: "kafka" },
  data,
});

const loggingOf = (world: ReturnType<typeof worldWith>) =>
  (find(world, "ConfigMap", "c-combined").data as Record<string, string>)["log4j2.properties"] ?? "";

test("external logging whose ConfigMap is not there is refused by field, ConfigMap and key", async () => {
  const { stderr, exitCode } = await runIn(worldWith(reference), "reconcile c --dry-run");
  assert.equal(exitCode, 3);
  assert.match(stderr, /spec\.kafka\.logging names the key log4j2\.properties of ConfigMap kafka\/mine, which is not there\n/);
  assert.match(stderr, /-> kubectl create configmap mine -n kafka --from-file=log4j2\.properties=FILE\n/);
});

test("so is one without the key, beside every other refusal", async () => {
  const world = worldWith(reference, configMap({ other: "" }));
  world.store.insert({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "c-gone", namespace: "kafka", labels: { "strimzi.io/cluster": "c" } },
    spec: { replicas: 0, updateStrategy: { type: "OnDelete" }, selector: { matchLabels: {} }, template: {} },
  });
  const { stderr, exitCode } = await runIn(world, "reconcile c --dry-run");
  assert.equal(exitCode, 3);
  assert.match(stderr, /the key log4j2\.properties of ConfigMap kafka\/mine, which has no such key\n *-> keys that it has: other\n/);
  assert.match(stderr, /StatefulSet c-gone: /);
});

test("where it is optional, what is missing is the default", async () => {
  for (const more of [[], [configMap({ other: "" })]]) {
    const world = worldWith({ ...reference, optional: true }, ...more);
    assert.equal((await runIn(world, "reconcile c")).exitCode, 0);
    assert.match(loggingOf(world), /^rootLogger\.level=INFO$/m);
  }
  const own = worldWith({ ...reference, optional: true }, configMap({ "log4j2.properties": "rootLogger.level=WARN\n" }));
  assert.equal((await runIn(own, "reconcile c")).exitCode, 0);
  assert.match(loggingOf(own), /^rootLogger\.level=WARN$/m);
});
