import assert from "node:assert/strict";
import { test } from "node:test";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import { toYaml } from "../../src/manifest/yaml.ts";
import { resources } from "../../src/model/kube.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { combined, find, readyWorld, runIn } from "./world-cli.ts";

const manifest = (replicas: number, partitions: number): string =>
  kafkaManifest({ ...combined, replicas, config: { "log.retention.ms": String(partitions) } })
    .map(toYaml)
    .join("---\n");

/** A cluster of whose resources another manager set two fields. */
async function managedByOthers(): Promise<FakeWorld> {
  const world = await readyWorld();
  const metadata = { namespace: "kafka" };
  const apiVersion = "kafka.strimzi.io/v1";
  const apply = (object: Parameters<typeof toYaml>[0], resource: (typeof resources)["kafkas"]) =>
    world.kube.apply({ object: object as never, resource, fieldManager: "argocd" });
  const spec = { kafka: { config: { "log.retention.ms": "1000" } } };
  await apply({ apiVersion, kind: "Kafka", metadata: { ...metadata, name: "c" }, spec }, resources.kafkas);
  await apply(
    { apiVersion, kind: "KafkaNodePool", metadata: { ...metadata, name: "combined" }, spec: { replicas: 3 } },
    resources.kafkaNodePools,
  );
  return world;
}

const told =
  "error: KafkaNodePool kafka/combined has fields that others manage: .spec.replicas (argocd); " +
  "Kafka kafka/c has fields that others manage: .spec.kafka.config.log.retention.ms (argocd)\n" +
  "hint: leave these fields out, or take them over: the same command with --force-conflicts\n";

test("conflicts are told for all resources, with field and manager, before anything is written", async () => {
  const world = await managedByOthers();
  const files = { "c.yaml": manifest(5, 2000) };
  const before = world.writes.length;
  for (const verb of ["apply", "plan"]) {
    const { stdout, stderr, exitCode } = await runIn(world, `${verb} -f c.yaml`, { files });
    assert.deepEqual([stdout, stderr, exitCode], ["", told, 1]);
  }
  assert.deepEqual(world.writes.slice(before), []);
});

test("--force-conflicts takes the fields over", async () => {
  const world = await managedByOthers();
  const files = { "c.yaml": manifest(3, 2000) };
  const planned = await runIn(world, "plan -f c.yaml --force-conflicts", { files });
  assert.match(planned.stdout, /log\.retention\.ms: .*2000/);
  assert.equal(planned.exitCode, 0);
  const { stderr, exitCode } = await runIn(world, "apply -f c.yaml --force-conflicts", { files });
  assert.deepEqual([stderr, exitCode], ["", 0]);
  const { config } = (find(world, "Kafka", "c").spec as { kafka: { config: Record<string, string> } }).kafka;
  assert.equal(config["log.retention.ms"], "2000");
  assert.equal(world.kafka("c").dynamic.get("log.retention.ms"), "2000");
});

test("the same value is no conflict", async () => {
  const world = await managedByOthers();
  const { stderr, exitCode } = await runIn(world, "apply -f c.yaml", { files: { "c.yaml": manifest(3, 1000) } });
  assert.deepEqual([stderr, exitCode], ["", 0]);
});
