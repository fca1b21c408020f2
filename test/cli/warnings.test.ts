import assert from "node:assert/strict";
import { test } from "node:test";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import { toYaml } from "../../src/manifest/yaml.ts";
import { newWorld } from "../fakes/world/world.ts";
import { combined, configure, readyWorld, runIn } from "./world-cli.ts";

const unknown = /spec\.kafka\.config\[totally\.unknown\.thing\]: Kafka 4\.3 does not know this option/g;
const ofTopics = /spec\.kafka\.config\[retention\.ms\]: topics have this option; brokers call it log\.retention\.ms/g;

const config = { "totally.unknown.thing": "1", "retention.ms": "1000" };
const files = {
  "a.yaml": kafkaManifest({ ...combined, config })
    .map(toYaml)
    .join("---\n"),
};

function toldOnce(stderr: string): void {
  for (const warning of [unknown, ofTopics]) assert.equal(stderr.match(warning)?.length, 1, stderr);
}

for (const line of ["apply -f a.yaml", "plan -f a.yaml", "create c --combined --config totally.unknown.thing=1 --config retention.ms=1000"])
  test(`${line.split(" ")[0]}: what Kafka does not know is told, once`, async () => {
    const { stderr, exitCode } = await runIn(newWorld(), line, { files });
    assert.equal(exitCode, 0);
    toldOnce(stderr);
  });

for (const line of ["reconcile c", "reconcile c --dry-run", "plan c"])
  test(`${line}: what Kafka does not know is told once, however often it is looked at`, async () => {
    const world = await readyWorld();
    configure(world, config);
    const { stderr, exitCode } = await runIn(world, line, { answer: () => "y" });
    assert.equal(exitCode, 0);
    toldOnce(stderr);
  });

test("a manifest that would restart nodes is asked for, and its warnings are told once", async () => {
  const { stderr, exitCode } = await runIn(await readyWorld(), "apply -f a.yaml", { files, answer: () => "y" });
  assert.equal(exitCode, 0);
  toldOnce(stderr);
});
