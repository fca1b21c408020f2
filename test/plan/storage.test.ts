import assert from "node:assert/strict";
import { test } from "node:test";
import { desiredStatefulSet } from "../../src/desired/stateful-sets.ts";
import { desiredClaims } from "../../src/desired/volumes.ts";
import type { PoolSpec, Volume } from "../../src/model/cluster-spec.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { liveObjects } from "../../src/plan/live-objects.ts";
import { keepStorage } from "../../src/plan/storage.ts";
import { clusterSpec, poolSpec } from "../desired/specs.ts";

const hashes = { configuration: "a", certificates: "0", clusterCa: 0, clientsCa: 0 };

const claim = (changes: object = {}): Volume =>
  ({ kind: "persistent", size: "10Gi", deleteClaim: false, kraftMetadata: true, ...changes }) as Volume;
const empty = (changes: object = {}): Volume => ({ kind: "ephemeral", kraftMetadata: true, ...changes });
const poolOf = (volumes: readonly Volume[]): PoolSpec =>
  poolSpec("pool", [0, 1], { volumes, jbod: volumes.some(({ id }) => id !== undefined) });
const jbod = (...volumes: Volume[]): Volume[] => volumes.map((volume, id) => ({ ...volume, id, kraftMetadata: id === 0 }));

/** What a run for this storage leaves; the API server gives a class to claims that ask for none. */
function liveWith(volumes: readonly Volume[]): { set: KubeObject; claims: KubeObject[] } {
  const spec = clusterSpec({ pools: [poolOf(volumes)] });
  const claims = desiredClaims(spec).map((one) => ({ ...one, spec: { storageClassName: "standard", ...(one.spec as object) } }));
  return { set: desiredStatefulSet(spec, poolOf(volumes), hashes), claims };
}

function kept(from: readonly Volume[], to: readonly Volume[], withSet = true) {
  const { set, claims } = liveWith(from);
  const { spec, leftAlone, refusals } = keepStorage(
    clusterSpec({ pools: [poolOf(to)] }),
    liveObjects([...claims, ...(withSet ? [set] : [])]),
  );
  return { volumes: spec.pools[0]?.volumes, told: [...leftAlone, ...refusals].map(({ reason, message }) => `${reason}: ${message}`) };
}

for (const { given, from, to } of [
  { given: "a claim that becomes ephemeral", from: [claim()], to: [empty()] },
  { given: "an ephemeral volume that becomes a claim", from: [empty()], to: [claim()] },
  { given: "a claim that becomes a JBOD", from: [claim()], to: jbod(claim(), claim()) },
  { given: "a JBOD that becomes a claim", from: jbod(claim(), claim()), to: [claim({ size: "20Gi" })] },
  { given: "a volume of a JBOD that becomes ephemeral", from: jbod(claim(), claim()), to: jbod(claim({ size: "20Gi" }), empty()) },
  { given: "another class", from: [claim({ storageClass: "slow" })], to: [claim({ storageClass: "fast", size: "20Gi" })] },
  { given: "a class that is taken away", from: [claim({ storageClass: "slow" })], to: [claim()] },
  { given: "another class than the default", from: [claim()], to: [claim({ storageClass: "fast" })] },
  { given: "another selector", from: [claim({ selector: { disk: "a" } })], to: [claim({ selector: { disk: "b" } })] },
  { given: "a selector that is taken away", from: [claim({ selector: { disk: "a" } })], to: [claim()] },
])
  test(`storage: ${given} leaves all of it as it is, and is told`, () => {
    const { volumes, told } = kept(from, to);
    assert.deepEqual(volumes, from);
    assert.match(told.join(), /^KafkaStorage: /);
  });

test("storage: the class by its name instead of as the default is no change; sizes, deleteClaim and more volumes may change", () => {
  for (const [from, to] of [
    [[claim()], [claim({ storageClass: "standard" })]],
    [[claim()], [claim({ size: "20Gi", deleteClaim: true })]],
    [jbod(claim()), jbod(claim(), claim())],
    [[empty()], [empty({ sizeLimit: "1Gi" })]],
  ] as const)
    assert.deepEqual(kept(from, to), { volumes: to, told: [] });
});

test("storage: a volume is not taken out of a JBOD, whether it has the metadata or not", () => {
  const both = jbod(claim(), claim());
  assert.match(kept(both, both.slice(0, 1)).told.join(), /^VolumeRemoval: volume 1 /);
  assert.match(kept(both, [claim({ id: 1 })]).told.join(), /^VolumeRemoval: volume 0 /);
});

test("storage: volumes that an earlier cluster left count where there is no set", () => {
  assert.match(kept([claim()], jbod(claim(), claim()), false).told.join(), /^KafkaStorage: the type of the storage cannot change/);
  assert.deepEqual(kept([claim()], [claim()], false), { volumes: [claim()], told: [] });
  assert.deepEqual(kept([empty()], [claim()], false).told, []);
});
