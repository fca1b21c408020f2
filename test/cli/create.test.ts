import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/model/errors.ts";
import { newWorld } from "../fakes/world/world.ts";
import { runCli } from "./run-cli.ts";
import { readyWorld, runIn } from "./world-cli.ts";

const nowhere = async () => {
  throw new AppError("NoKubeconfig", "no cluster is configured");
};
const unreachable = async () => ({
  ...newWorld().kube,
  list: async () => {
    throw new AppError("Unreachable", "nobody answers");
  },
});

for (const format of ["yaml", "json"]) {
  test(`create --dry-run -o ${format} prints without any Kubernetes`, async () => {
    const { stdout, stderr, exitCode } = await runCli(["create", "c", "--dry-run", "-o", format], { kube: nowhere });
    assert.deepEqual([stderr, exitCode], ["", 0]);
    assert.match(stdout, /kafka\.strimzi\.io\/v1/);
    assert.doesNotMatch(stdout, /namespace/);
    const named = await runCli(["create", "c", "-n", "x", "--dry-run", "-o", format], { kube: nowhere });
    assert.match(named.stdout, /"?namespace"?: "?x"?/);
  });
  test(`create --dry-run -o ${format} prints though nobody answers`, async () => {
    const { stderr, exitCode } = await runCli(["create", "c", "--dry-run", "-o", format], { kube: unreachable });
    assert.deepEqual([stderr, exitCode], ["", 0]);
  });
}

test("a plan needs Kubernetes", async () => {
  assert.equal((await runCli(["create", "c", "--dry-run"], { kube: nowhere })).exitCode, 1);
  assert.equal((await runCli(["create", "c", "--dry-run"], { kube: unreachable })).exitCode, 1);
});

test("ephemeral storage has no class", async () => {
  const { stderr, exitCode } = await runIn(newWorld(), "create c --storage ephemeral --storage-class fast");
  assert.deepEqual([stderr, exitCode], ["error: --storage ephemeral has no --storage-class\n", 2]);
});

test("what is there already is not created", async () => {
  const { stderr, exitCode } = await runIn(await readyWorld(), "create c --combined");
  assert.equal(exitCode, 1);
  assert.match(stderr, /there is a Kafka c in namespace kafka already\nhint: .* reconcile c -n kafka\n/);
});
