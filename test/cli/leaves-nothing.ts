import assert from "node:assert/strict";
import fc from "fast-check";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { planOnly, reconcileCluster } from "../../src/cli/reconcile.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { type FakeWorld, newWorld } from "../fakes/world/world.ts";
import { type AnyCluster, anyCluster, changedCluster, documentsOf } from "./any-cluster.ts";
import { contextOf } from "./flow-context.ts";
import { options, ref } from "./reconcile-world.ts";

const logging: KubeObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "logging", namespace: "kafka" },
  data: { one: "rootLogger.level=INFO\n", two: "rootLogger.level=WARN\n" },
};

/** Short, so that few looks are taken while nothing happens. */
const times = { startMs: 100, readyMs: 300, stopMs: 100, resizeMs: 300 };

/** Writes the resources as kubectl apply does. */
function write(world: FakeWorld, cluster: AnyCluster): void {
  for (const object of documentsOf(cluster)) {
    const live = world.store.find(object.kind, "kafka", object.metadata.name);
    if (live === undefined) world.store.insert(object);
    else world.store.update({ ...live, spec: object.spec, metadata: { ...live.metadata, labels: object.metadata.labels ?? {} } });
  }
}

const reconcile = (world: FakeWorld): Promise<number> => reconcileCluster(contextOf(world), ref, { ...options, confirm: "c" });

/** What would be done now. */
async function left(world: FakeWorld): Promise<string[]> {
  const found = await planOnly(contextOf(world), ref, options);
  if (!("plan" in found)) return ["refused"];
  return found.plan.waves.flatMap(({ steps }) =>
    steps.map((step) => `${step.id}${"changes" in step ? ` ${JSON.stringify(step.changes)}` : ""}`),
  );
}

/** Nothing but the lock, and the status that says why. */
const isTold = (world: FakeWorld, since: number): boolean =>
  world.writes.slice(since).every((what) => what.includes("Lease") || what === "patch Kafka c");

/** What a run leaves behind plans to nothing, whatever was asked for and is asked for then; what is refused changes nothing. */
export async function leavesNothingToDo(numRuns: number): Promise<void> {
  const done = { made: 0, changed: 0, refused: 0 };
  const picks = fc.array(fc.nat(2), { minLength: 7, maxLength: 13 });
  await fc.assert(
    fc.asyncProperty(anyCluster, anyCluster, picks, async (first, other, chosen) => {
      const world = newWorld({ objects: [logging], times, catchUpMs: 200 });
      write(world, first);
      fc.pre((await reconcile(world)) === exitCodes.done);
      done.made += 1;
      assert.deepEqual(await left(world), []);
      write(world, changedCluster(first, other, chosen));
      const before = world.writes.length;
      const code = await reconcile(world);
      done[code === exitCodes.done ? "changed" : "refused"] += 1;
      if (code === exitCodes.done) assert.deepEqual(await left(world), []);
      else assert.ok(isTold(world, before), "refused, and changed all the same");
    }),
    { numRuns },
  );
  assert.ok(done.changed > numRuns / 2, JSON.stringify(done));
}
