import assert from "node:assert/strict";
import { test } from "node:test";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import { toYaml } from "../../src/manifest/yaml.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { changesSince, combined, readyWorld, runIn } from "./world-cli.ts";

// Documents are judged as the clusters they make together with what is there.

const [kafka, pool] = kafkaManifest(combined) as [KubeObject, KubeObject];
const [otherKafka, otherPool] = kafkaManifest({ ...combined, name: "d" }) as [KubeObject, KubeObject];

const withSpec = (object: KubeObject, spec: object): KubeObject => ({ ...object, spec: { ...(object.spec as object), ...spec } });
const refused = withSpec(pool, { storage: { type: "persistent-claim", size: "garbage" }, template: { podSet: {}, initContainer: {} } });

async function run(world: FakeWorld, line: string, ...objects: readonly KubeObject[]) {
  const before = world.writes.length;
  const { stderr, exitCode } = await runIn(world, line, { files: { "a.yaml": objects.map(toYaml).join("---\n") } });
  return { stderr, exitCode, changes: changesSince(world, before) };
}

test("a Kafka alone is a change of the cluster that is there", async () => {
  const world = await readyWorld();
  assert.deepEqual(await run(world, "apply -f a.yaml", kafka), { stderr: "", exitCode: 0, changes: ["apply Kafka c"] });
  assert.deepEqual(await run(world, "plan -f a.yaml --exit-code", kafka), { stderr: "", exitCode: 0, changes: [] });
});

for (const verb of ["apply", "plan"])
  test(`${verb}: of a pool alone every problem is told with its place, and nothing is written`, async () => {
    const { stderr, exitCode, changes } = await run(await readyWorld(), `${verb} -f a.yaml`, refused);
    assert.deepEqual([exitCode, changes], [1, []]);
    assert.match(stderr, /a\.yaml, document 1, line \d+: spec\.template\.podSet: not supported/);
    assert.match(stderr, /a\.yaml, document 1, line \d+: spec\.template\.initContainer: not supported/);
    assert.match(stderr, /a\.yaml, document 1, line \d+: spec\.storage\.size: "garbage" is not a size/);
  });

test("another cluster's pool is a problem beside all others, with its place", async () => {
  const foreign = { ...refused, metadata: otherPool.metadata };
  const { stderr, exitCode, changes } = await run(await readyWorld(), "apply -f a.yaml", otherKafka, foreign);
  assert.deepEqual([exitCode, changes], [1, []]);
  assert.match(
    stderr,
    /a\.yaml, document 2, line \d+: metadata\.name: KafkaNodePool combined belongs to Kafka c; give the pool another name/,
  );
  assert.match(stderr, /a\.yaml, document 2, line \d+: spec\.storage\.size: "garbage" is not a size/);
});

test("what is wrong with a pool that is there speaks against its Kafka, by the pool's name", async () => {
  const world = await readyWorld();
  world.store.update(withSpec(world.store.find("KafkaNodePool", "kafka", "combined") as KubeObject, { replica: 3 }));
  const { stderr, exitCode, changes } = await run(world, "apply -f a.yaml", kafka);
  assert.deepEqual([exitCode, changes], [1, []]);
  assert.match(stderr, /^error: KafkaNodePool kafka\/combined: spec\.replica: there is no such field; did you mean replicas\?\n/);
});
