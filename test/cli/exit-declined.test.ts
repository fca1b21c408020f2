import assert from "node:assert/strict";
import { test } from "node:test";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import { toYaml } from "../../src/manifest/yaml.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { newWorld } from "../fakes/world/world.ts";
import { changesSince, combined, configure, readyWorld, runIn } from "./world-cli.ts";

// Exit code 3: nothing was changed.

const operator: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "strimzi-cluster-operator", namespace: "kafka", labels: { app: "strimzi" } },
  spec: { template: { spec: { containers: [{ name: "strimzi-cluster-operator", image: "quay.io/strimzi/operator:1.0.0" }] } } },
  status: { availableReplicas: 1 },
};

const text = (config: Record<string, string> = {}): string =>
  kafkaManifest({ ...combined, config })
    .map(toYaml)
    .join("---\n");

for (const line of ["create c", "create c --dry-run", "apply -f -", "plan -f -"])
  test(`${line} where an operator watches the namespace: refused, and nothing is written`, async () => {
    const world = newWorld({ objects: [operator] });
    const { stderr, exitCode } = await runIn(world, line, { files: { "-": text() } });
    assert.deepEqual([exitCode, world.writes], [3, []]);
    assert.match(stderr, /^!! Kafka c: the Strimzi operator kafka\/strimzi-cluster-operator watches the namespace/m);
    assert.match(stderr, /kubectl apply -f/);
  });

for (const line of ["apply -f - --yes", "reconcile c", "delete c --confirm c"])
  test(`${line} of a cluster that an operator looks after by now: refused, and nothing is changed`, async () => {
    const world = await readyWorld();
    world.store.insert(operator);
    const before = world.writes.length;
    const { exitCode } = await runIn(world, line, { files: { "-": text({ "num.partitions": "4" }) } });
    assert.deepEqual([exitCode, changesSince(world, before)], [3, []]);
  });

test("apply without --yes of what restarts nodes: refused, and nothing is written", async () => {
  const world = await readyWorld();
  const before = world.writes.length;
  const { exitCode } = await runIn(world, "apply -f -", { files: { "-": text({ "num.partitions": "4" }) } });
  assert.deepEqual([exitCode, changesSince(world, before)], [3, []]);
});

test("a no that comes after something was changed is a failure, and says that it is not finished", async () => {
  const world = await readyWorld();
  const before = world.writes.length;
  let edited = false;
  world.intercept = ({ what, when }) => {
    if (edited || what !== "Kafka c" || when !== "after") return;
    edited = true;
    configure(world, { "num.partitions": 9 });
  };
  const { stderr, exitCode } = await runIn(world, "apply -f -", { files: { "-": text({ "log.retention.ms": "1000" }) } });
  assert.equal(exitCode, 1);
  assert.deepEqual(changesSince(world, before), ["apply KafkaNodePool combined", "apply Kafka c"]);
  assert.match(stderr, /^error: not finished: nodes of Kafka kafka\/c would restart\nhint: .* --yes\n$/);
});
