import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { NodeState, Observation } from "../../src/model/observation.ts";
import type { MaxUnavailable } from "../../src/model/roll.ts";
import type { Topic } from "../../src/model/topic.ts";
import { gate } from "../../src/plan/gate.ts";
import { planWaves } from "../../src/plan/waves.ts";
import { healthyWorld, partition, pod, topic, withKafkaState, withNode } from "../worlds.ts";

type Options = { readonly racks?: number; readonly topics?: readonly Topic[] };

const brokerOf = (id: number, rack: string | undefined): NodeState => ({
  id,
  name: `c-broker-${id}`,
  roles: ["broker"],
  pod: pod(`c-broker-${id}`),
  ...(rack === undefined ? {} : { rack }),
  restartReasons: [],
  registration: "active",
});

/** Brokers 10, 11, …, over racks in turn; no controllers. */
function brokersWorld(count: number, { racks = 3, topics = [] }: Options = {}): Observation {
  const nodes = Array.from({ length: count }, (_, at) => brokerOf(10 + at, racks === 0 ? undefined : `z${at % racks}`));
  return withKafkaState({ ...healthyWorld(), nodes }, { topics });
}

const idsOf = ({ nodes }: Observation): number[] => nodes.map(({ id }) => id);
const waves = (world: Observation, maxUnavailable: MaxUnavailable, canary = false): number[][] =>
  planWaves(idsOf(world), world, { maxUnavailable, canary });

/** Each partition's replicas in three racks: brokers 10+3k, 11+3k, 12+3k and so on round. */
const rackAware = (count: number, partitions: number, minIsr = 2): Topic =>
  topic(
    "t",
    Array.from({ length: partitions }, (_, at) => {
      const group = 3 * (at % Math.floor(count / 3));
      return partition(at, [10 + group, 10 + ((group + 4) % count), 10 + ((group + 8) % count)]);
    }),
    minIsr,
  );

describe("waves", () => {
  test("one at a time: controllers, the active one last, then brokers", () =>
    assert.deepEqual(waves(healthyWorld(), 1), [[0], [2], [1], [3], [4], [5]]));

  test("controllers stay alone whatever is asked for; combined nodes are controllers", () => {
    const some = withNode(healthyWorld(), 5, (node) => ({ ...node, roles: ["controller", "broker"] }));
    assert.deepEqual(waves(withKafkaState(some, { topics: [] }), "rack"), [[0], [2], [5], [1], [3], [4]]);
    assert.deepEqual(waves(withKafkaState(some, { topics: [] }), 9), [[0], [2], [5], [1], [3, 4]]);
  });

  test("a whole rack where topics are rack-aware", () => {
    const world = brokersWorld(9, { topics: [rackAware(9, 30)] });
    assert.deepEqual(waves(world, "rack"), [
      [10, 13, 16],
      [11, 14, 17],
      [12, 15, 18],
    ]);
  });

  test("a rack that a partition cannot spare is taken in parts that share none", () => {
    const world = brokersWorld(6, { racks: 2, topics: [topic("t", [partition(0, [10, 12, 11])], 2)] });
    assert.deepEqual(waves(world, "rack"), [[10, 14], [12], [11, 13, 15]]);
  });

  test("partitions without a spare replica lose one, never two", () => {
    const apart = brokersWorld(4, { racks: 2, topics: [topic("t", [partition(0, [10, 11])], 2)] });
    assert.deepEqual(waves(apart, "rack"), [
      [10, 12],
      [11, 13],
    ]);
    const together = brokersWorld(4, { racks: 2, topics: [topic("t", [partition(0, [10, 12])], 2)] });
    assert.deepEqual(waves(together, "rack"), [[10], [12], [11, 13]]);
  });

  test("a topic whose min ISR is not known spares one replica", () => {
    const unknown = { name: "t", internal: false, partitions: [partition(0, [10, 12, 11])] };
    assert.deepEqual(waves(brokersWorld(4, { racks: 2, topics: [unknown] }), "rack"), [[10], [12], [11, 13]]);
  });

  test("brokers of no known rack, and any number, are coloured", () => {
    const topics = [topic("t", [partition(0, [10, 11]), partition(1, [12, 13])], 1)];
    assert.deepEqual(waves(brokersWorld(4, { racks: 0, topics }), "rack"), [
      [10, 12],
      [11, 13],
    ]);
    assert.deepEqual(waves(brokersWorld(5, { racks: 0, topics: [] }), 2), [[10, 11], [12, 13], [14]]);
  });

  test("topics that were not read: one at a time", () => {
    const { topics: _, ...kafka } = healthyWorld().kafka ?? assert.fail();
    assert.deepEqual(waves({ ...healthyWorld(), kafka }, "rack").at(-1), [5]);
  });

  test("those that are down go first, together", () => {
    const down = [11, 13].reduce(
      (world, id) => withNode(world, id, (node) => ({ ...node, pod: pod(node.name, { ready: false }) })),
      brokersWorld(4),
    );
    assert.deepEqual(waves(down, 4), [
      [13, 11],
      [10, 12],
    ]);
    assert.deepEqual(waves(down, 1), [[11], [13], [10], [12]]);
  });

  test("a canary goes alone, where anybody goes with others", () => {
    const world = brokersWorld(9, { topics: [rackAware(9, 30)] });
    assert.deepEqual(waves(world, "rack", true).slice(0, 3), [[10], [13, 16], [11, 14, 17]]);
    assert.deepEqual(waves(brokersWorld(2), 1, true), [[10], [11]]);
  });
});

const anyWorld = fc
  .record({
    count: fc.integer({ min: 1, max: 12 }),
    racks: fc.integer({ min: 0, max: 4 }),
    lists: fc.array(fc.array(fc.array(fc.nat(11), { minLength: 1, maxLength: 4 }), { maxLength: 6 }), { maxLength: 4 }),
    minIsr: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ count, racks, lists, minIsr }) => {
    const topics = lists.map((list, at) =>
      topic(
        `t${at}`,
        list.map((replicas, index) => partition(index, [...new Set(replicas.map((id) => 10 + (id % count)))])),
        minIsr,
      ),
    );
    return brokersWorld(count, { racks, topics });
  });

test("every wave may go at once when all are in sync, holds no more than it may, and each node goes once", () => {
  fc.assert(
    fc.property(anyWorld, fc.constantFrom<MaxUnavailable>(1, 2, 5, "rack"), fc.boolean(), (world, most, canary) => {
      const planned = waves(world, most, canary);
      assert.deepEqual(planned.flat().sort(), idsOf(world).sort());
      for (const wave of planned) {
        assert.ok(most === "rack" || wave.length <= most);
        assert.deepEqual(gate(wave, world).open, true, `wave ${wave}`);
      }
    }),
    { numRuns: 1_000 },
  );
});
