import assert from "node:assert/strict";
import { test } from "node:test";
import { writeManifests } from "../../src/cli/apply-manifests.ts";
import { clustersOf } from "../../src/cli/our-resources.ts";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import { type FakeWorld, newWorld } from "../fakes/world/world.ts";

const request = { namespace: "kafka", replicas: 3, controllers: "combined", storage: { kind: "ephemeral" } } as const;

const contextOf = ({ kube, openKafka }: FakeWorld) => ({
  connections: { kube: async () => kube, openKafka, close: () => {} },
  self: "kubectl kafka",
});

test("another cluster's pool is never written, whatever else stands in the manifest", async () => {
  const world = newWorld({ objects: kafkaManifest({ ...request, name: "first" }) });
  await assert.rejects(writeManifests(contextOf(world), kafkaManifest({ ...request, name: "second" }), { dryRun: false }), {
    code: "Declined",
  });
  assert.deepEqual(world.writes, []);
});

test("pools are written before their Kafka, and name their cluster", async () => {
  const world = newWorld();
  const written = await writeManifests(contextOf(world), kafkaManifest({ ...request, name: "first" }), { dryRun: false });
  assert.deepEqual(world.writes, ["apply KafkaNodePool combined", "apply Kafka first"]);
  assert.deepEqual(clustersOf(written), [{ namespace: "kafka", name: "first" }]);
});
