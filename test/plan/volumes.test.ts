import assert from "node:assert/strict";
import { test } from "node:test";
import { desiredClaims } from "../../src/desired/volumes.ts";
import type { Volume } from "../../src/model/cluster-spec.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { liveObjects } from "../../src/plan/live-objects.ts";
import { planVolumes } from "../../src/plan/volumes.ts";
import { clusterSpec, poolSpec } from "../desired/specs.ts";

const volume = (changes: object = {}): Volume =>
  ({ kind: "persistent", size: "10Gi", deleteClaim: false, kraftMetadata: true, ...changes }) as Volume;
const specWith = (...volumes: Volume[]) => clusterSpec({ pools: [poolSpec("pool", [0, 1], { volumes, jbod: volumes.length > 1 })] });
const bound = { status: { phase: "Bound" } };
const claimsOf = (from: Volume, changes: object = bound): KubeObject[] =>
  desiredClaims(specWith(from)).map((claim) => ({ ...claim, ...changes }));
const classNamed = (name: string, fields: object): KubeObject => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name },
  ...fields,
});
const planned = (from: Volume | undefined, to: Volume, others: readonly KubeObject[] = []) => {
  const { steps, growths, leftAlone } = planVolumes(specWith(to), liveObjects([...(from === undefined ? [] : claimsOf(from)), ...others]));
  return { steps: [...steps, ...growths].map(({ kind }) => kind), leftAlone: leftAlone.length };
};

test("volumes: a claim per node is made, and one that is there as wished is left", () => {
  assert.deepEqual(planned(undefined, volume()), { steps: ["CreateObject", "CreateObject"], leftAlone: 0 });
  assert.deepEqual(planned(volume(), volume()), { steps: [], leftAlone: 0 });
  assert.deepEqual(planned(volume({ size: "1024Mi" }), volume({ size: "1Gi" })), { steps: [], leftAlone: 0 });
});

test("volumes: they grow, and do not shrink", () => {
  const fast = { storageClass: "fast" };
  assert.deepEqual(planned(volume(fast), volume({ ...fast, size: "20Gi" })).steps, ["GrowVolume", "GrowVolume"]);
  const shrunk = planned(volume(), volume({ size: "5Gi" }));
  assert.ok(shrunk.steps.length === 0 && shrunk.leftAlone > 0);
});

for (const { given, claims, classes, want } of [
  {
    given: "its class lets it",
    claims: claimsOf(volume({ storageClass: "c" })),
    classes: [{ allowVolumeExpansion: true }],
    want: "GrowVolume",
  },
  { given: "its class is not known", claims: claimsOf(volume({ storageClass: "c" })), classes: [], want: "GrowVolume" },
  { given: "its class does not let it", claims: claimsOf(volume({ storageClass: "c" })), classes: [{}], want: "PvcResizingWarning" },
  { given: "it is not bound", claims: claimsOf(volume({ storageClass: "c" }), {}), classes: [], want: "PvcResizingWarning" },
  { given: "it has no class", claims: claimsOf(volume()), classes: [], want: "PvcResizingWarning" },
])
  test(`volumes: larger, when ${given}: ${want}`, () => {
    const live = liveObjects([...claims, ...classes.map((fields) => classNamed("c", fields))]);
    const { growths, leftAlone } = planVolumes(specWith(volume({ size: "20Gi" })), live);
    assert.deepEqual([...growths.map(({ kind }) => kind), ...leftAlone.map(({ reason }) => reason)], [want, want]);
  });
