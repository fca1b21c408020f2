import assert from "node:assert/strict";
import fc from "fast-check";
import { runPlan } from "../../src/execute/run-plan.ts";
import type { Plan, RestartTarget } from "../../src/model/plan.ts";
import type { MaxUnavailable, RollJournal } from "../../src/model/roll.ts";
import { restartOrder } from "../../src/plan/gate.ts";
import { resumeRoll } from "../../src/plan/resume-roll.ts";
import { planRoll } from "../../src/plan/roll.ts";
import { executeIo, observeWorld } from "../fakes/world/execute-io.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { brokers, countRestarts, directCluster, everyone, watchSafety } from "./roll-cluster.ts";
import { outdate, planOf, ref, restart, runningCluster } from "./small-cluster.ts";

/** The plan for the world as it is: every node that is out of date, one after the other. */
async function pendingPlan(world: FakeWorld): Promise<Plan> {
  const observation = await observeWorld(world, ref);
  const due = observation.nodes.filter(({ restartReasons, pod }) => restartReasons.length > 0 && pod !== undefined).map(({ id }) => id);
  return planOf(...restartOrder(due, observation).map((id) => [restart(world, id)]));
}

function rollPlan(...of: Parameters<typeof planRoll>): Plan {
  const answer = planRoll(...of);
  assert.ok(answer.ok);
  return answer.plan;
}

const targetsOf = ({ waves }: Plan): readonly RestartTarget[] =>
  waves.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "RestartNodes" ? step.nodes : [])));

/** Looks four times a second of the world's time. */
function watchOver(world: FakeWorld, look: () => void): void {
  look();
  world.clock.after(250, () => watchOver(world, look));
}

/** Runs until the end or until it dies; tells whether it came to its end. */
async function carryOut(world: FakeWorld, plan: Plan): Promise<boolean> {
  try {
    for await (const _ of runPlan(plan, executeIo(world, ref)));
    return true;
  } catch (error) {
    if (error instanceof Error && error.message === "killed") return false;
    throw error;
  }
}

const roll = async (world: FakeWorld): Promise<boolean> => carryOut(world, await pendingPlan(world));

/** Killed anywhere, while replicas fall behind: min ISR and the quorum are never broken, and the next run ends it. */
export async function rollsOneByOne(numRuns: number): Promise<void> {
  const lags = fc.array(
    fc.record({ node: fc.integer({ min: 0, max: 2 }), atMs: fc.nat(40_000), forMs: fc.integer({ min: 500, max: 20_000 }) }),
    { maxLength: 2 },
  );
  const deaths = fc.array(
    fc.record({ write: fc.integer({ min: 1, max: 4 }), when: fc.constantFrom("before", "after"), restMs: fc.nat(6_000) }),
    { maxLength: 3 },
  );
  await fc.assert(
    fc.asyncProperty(lags, deaths, fc.integer({ min: 0, max: 15_000 }), async (slow, dying, catchUpMs) => {
      const world = runningCluster({ catchUpMs });
      await outdate(world);
      const kafka = world.kafka("c");
      // a node that falls behind by itself is no doing of ours: min ISR may only be missed while one does
      let behind = 0;
      for (const { node, atMs, forMs } of slow) {
        world.clock.after(atMs, () => {
          behind += 1;
          kafka.lag(node, true);
        });
        world.clock.after(atMs + forMs, () => kafka.lag(node, false));
        world.clock.after(atMs + forMs + 30_000, () => {
          behind -= 1;
        });
      }
      const broken: string[] = [];
      watchOver(world, () => {
        if (behind > 0) return;
        for (const { name, minIsr = 1, partitions } of kafka.topics())
          if (partitions.some(({ isr, replicas }) => replicas.length > minIsr && isr.length < minIsr))
            broken.push(`${name} is under min ISR`);
        if (kafka.leader() < 0) broken.push("no quorum");
      });
      for (const { write, when, restMs } of dying) {
        const from = world.writes.length;
        world.intercept = (now) => {
          if (now.count >= from + write && now.when === when) throw new Error("killed");
        };
        await roll(world);
        world.clock.advance(restMs);
      }
      world.intercept = () => {};
      assert.equal(await roll(world), true);
      assert.equal(await roll(world), true);
      assert.deepEqual(broken, []);
      world.settle();
      const observation = await observeWorld(world, ref);
      assert.deepEqual(
        observation.nodes.map(({ restartReasons, pod }) => [restartReasons, pod?.ready]),
        [
          [[], true],
          [[], true],
          [[], true],
        ],
      );
    }),
    { numRuns },
  );
}

/** Waves of any size, killed anywhere while replicas fall behind: safe all the way, and everybody once. */
export async function rollsInWaves(numRuns: number): Promise<void> {
  const lag = fc.option(
    fc.record({ node: fc.constantFrom(...brokers), atMs: fc.nat(30_000), forMs: fc.integer({ min: 500, max: 15_000 }) }),
    { nil: undefined },
  );
  const deaths = fc.array(
    fc.record({ write: fc.integer({ min: 1, max: 6 }), when: fc.constantFrom("before", "after"), restMs: fc.nat(6_000) }),
    { maxLength: 3 },
  );
  const sizes = fc.constantFrom<MaxUnavailable>(1, 2, 4, "rack");
  await fc.assert(
    fc.asyncProperty(lag, deaths, sizes, async (slow, dying, maxUnavailable) => {
      const world = directCluster({ catchUpMs: 3_000 });
      const kafka = world.kafka("c");
      // a broker that falls behind by itself is no doing of ours
      const broken = slow === undefined ? watchSafety(world) : [];
      if (slow !== undefined) {
        world.clock.after(slow.atMs, () => kafka.lag(slow.node, true));
        world.clock.after(slow.atMs + slow.forMs, () => kafka.lag(slow.node, false));
      }
      const restarts = countRestarts(world);
      const before = await observeWorld(world, ref);
      const first = rollPlan(before, { ...everyone, maxUnavailable });
      const journal = { nodes: targetsOf(first) } as unknown as RollJournal;
      for (const { write, when, restMs } of [...dying, undefined].map((death) => death ?? { write: Infinity, when: "", restMs: 0 })) {
        const from = world.writes.length;
        world.intercept = (now) => {
          if (now.count >= from + write && now.when === when) throw new Error("killed");
        };
        const now = await observeWorld(world, ref);
        const resumed = resumeRoll(journal, now);
        await carryOut(world, rollPlan(now, { ...everyone, maxUnavailable }, { resumed, timeoutMs: 120_000 }));
        world.clock.advance(restMs);
      }
      assert.deepEqual(broken, []);
      assert.deepEqual(new Set(Object.values(restarts())), new Set([1]));
    }),
    { numRuns },
  );
}
