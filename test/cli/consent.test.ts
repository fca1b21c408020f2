import assert from "node:assert/strict";
import { test } from "node:test";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import { toYaml } from "../../src/manifest/yaml.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { newWorld } from "../fakes/world/world.ts";
import { changesSince, combined, configure, find, readyWorld, runIn } from "./world-cli.ts";

const isLocked = (world: FakeWorld): boolean => world.store.all("Lease").length > 0;

/** A person who gives these answers, and what was asked. */
function person(answers: readonly (string | undefined)[], during: () => void = () => {}) {
  const asked: string[] = [];
  const answer = (question: string): string | undefined => {
    asked.push(question);
    assert.ok(asked.length <= answers.length, `asked once too often: ${question}`);
    during();
    return answers[asked.length - 1];
  };
  return { asked, answer };
}

const manifest = (config: Record<string, string>): string =>
  kafkaManifest({ ...combined, config })
    .map(toYaml)
    .join("---\n");

async function mustRestart(): Promise<FakeWorld> {
  const world = await readyWorld();
  configure(world, { "num.partitions": 4 });
  return world;
}

test("reconcile asks before it restarts, without the lock, and then does what was shown", async () => {
  const world = await mustRestart();
  const { asked, answer } = person(["y"], () => assert.equal(isLocked(world), false));
  const { stdout, exitCode } = await runIn(world, "reconcile c", { answer });
  assert.deepEqual([asked, exitCode], [["Restart 3 nodes? [y/N] "], 0]);
  assert.equal(stdout.match(/^RESTART/gm)?.length, 1, "the plan is shown once");
  assert.match(stdout, /c-combined-2 {2}restarted/);
});

for (const line of ["", "n", "yes please", "c"])
  test(`reconcile declined by "${line}": exit 3, nothing changed`, async () => {
    const world = await mustRestart();
    const before = world.writes.length;
    const { stderr, exitCode } = await runIn(world, "reconcile c", { answer: () => line });
    assert.deepEqual([exitCode, changesSince(world, before), isLocked(world)], [3, [], false]);
    assert.equal(stderr, "Restart 3 nodes? [y/N] \nerror: not agreed to: Kafka kafka/c stays as it is\n");
  });

test("Ctrl-C at the question: exit 130, nothing changed, nothing said", async () => {
  const world = await mustRestart();
  const before = world.writes.length;
  const { stderr, exitCode } = await runIn(world, "reconcile c", { answer: () => undefined });
  assert.deepEqual([exitCode, stderr, changesSince(world, before)], [130, "Restart 3 nodes? [y/N] \n", []]);
});

test("what changed while the person thought is shown and asked for again", async () => {
  const world = await mustRestart();
  const edits = [() => configure(world, { "num.partitions": 5 }), () => {}];
  const { asked, answer } = person(["y", "n"], () => edits.shift()?.());
  const before = world.writes.length;
  const { stdout, exitCode } = await runIn(world, "reconcile c", { answer });
  assert.deepEqual([asked.length, exitCode, changesSince(world, before)], [2, 3, []]);
  assert.match(stdout, /num\.partitions: 4\n(.*\n)*.*num\.partitions: 5\n/);
});

test("what needs no consent any more is done without another question", async () => {
  const world = await mustRestart();
  const { asked, answer } = person(["y"], () => {
    const kafka = find(world, "Kafka", "c") as KubeObject & { spec: { kafka: { config: Record<string, unknown> } } };
    const { "num.partitions": _, ...config } = kafka.spec.kafka.config;
    world.store.update({ ...kafka, spec: { ...kafka.spec, kafka: { ...kafka.spec.kafka, config } } });
  });
  const { stdout, exitCode } = await runIn(world, "reconcile c", { answer });
  assert.deepEqual([asked.length, exitCode], [1, 0]);
  assert.doesNotMatch(stdout, /restarted/);
});

test("somebody who takes the lock while the person thinks keeps it, --force-unlock or not", async () => {
  const world = await mustRestart();
  const spec = {
    holderIdentity: "joe@desk",
    leaseDurationSeconds: 60,
    acquireTime: new Date(world.clock.now()).toISOString(),
    renewTime: new Date(world.clock.now()).toISOString(),
  };
  const { answer } = person(["y"], () => {
    const metadata = { name: "kubectl-kafka-c", namespace: "kafka" };
    world.store.insert({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec });
  });
  const { stderr, exitCode } = await runIn(world, "reconcile c --force-unlock", { answer });
  assert.equal(exitCode, 1);
  assert.match(stderr, /error: joe@desk is changing Kafka kafka\/c/);
});

test("-o json and --yes never ask; off a terminal the next command is told", async () => {
  const world = await mustRestart();
  const { asked, answer } = person([]);
  assert.equal((await runIn(world, "reconcile c -o json", { answer })).exitCode, 3);
  const { stderr, exitCode } = await runIn(world, "reconcile c");
  assert.deepEqual(
    [exitCode, stderr],
    [3, "error: nodes of Kafka kafka/c would restart\nhint: kubectl kafka reconcile c -n kafka --yes\n"],
  );
  assert.equal((await runIn(world, "reconcile c --yes", { answer })).exitCode, 0);
  assert.deepEqual(asked, []);
});

test("the loss of data is agreed to by the cluster's name", async () => {
  // a single node whose volume ends with its pod
  const world = newWorld({ objects: kafkaManifest({ ...combined, replicas: 1, storage: { kind: "ephemeral" } }) });
  assert.equal((await runIn(world, "reconcile c")).exitCode, 0);
  configure(world, { "num.partitions": 7 });
  const { asked, answer } = person(["C", "c"]);
  assert.equal((await runIn(world, "reconcile c --yes", { answer })).exitCode, 3);
  assert.match(
    (await runIn(world, "reconcile c --yes")).stderr,
    /hint: if that is meant: kubectl kafka reconcile c -n kafka --confirm c\n$/,
  );
  const { exitCode, stderr } = await runIn(world, "reconcile c", { answer });
  assert.deepEqual([exitCode, stderr], [0, `${asked[1]}\n`]);
  assert.deepEqual(
    asked,
    Array.from({ length: 2 }, () => "Type the name of the cluster to lose this data for good: "),
  );
});

test("apply asks before anything is written", async () => {
  const world = await readyWorld();
  const files = { "c.yaml": manifest({ "num.partitions": "7" }) };
  const before = world.writes.length;
  const off = await runIn(world, "apply -f c.yaml", { files });
  assert.deepEqual([off.exitCode, off.stderr], [3, "error: nodes of Kafka kafka/c would restart\nhint: the same command with --yes\n"]);
  assert.equal((await runIn(world, "apply -f c.yaml", { files, answer: () => "" })).exitCode, 3);
  assert.deepEqual(world.writes.slice(before), []);
  const { asked, answer } = person(["yes"], () => assert.deepEqual(world.writes.slice(before), []));
  const { stdout, stderr, exitCode } = await runIn(world, "apply -f c.yaml", { files, answer });
  assert.deepEqual([stderr, exitCode], [`${asked[0]}\n`, 0]);
  assert.equal(stdout.match(/^RESTART/gm)?.length, 1, "the plan is shown once");
});

test("delete asks for the name, and deletes what was shown", async () => {
  const world = await readyWorld();
  const before = world.writes.length;
  for (const line of ["", "C", "c c"]) assert.equal((await runIn(world, "delete c", { answer: () => line })).exitCode, 3);
  assert.equal((await runIn(world, "delete c", { answer: () => undefined })).exitCode, 130);
  assert.equal((await runIn(world, "delete c -o json", { answer: () => "c" })).exitCode, 3);
  const { asked, answer } = person(["c", "c"], () => assert.equal(isLocked(world), false));
  const late = await runIn(world, "delete c", {
    answer(question) {
      configureClaims(world);
      return answer(question);
    },
  });
  assert.equal(late.exitCode, 3);
  assert.match(late.stderr, /error: Kafka kafka\/c changed since it was shown: nothing is deleted\n/);
  assert.deepEqual(changesSince(world, before), []);
  assert.equal((await runIn(world, "delete c", { answer })).exitCode, 0);
  assert.deepEqual(
    asked,
    Array.from({ length: 2 }, () => "Type the name of the cluster to delete it: "),
  );
  assert.deepEqual(world.store.all(), []);
});

/** Volumes that stayed would go. */
function configureClaims(world: FakeWorld): void {
  for (const claim of world.store.all("PersistentVolumeClaim"))
    world.store.update({
      ...claim,
      metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, "strimzi.io/delete-claim": "true" } },
    });
}

test("delete off a terminal wants --confirm", async () => {
  const world = await readyWorld();
  const { stderr, exitCode } = await runIn(world, "delete c");
  assert.equal(exitCode, 3);
  assert.match(stderr, /hint: kubectl kafka delete c -n kafka --confirm c\n$/);
  assert.equal((await runIn(world, "delete c --confirm c")).exitCode, 0);
});
