import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../../src/model/kube.ts";
import { fakeProcess } from "../fakes/process.ts";
import { readyWorld, runIn } from "./world-cli.ts";

const lease = (annotations: Record<string, string> = {}): KubeObject => ({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { name: "kubectl-kafka-c", namespace: "kafka", annotations },
  spec: {
    holderIdentity: "joe@laptop/7",
    leaseDurationSeconds: 60,
    acquireTime: "2026-11-23T11:59:00.000000Z",
    renewTime: "2099-01-01T00:00:00.000000Z",
  },
});

test("--force-unlock says from whom it took the lock", async () => {
  const world = await readyWorld();
  world.store.insert(lease());
  const refused = await runIn(world, "reconcile c");
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /^error: joe@laptop\/7 is changing Kafka kafka\/c, since 2026-11-23T11:59:00Z\n/);
  const { stderr, exitCode } = await runIn(world, "reconcile c --force-unlock");
  assert.deepEqual([stderr, exitCode], ["The lock is taken from joe@laptop/7, since 2026-11-23T11:59:00Z.\n", 0]);
});

test("a run that was killed on this machine is in nobody's way", async () => {
  const world = await readyWorld();
  world.store.insert(lease({ "kubectl-kafka/process": "boot/space/7" }));
  const busy = await runIn(world, "reconcile c", { process: fakeProcess({}, [7]) });
  assert.equal(busy.exitCode, 1);
  const { stderr, exitCode } = await runIn(world, "reconcile c");
  assert.equal(exitCode, 0);
  assert.match(stderr, /^The lock was left by a run that ended .*: joe@laptop\/7, since /);
});
