import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { LiveNode } from "../../src/plan/live-nodes.ts";
import { liveNodes } from "../../src/plan/live-nodes.ts";
import { assignIds } from "../../src/plan/node-ids.ts";
import { clusterSpec, poolSpec } from "../desired/specs.ts";

const pool = (name: string, roles: readonly ("controller" | "broker")[], replicas: number, nodeIds: readonly number[] = []) =>
  poolSpec(name, nodeIds, { roles, replicas });

const run = (name: string, roles: LiveNode["roles"], ids: readonly number[], evidence: LiveNode["evidence"] = "StatefulSet") =>
  ids.map((id): LiveNode => ({ id, pool: name, roles, evidence }));

const idsOf = (pools: Parameters<typeof clusterSpec>[0], live: readonly LiveNode[] = []) => {
  const { spec, refusals } = assignIds(clusterSpec(pools), live);
  return { ids: Object.fromEntries(spec.pools.map(({ name, nodeIds }) => [name, nodeIds])), refused: refusals.map(({ reason }) => reason) };
};

test("node ids: controllers first, then by name, each an unbroken range", () => {
  const pools = [pool("b", ["broker"], 2), pool("a", ["broker"], 1), pool("z", ["controller"], 3)];
  assert.deepEqual(idsOf({ pools }), { ids: { b: [4, 5], a: [3], z: [0, 1, 2] }, refused: [] });
});

test("node ids: they are kept, a pool grows upwards, a gap that fits is filled", () => {
  const pools = [pool("c", ["controller"], 3, [0, 1, 2]), pool("a", ["broker"], 3, [5, 6]), pool("new", ["broker"], 2)];
  assert.deepEqual(idsOf({ pools }), { ids: { c: [0, 1, 2], a: [5, 6, 7], new: [3, 4] }, refused: [] });
});

test("node ids: what ranges do not allow is refused, and nothing changes", () => {
  assert.deepEqual(idsOf({ pools: [pool("b", ["broker"], 1, [0, 1])] }), { ids: { b: [0, 1] }, refused: ["ShrinkNotSupported"] });
  const blocked = [pool("a", ["broker"], 2, [0]), pool("b", ["broker"], 1, [1])];
  assert.deepEqual(idsOf({ pools: blocked }), { ids: { a: [0], b: [1] }, refused: ["IdsNotFree"] });
});

for (const { given, pools, live = [] } of [
  { given: "a gap", pools: [pool("b", ["broker"], 3, [0, 1, 3])] },
  { given: "another order", pools: [pool("b", ["broker"], 3, [0, 2, 1])] },
  { given: "an id twice", pools: [pool("b", ["broker"], 2, [0, 0])] },
  { given: "an id of another pool", pools: [pool("a", ["broker"], 2, [0, 1]), pool("b", ["broker"], 2, [1, 2])] },
  { given: "other ids than run", pools: [pool("b", ["broker"], 2, [3, 4])], live: run("b", ["broker"], [0, 1]) },
])
  test(`node ids: ${given} in the status is refused`, () => {
    assert.deepEqual(idsOf({ pools }, live).refused, ["IdsNotUsable"]);
  });

const both = ["controller", "broker"] as const;
const quorum = run("c", ["controller"], [0, 1, 2]);
const kept = run("c", ["controller"], [0, 1, 2], "volume");
const controllers = pool("c", ["controller"], 3, [0, 1, 2]);

for (const { given, pools, live, refused } of [
  { given: "more controllers", pools: [pool("c", ["controller"], 5, [0, 1, 2])], live: quorum, refused: ["ControllersFixed"] },
  { given: "fewer controllers", pools: [pool("c", ["controller"], 1, [0, 1, 2])], live: quorum, refused: ["ShrinkNotSupported"] },
  { given: "a new pool of controllers", pools: [controllers, pool("d", both, 3)], live: quorum, refused: ["ControllersFixed"] },
  {
    given: "brokers that become controllers",
    pools: [controllers, pool("b", both, 1, [3])],
    live: [...quorum, ...run("b", ["broker"], [3])],
    refused: ["ControllersFixed"],
  },
  { given: "controllers that cease to be", pools: [pool("c", ["broker"], 3, [0, 1, 2])], live: quorum, refused: ["ControllersFixed"] },
  { given: "brokers that cease to be", pools: [controllers], live: run("c", both, [0, 1, 2]), refused: ["BrokersFixed"] },
  { given: "controllers that become brokers too", pools: [pool("c", both, 3, [0, 1, 2])], live: quorum, refused: [] },
  { given: "a new pool of brokers", pools: [controllers, pool("d", ["broker"], 3)], live: quorum, refused: [] },
  { given: "other controllers than those whose volumes were kept", pools: [pool("c", both, 5)], live: kept, refused: ["ControllersFixed"] },
  {
    given: "another pool in the place of kept volumes",
    pools: [pool("d", both, 3)],
    live: kept,
    refused: ["ControllersFixed", "ControllersFixed"],
  },
  {
    given: "kept volumes of brokers whose pool is not asked for",
    pools: [controllers, pool("d", ["broker"], 1)],
    live: [...kept, ...run("b", ["broker"], [3], "volume")],
    refused: ["VolumesLeft"],
  },
  { given: "other controllers before any was made", pools: [pool("d", both, 3)], live: run("c", both, [0], "status"), refused: [] },
] as const)
  test(`node ids: ${given}: ${refused.length === 0 ? "allowed" : "refused"}`, () => {
    assert.deepEqual(idsOf({ pools }, live).refused, refused);
  });

test("node ids: a pool that lost its status takes the ids that its set or its volumes have", () => {
  assert.deepEqual(idsOf({ pools: [pool("b", ["broker"], 3)] }, run("b", ["broker"], [4, 5, 6])), { ids: { b: [4, 5, 6] }, refused: [] });
  assert.deepEqual(idsOf({ pools: [pool("b", ["broker"], 4)] }, run("b", ["broker"], [4, 6], "volume")).ids, { b: [4, 5, 6, 7] });
});

test("live nodes: of sets, else of volumes of this very cluster, else of the pools' status", () => {
  const labels = (name: string, role: string) => ({ "strimzi.io/pool-name": name, [`strimzi.io/${role}-role`]: "true" });
  const claim = (name: string, clusterId: string) => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, labels: labels("c", "controller"), annotations: { "kubectl-kafka/cluster-id": clusterId } },
  });
  const set = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "x-b", labels: labels("b", "broker") },
    spec: { ordinals: { start: 7 }, replicas: 1 },
  };
  const status = { nodeIds: [7, 8], roles: ["broker"] };
  const pools = [{ apiVersion: "kafka.strimzi.io/v1", kind: "KafkaNodePool", metadata: { name: "b" }, status }];
  const found = liveNodes(clusterSpec({ clusterId: "me" }), pools, [claim("data-0-x-c-0", "me"), claim("data-x-c-1", "other"), set]);
  assert.deepEqual(
    found.map(({ id, pool: name, roles, evidence }) => [id, name, roles[0], evidence]),
    [
      [0, "c", "controller", "volume"],
      [7, "b", "broker", "StatefulSet"],
      [8, "b", "broker", "status"],
    ],
  );
});

test("node ids: never twice, and assigning again changes nothing", () => {
  const roles = fc.constantFrom(["controller"] as const, ["broker"] as const, ["controller", "broker"] as const);
  const anyPools = fc.uniqueArray(fc.record({ name: fc.stringMatching(/^[a-z]{1,6}$/), roles, replicas: fc.integer({ min: 1, max: 9 }) }), {
    maxLength: 6,
    selector: ({ name }) => name,
  });
  fc.assert(
    fc.property(anyPools, (wanted) => {
      const first = assignIds(clusterSpec({ pools: wanted.map((one) => pool(one.name, one.roles, one.replicas)) }), []);
      const all = first.spec.pools.flatMap(({ nodeIds }) => nodeIds);
      assert.equal(new Set(all).size, all.length);
      const live = first.spec.pools.flatMap(({ name, roles: own, nodeIds }) => run(name, own, nodeIds));
      assert.deepEqual(assignIds(first.spec, live), first);
      const forgotten = first.spec.pools.map((one) => ({ ...one, nodeIds: [] }));
      assert.deepEqual(assignIds({ ...first.spec, pools: forgotten }, live), first);
    }),
  );
});
