import assert from "node:assert/strict";
import { planOnly, type ReconcileOptions, reconcileCluster } from "../../src/cli/reconcile.ts";
import { type ClusterRequest, kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { type FakeWorld, newWorld, type WorldOptions } from "../fakes/world/world.ts";
import { contextOf } from "./flow-context.ts";
import { combined, find } from "./world-cli.ts";

// A cluster "c" in a fake world, and what the flow of apply and reconcile does with it.

export const ref = { namespace: "kafka", name: "c" };

export const options: ReconcileOptions = {
  output: "text",
  yes: true,
  wait: true,
  forceUnlock: true,
  timeoutMs: 600_000,
  verbose: false,
};

export const declare = (request: ClusterRequest = combined, world: WorldOptions = {}): FakeWorld =>
  newWorld({ ...world, objects: kafkaManifest(request) });

export async function made(request: ClusterRequest = combined, around: WorldOptions = {}): Promise<FakeWorld> {
  const world = declare(request, around);
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  return world;
}

/** What would be done now. */
export async function planned(world: FakeWorld): Promise<string[]> {
  const found = await planOnly(contextOf(world), ref, options);
  assert.ok("plan" in found, "refused");
  return found.plan.waves.flatMap(({ steps }) => steps.map(({ id }) => id));
}

export const annotate = (world: FakeWorld, kind: string, name: string, annotations: Record<string, string>): void => {
  const object = find(world, kind, name);
  world.store.update({ ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } } });
};

/** Changes the spec of an object as a person does: maps are merged, everything else is replaced. */
export const patch = (world: FakeWorld, kind: string, name: string, spec: object): void => {
  const live = find(world, kind, name);
  const merge = (a: unknown, b: unknown): unknown =>
    typeof b === "object" && b !== null && !Array.isArray(b)
      ? Object.fromEntries(
          Object.entries({ ...(a as object), ...b }).map(([key, value]) => [
            key,
            key in b ? merge((a as Record<string, unknown> | undefined)?.[key], (b as Record<string, unknown>)[key]) : value,
          ]),
        )
      : b;
  world.store.update(merge(live, { spec }) as KubeObject);
};
