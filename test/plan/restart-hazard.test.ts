import assert from "node:assert/strict";
import { test } from "node:test";
import type { PoolSpec, Volume } from "../../src/model/cluster-spec.ts";
import type { Observation } from "../../src/model/observation.ts";
import { ephemeralNotices, restartCost } from "../../src/plan/restart-hazard.ts";
import { clusterSpec, poolSpec } from "../desired/specs.ts";

const empty: Volume = { kind: "ephemeral", kraftMetadata: true };
const pool = (ids: readonly number[], changes: Partial<PoolSpec> = {}) => poolSpec("pool", ids, { volumes: [empty], ...changes });

/** Partitions by their replicas. */
const seen = (...replicas: number[][]): Observation =>
  ({
    kafka: {
      topics: [{ name: "t", internal: false, partitions: replicas.map((of, at) => ({ partition: at, leader: 0, replicas: of, isr: of })) }],
    },
  }) as unknown as Observation;

for (const { given, of, observation, hazard } of [
  { given: "volumes that stay", of: poolSpec("pool", [0]), observation: undefined, hazard: "disruptive" },
  { given: "every partition on another broker too", of: pool([0, 1, 2]), observation: seen([0, 1], [1]), hazard: "disruptive" },
  { given: "the only replica of a partition", of: pool([0, 1, 2]), observation: seen([0], [1]), hazard: "destructive" },
  { given: "topics that were not read", of: pool([0, 1, 2]), observation: undefined, hazard: "destructive" },
  { given: "the only controller", of: pool([0], { roles: ["controller"] }), observation: seen(), hazard: "destructive" },
  { given: "one controller of several", of: pool([0, 1, 2], { roles: ["controller"] }), observation: undefined, hazard: "disruptive" },
] as const)
  test(`restart of a node with ${given}: ${hazard}`, () => {
    const cost = restartCost(clusterSpec({ pools: [of] }), of, { node: 0, ...(observation === undefined ? {} : { observation }) });
    assert.equal(cost.hazard, hazard);
    assert.equal(cost.why.length > 0, hazard === "destructive");
  });

test("restarts of nodes with ephemeral volumes are told once for a pool, and only when there are any", () => {
  const spec = clusterSpec({ pools: [pool([0, 1]), poolSpec("other", [2])] });
  assert.deepEqual(
    ephemeralNotices(spec, new Set([0, 1, 2])).map(({ subject }) => subject),
    ["KafkaNodePool pool"],
  );
  assert.deepEqual(ephemeralNotices(spec, new Set([2])), []);
});
