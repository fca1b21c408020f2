import assert from "node:assert/strict";
import { test } from "node:test";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import { toYaml } from "../../src/manifest/yaml.ts";
import { AppError } from "../../src/model/errors.ts";
import type { Plan } from "../../src/model/plan.ts";
import { type FakeWorld, newWorld } from "../fakes/world/world.ts";
import { changesSince, combined, conditions, configure, readyWorld, runIn } from "./world-cli.ts";

async function saved(world: FakeWorld, line = "plan c -o json"): Promise<string> {
  const { stdout, stderr, exitCode } = await runIn(world, line);
  assert.deepEqual([stderr, exitCode], ["", 0]);
  return stdout;
}

const applied = (world: FakeWorld, plan: string, more = "") => runIn(world, `apply --plan p.json${more}`, { files: { "p.json": plan } });

async function mustRestart(): Promise<FakeWorld> {
  const world = await readyWorld();
  configure(world, { "num.partitions": 4 });
  return world;
}

test("a saved plan is carried out, however long it may wait", async () => {
  const world = await mustRestart();
  const plan = await saved(world);
  const { stderr, exitCode } = await applied(world, plan, " --yes --timeout 3m");
  assert.deepEqual([stderr, exitCode], ["", 0]);
  assert.deepEqual(conditions(world), ["Ready"]);
  const again = await applied(world, plan, " --yes");
  assert.equal(again.exitCode, 3);
  assert.match(again.stderr, /^error: the saved plan is out of date: .*\nhint: .*: kubectl kafka plan c -n kafka -o json\n$/);
});

test("a plan from the day before, after another edit, changes nothing", async () => {
  const world = await mustRestart();
  const plan = await saved(world);
  configure(world, { "num.partitions": 5 });
  const before = world.writes.length;
  assert.equal((await applied(world, plan, " --yes")).exitCode, 3);
  assert.deepEqual(changesSince(world, before), []);
});

test("consent is wanted for a saved plan too", async () => {
  const world = await mustRestart();
  const plan = await saved(world);
  assert.equal((await applied(world, plan)).exitCode, 3);
  const asked: string[] = [];
  const answer = (question: string): string => {
    asked.push(question);
    return "y";
  };
  assert.equal((await runIn(world, "apply --plan p.json", { files: { "p.json": plan }, answer })).exitCode, 0);
  assert.equal(asked.length, 1);
});

test("what comes up while a saved plan is carried out is told and left", async () => {
  const world = await mustRestart();
  const plan = await saved(world);
  let edited = false;
  world.intercept = ({ verb, what, when }) => {
    if (edited || verb !== "delete" || !what.startsWith("Pod") || when !== "after") return;
    edited = true;
    configure(world, { "log.retention.ms": 1000, "num.partitions": 5 });
  };
  const { stderr, exitCode } = await applied(world, plan, " --yes");
  assert.deepEqual([stderr, exitCode], ["Left to do: 3 to change, 3 to restart.\nTo do it: kubectl kafka reconcile c -n kafka\n", 0]);
  assert.equal(world.kafka("c").dynamic.get("log.retention.ms"), undefined);
});

test("interrupted, it says how to go on: the saved plan would be out of date", async () => {
  const world = await mustRestart();
  const plan = await saved(world);
  const controller = new AbortController();
  world.intercept = ({ verb, what }) => {
    if (verb === "apply" && what.startsWith("StatefulSet")) controller.abort(new AppError("Interrupted", "interrupted"));
  };
  const { stderr, exitCode } = await runIn(world, "apply --plan p.json --yes", { files: { "p.json": plan }, signal: controller.signal });
  assert.equal(exitCode, 130);
  assert.match(stderr, /^error: interrupted; .*\nhint: kubectl kafka reconcile c -n kafka goes on from here\n$/);
});

for (const [what, world, line] of [
  ["of a cluster that is there", readyWorld, "plan -f a.yaml -o json"],
  ["of a new one", async () => newWorld(), "plan -f a.yaml -o json"],
] as const)
  test(`a plan for manifests that were not written says that they must be first: ${what}`, async () => {
    const here = await world();
    const text = kafkaManifest({ ...combined, config: { "num.partitions": "4" } })
      .map(toYaml)
      .join("---\n");
    const { stdout: plan } = await runIn(here, line, { files: { "a.yaml": text } });
    assert.deepEqual(JSON.parse(plan).given, ["KafkaNodePool combined", "Kafka c"]);
    const before = here.writes.length;
    const { stderr, exitCode } = await applied(here, plan, " --yes");
    assert.deepEqual([exitCode, changesSince(here, before)], [3, []]);
    assert.match(
      stderr,
      /^error: the saved plan was made for manifests, and .*: KafkaNodePool combined, Kafka c\nhint: .* apply -f FILE; /,
    );
  });

const edits: [what: string, edit: (plan: Plan) => unknown, exitCode: number, message: RegExp][] = [
  ["a step less", (plan) => ({ ...plan, waves: plan.waves.slice(1) }), 3, /^error: p\.json was changed since plan -o json wrote it/],
  ["another value", (plan) => JSON.parse(JSON.stringify(plan).replaceAll("num.partitions=4", "num.partitions=9")), 3, /was changed since/],
  ["another cluster", (plan) => ({ ...plan, cluster: { ...plan.cluster, name: "d" } }), 3, /was changed since/],
  ["no steps", ({ waves: _, ...plan }) => plan, 1, /^error: p\.json is not a plan that plan -o json has written\n/],
  ["a list in another document", (plan) => [plan], 1, /is not a plan/],
  ["nothing", () => null, 1, /is not a plan/],
];

for (const [what, edit, want, message] of edits)
  test(`a saved plan that was edited is noticed: ${what}`, async () => {
    const world = await mustRestart();
    const plan = await saved(world);
    const before = world.writes.length;
    const edited = JSON.stringify(edit(JSON.parse(plan)));
    assert.notDeepEqual(JSON.parse(edited), JSON.parse(plan));
    const { stderr, exitCode } = await applied(world, edited, " --yes");
    assert.deepEqual([exitCode, world.writes.slice(before)], [want, []]);
    assert.match(stderr, message);
  });

test("formatted anew it is the same plan; what is not JSON is none", async () => {
  const world = await mustRestart();
  const plan = await saved(world);
  assert.equal((await applied(world, `${plan}{`)).exitCode, 1);
  assert.equal((await applied(world, JSON.stringify(JSON.parse(plan)), " --yes")).exitCode, 0);
});

test("plans of several clusters are one document, and are carried out one after the other", async () => {
  const pools = (name: string) => kafkaManifest({ ...combined, name }).map((object) => rename(object, name));
  const world = newWorld({ objects: [...pools("a"), ...pools("b")] });
  const plan = await saved(world, "reconcile -A --dry-run -o json");
  const { kind, items } = JSON.parse(plan);
  assert.equal(kind, "ClusterPlanList");
  assert.deepEqual(
    items.map(({ cluster }: Plan) => cluster.name),
    ["a", "b"],
  );
  const { stderr, exitCode } = await applied(world, plan);
  assert.deepEqual([stderr, exitCode], ["", 0]);
  assert.equal((await runIn(world, "reconcile -A --dry-run --exit-code")).exitCode, 0);
});

/** Pools of a namespace share their names. */
function rename<T extends { kind: string; metadata: { name: string } }>(object: T, cluster: string): T {
  return object.kind === "Kafka" ? object : { ...object, metadata: { ...object.metadata, name: `${cluster}-combined` } };
}
