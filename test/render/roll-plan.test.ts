import assert from "node:assert/strict";
import { test } from "node:test";
import { toInstant } from "../../src/model/instant.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { RollRequest } from "../../src/model/roll.ts";
import { planRoll } from "../../src/plan/roll.ts";
import { renderRollPlan } from "../../src/render/roll-plan.ts";
import { createStyle } from "../../src/render/style.ts";
import { everyone } from "../execute/roll-cluster.ts";
import { matchGolden } from "../golden.ts";
import { healthyWorld, partition, pod, topic, withKafkaState, withNode, worldTime } from "../worlds.ts";

const timed = (world: Observation): Observation => ({
  ...world,
  nodes: world.nodes.map((node) => ({
    ...node,
    pod: pod(node.name, { startedAt: toInstant(worldTime - 60_000), readySince: toInstant(worldTime - 51_000) }),
  })),
});

const topics = [
  topic(
    "orders",
    [0, 1, 2].map((id) => partition(id, [3, 4, 5])),
  ),
  topic("payments", [partition(0, [3, 4, 5])]),
  topic("scratch", [partition(0, [4])], 1),
];
const world = timed(withKafkaState(healthyWorld(), { topics }));
const pending = withNode(
  withNode(world, 4, (node) => ({ ...node, restartReasons: ["ConfigChangeRequiresRestart"] })),
  3,
  (node) => ({ ...node, restartReasons: ["PodHasOldRevision", "KafkaCertificatesChanged"], offlineLogDirs: ["/var/lib/kafka/data-1"] }),
);
const wide: Observation = {
  ...withKafkaState(world, { topics: [], quorum: { leaderId: 99, epoch: 1, voters: [], observers: [] } }),
  nodes: Array.from({ length: 30 }, (_, at) => ({
    id: at,
    name: `big-broker-${at}`,
    pool: "broker",
    roles: ["broker"],
    pod: pod(`big-broker-${at}`),
    rack: `zone-${at % 3}`,
    restartReasons: [],
    registration: "active",
    leaders: 1_000 + at,
  })),
};
const managed: Observation = { ...world, mode: { kind: "managed", because: "its pods belong to StrimziPodSets" } };

function plan(observation: Observation, changes: Partial<RollRequest> = {}): Plan {
  const answer = planRoll(observation, { ...everyone, ...changes });
  assert.ok(answer.ok);
  return answer.plan;
}

const cases: readonly (readonly [name: string, plan: Plan, verbose?: boolean])[] = [
  ["all", plan(world)],
  ["all-verbose", plan(world), true],
  ["pending", plan(pending, { roles: ["broker"] })],
  ["racks", plan(wide, { maxUnavailable: "rack" })],
  ["managed", plan(managed, { roles: ["broker"], maxUnavailable: "rack" })],
  ["nothing", plan(world, { onlyPending: true })],
];

for (const width of [80, 120])
  for (const [name, one, verbose = false] of cases)
    test(`roll plan: ${name}, ${width} columns`, () => {
      const style = createStyle({ color: false, unicode: true });
      const text = renderRollPlan(one, { style, width, self: "kubectl kafka", verbose, toDoIt: "kubectl kafka roll my-cluster -n kafka" });
      matchGolden(`roll/${name}-${width}.txt`, text);
      for (const line of text.split("\n")) assert.ok(line.length <= width, line);
    });

test("roll plan: in colour", () => {
  const style = createStyle({ color: true, unicode: true });
  matchGolden("roll/pending-color.txt", renderRollPlan(plan(pending), { style, width: 80, self: "kubectl kafka", verbose: false }));
});
