import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/model/errors.ts";
import type { KubeApi } from "../../src/ports/kube.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { readyWorld, runIn } from "./world-cli.ts";

/** The world for somebody who may not list these. */
const without = ({ kube }: FakeWorld, ...plurals: readonly string[]): KubeApi => ({
  ...kube,
  async list(request, signal) {
    if (!plurals.includes(request.resource.plural)) return kube.list(request, signal);
    throw new AppError("Forbidden", `not permitted: list ${request.resource.plural}`, { hint: "ask for it" });
  },
});

for (const line of ["reconcile c --dry-run", "plan c", "delete c --dry-run", "reconcile c"])
  for (const plural of ["deployments", "strimzipodsets"])
    test(`${line}: that no operator looks after the cluster is told as an assumption where ${plural} may not be listed`, async () => {
      const world = await readyWorld();
      const { stdout, exitCode } = await runIn(world, line, { kube: async () => without(world, plural) });
      assert.equal(exitCode, 0);
      assert.match(stdout, new RegExp(`LEFT AS IT IS\ni Kafka c: could not look for an operator: not permitted: list ${plural}\\.`));
      assert.match(stdout, /-> ask for it/);
      assert.doesNotMatch((await runIn(world, line)).stdout, /operator/);
    });
