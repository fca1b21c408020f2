import assert from "node:assert/strict";
import { test } from "node:test";
import type { Observation } from "../../src/model/observation.ts";
import type { MaxUnavailable, RollRequest } from "../../src/model/roll.ts";
import type { Topic } from "../../src/model/topic.ts";
import { planRoll } from "../../src/plan/roll.ts";
import { healthyWorld, partition, pod, withKafkaState } from "../worlds.ts";

const racks = 3;
const topicCount = 2_000;
const partitionsEach = 100;

/** 200,000 partitions of three replicas, one in each rack, over brokers that stand in racks in turn. */
function rackAwareTopics(brokers: number): Topic[] {
  const perRack = brokers / racks;
  const replicas = (at: number) => Array.from({ length: racks }, (_, rack) => 10 + rack + racks * ((at * (rack + 1) + rack) % perRack));
  return Array.from({ length: topicCount }, (_, name) => ({
    name: `topic-${name}`,
    internal: false,
    minIsr: 2,
    partitions: Array.from({ length: partitionsEach }, (_unused, at) => partition(at, replicas(name * partitionsEach + at))),
  }));
}

function bigWorld(brokers: number): Observation {
  const nodes = Array.from({ length: brokers }, (_, at) => ({
    id: 10 + at,
    name: `c-broker-${10 + at}`,
    pool: "broker",
    roles: ["broker"] as const,
    pod: pod(`c-broker-${10 + at}`),
    rack: `zone-${at % racks}`,
    restartReasons: [],
    registration: "active" as const,
  }));
  return withKafkaState({ ...healthyWorld(), nodes }, { topics: rackAwareTopics(brokers) });
}

const request = (maxUnavailable: MaxUnavailable): RollRequest => ({
  nodes: [],
  pools: [],
  roles: [],
  racks: [],
  onlyPending: false,
  maxUnavailable,
  evict: false,
  leaderMoves: true,
});

/** Many times what it takes on a quiet machine: a regression in the order of growth fails, a busy machine does not. */
const generousMs = 5_000;

for (const brokers of [3, 30, 300, 1_000 - (1_000 % racks)])
  test(`planning: ${brokers} brokers, 200,000 partitions: as many waves as racks`, (t) => {
    const world = bigWorld(brokers);
    const plan = (most: MaxUnavailable) => {
      const startedAt = performance.now();
      const answer = planRoll(world, request(most));
      const ms = performance.now() - startedAt;
      assert.ok(answer.ok);
      return { waves: answer.plan.waves.length, ms };
    };
    const byRack = plan("rack");
    const byTen = plan(10);
    t.diagnostic(
      `${brokers} brokers: rack ${byRack.waves} waves, ${byRack.ms.toFixed(0)} ms; 10: ${byTen.waves} waves, ${byTen.ms.toFixed(0)} ms`,
    );
    assert.equal(byRack.waves, racks);
    assert.ok(byTen.waves >= Math.ceil(brokers / 10));
    assert.ok(byRack.ms < generousMs && byTen.ms < generousMs, `${byRack.ms} ms, ${byTen.ms} ms`);
  });
