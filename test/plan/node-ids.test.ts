import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assignIds } from "../../src/plan/node-ids.ts";
import { clusterSpec, poolSpec } from "../desired/specs.ts";

const pool = (name: string, roles: readonly ("controller" | "broker")[], replicas: number, nodeIds: readonly number[] = []) =>
  poolSpec(name, nodeIds, { roles, replicas });

const idsOf = (pools: Parameters<typeof clusterSpec>[0]) => {
  const { spec, refusals } = assignIds(clusterSpec(pools));
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

test("node ids: what static voters and ranges do not allow is refused, and nothing changes", () => {
  assert.deepEqual(idsOf({ pools: [pool("c", ["controller"], 5, [0, 1, 2])] }), { ids: { c: [0, 1, 2] }, refused: ["ControllersFixed"] });
  assert.deepEqual(idsOf({ pools: [pool("b", ["broker"], 1, [0, 1])] }), { ids: { b: [0, 1] }, refused: ["ShrinkNotSupported"] });
  const blocked = [pool("a", ["broker"], 2, [0]), pool("b", ["broker"], 1, [1])];
  assert.deepEqual(idsOf({ pools: blocked }), { ids: { a: [0], b: [1] }, refused: ["IdsNotFree"] });
});

test("node ids: never twice, and assigning again changes nothing", () => {
  const roles = fc.constantFrom(["controller"] as const, ["broker"] as const, ["controller", "broker"] as const);
  const anyPools = fc.uniqueArray(fc.record({ name: fc.stringMatching(/^[a-z]{1,6}$/), roles, replicas: fc.integer({ min: 1, max: 9 }) }), {
    maxLength: 6,
    selector: ({ name }) => name,
  });
  fc.assert(
    fc.property(anyPools, (wanted) => {
      const first = assignIds(clusterSpec({ pools: wanted.map((one) => pool(one.name, one.roles, one.replicas)) }));
      const all = first.spec.pools.flatMap(({ nodeIds }) => nodeIds);
      assert.equal(new Set(all).size, all.length);
      assert.deepEqual(assignIds(first.spec), first);
    }),
  );
});
