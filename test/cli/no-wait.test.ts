import assert from "node:assert/strict";
import { test } from "node:test";
import { newWorld } from "../fakes/world/world.ts";
import { changesSince, conditions, configure, readyWorld, runIn } from "./world-cli.ts";

test("create --no-wait makes every object, and says what is left and by which command", async () => {
  const world = newWorld();
  const { stderr, stdout, exitCode } = await runIn(world, "create c --combined --no-wait");
  assert.deepEqual(
    [stderr, exitCode],
    ["Left to do: waiting for 3 pods to be ready, 1 to change.\nTo do it: kubectl kafka reconcile c -n kafka\n", 0],
  );
  assert.match(stdout, /created StatefulSet c-combined\n/);
  assert.doesNotMatch(stdout, /waited/);
  assert.deepEqual(conditions(world), ["NotReady Unfinished"]);
  world.settle();
  const rest = await runIn(world, "reconcile c -n kafka");
  assert.deepEqual([rest.stderr, rest.exitCode], ["", 0]);
  assert.deepEqual(conditions(world), ["Ready"]);
});

test("reconcile --no-wait restarts nothing, and so asks for nothing", async () => {
  const world = await readyWorld();
  configure(world, { "num.partitions": 4 });
  const before = world.writes.length;
  const { stderr, exitCode } = await runIn(world, "reconcile c --no-wait");
  assert.deepEqual([stderr, exitCode], ["Left to do: 3 to restart.\nTo do it: kubectl kafka reconcile c -n kafka\n", 0]);
  assert.deepEqual(
    changesSince(world, before).filter((what) => !/^(apply|patch) (ConfigMap|StatefulSet|Kafka) /.test(what)),
    [],
  );
  assert.deepEqual(conditions(world), ["NotReady Unfinished"]);
  const again = world.writes.length;
  assert.equal((await runIn(world, "reconcile c --wait=false")).exitCode, 0);
  assert.deepEqual(changesSince(world, again), ["patch Kafka c"]);
  assert.equal((await runIn(world, "reconcile c --yes")).exitCode, 0);
  assert.deepEqual(conditions(world), ["Ready"]);
});

test("--no-wait with nothing to wait for does all of it", async () => {
  const world = await readyWorld();
  configure(world, { "log.retention.ms": 1000 });
  const { stderr, exitCode } = await runIn(world, "reconcile c --no-wait");
  assert.deepEqual([stderr, exitCode], ["", 0]);
  assert.deepEqual(conditions(world), ["Ready"]);
  assert.equal((await runIn(world, "plan c --exit-code")).exitCode, 0);
});

test("--no-wait is a word of its own: no value, and the nearest name", async () => {
  const world = newWorld();
  assert.match((await runIn(world, "reconcile c --no-wait=yes")).stderr, /^error: --no-wait takes no value\n/);
  assert.match((await runIn(world, "reconcile c --no-wat")).stderr, /did you mean --no-wait\?/);
  assert.match((await runIn(world, "delete c --no-wait")).stderr, /^error: unknown flag --no-wait\n/);
  assert.match((await runIn(world, "delete c --wait")).stderr, /^error: unknown flag --wait\n/);
  assert.match((await runIn(world, "apply --plan p.json --no-wait")).stderr, /does not go with --no-wait\n/);
  assert.match((await runIn(world, "__complete reconcile --no")).stdout, /^--no-wait\t/);
  assert.doesNotMatch((await runIn(world, "__complete reconcile --no-wait --no")).stdout, /^--no-wait/);
});
