import assert from "node:assert/strict";
import { test } from "node:test";
import { desiredClaims } from "../../src/desired/volumes.ts";
import type { Volume } from "../../src/model/cluster-spec.ts";
import { liveObjects } from "../../src/plan/live-objects.ts";
import { planVolumes } from "../../src/plan/volumes.ts";
import { clusterSpec, poolSpec } from "../desired/specs.ts";

const volume = (changes: object = {}): Volume =>
  ({ kind: "persistent", size: "10Gi", deleteClaim: false, kraftMetadata: true, ...changes }) as Volume;
const specWith = (...volumes: Volume[]) => clusterSpec({ pools: [poolSpec("pool", [0, 1], { volumes, jbod: volumes.length > 1 })] });
const planned = (from: Volume | undefined, to: Volume) => {
  const { steps, leftAlone } = planVolumes(specWith(to), liveObjects(from === undefined ? [] : desiredClaims(specWith(from))));
  return { steps: steps.map(({ kind }) => kind), leftAlone: leftAlone.length };
};

test("volumes: a claim per node is made, and one that is there as wished is left", () => {
  assert.deepEqual(planned(undefined, volume()), { steps: ["CreateObject", "CreateObject"], leftAlone: 0 });
  assert.deepEqual(planned(volume(), volume()), { steps: [], leftAlone: 0 });
  assert.deepEqual(planned(volume({ size: "1024Mi" }), volume({ size: "1Gi" })), { steps: [], leftAlone: 0 });
});

test("volumes: they grow, and neither shrink nor change their class", () => {
  assert.deepEqual(planned(volume(), volume({ size: "20Gi" })).steps, ["GrowVolume", "GrowVolume"]);
  const shrunk = planned(volume(), volume({ size: "5Gi" }));
  assert.ok(shrunk.steps.length === 0 && shrunk.leftAlone > 0);
  const moved = planned(volume({ storageClass: "slow" }), volume({ storageClass: "fast" }));
  assert.ok(moved.steps.every((kind) => kind !== "GrowVolume") && moved.leftAlone > 0);
});
