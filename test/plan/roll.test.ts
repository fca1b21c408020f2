import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toInstant } from "../../src/model/instant.ts";
import type { NodeState, Observation } from "../../src/model/observation.ts";
import type { Plan, RestartTarget } from "../../src/model/plan.ts";
import type { RollRequest } from "../../src/model/roll.ts";
import { planRoll, type RollOptions } from "../../src/plan/roll.ts";
import { everyone } from "../execute/roll-cluster.ts";
import { healthyWorld, partition, pod, topic, withKafkaState, withNode, withoutKafka, withoutPod, worldTime } from "../worlds.ts";

const ask = (changes: Partial<RollRequest> = {}): RollRequest => ({ ...everyone, ...changes });

function planned(observation: Observation, request: RollRequest = everyone, options: RollOptions = {}): Plan {
  const answer = planRoll(observation, request, options);
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer.plan;
}

const targets = (plan: Plan): RestartTarget[] =>
  plan.waves.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === "RestartNodes" || step.kind === "AskOperatorToRestart" ? step.nodes : [])),
  );

const order = (plan: Plan): string[] =>
  plan.waves.map(({ steps }) => steps.flatMap((step) => (step.kind === "RestartNodes" ? step.nodes.map(({ node }) => node) : [])).join());

const refused = (observation: Observation, request: RollRequest = everyone, options: RollOptions = {}): string[] => {
  const answer = planRoll(observation, request, options);
  return answer.ok ? [] : answer.refusals.map(({ subject, reason }) => `${reason} ${subject}`);
};

const world = healthyWorld();
const pending = withNode(world, 4, (node) => ({ ...node, restartReasons: ["PodHasOldRevision"] }));
const managed = (changes: Partial<Observation> = {}): Observation => ({
  ...world,
  mode: { kind: "managed", because: "its pods belong to StrimziPodSets" },
  ...changes,
});
const timed = (node: NodeState, ms: number): NodeState => {
  const startedAt = worldTime - 3_600_000;
  return { ...node, pod: pod(node.name, { startedAt: toInstant(startedAt), readySince: toInstant(startedAt + ms) }) };
};

const selections: [string, Partial<RollRequest>, string[]][] = [
  ["everyone", {}, ["0", "2", "1", "3", "4", "5"]],
  ["by id", { nodes: ["5", "3"] }, ["3", "5"]],
  ["by pod name", { nodes: ["my-cluster-broker-4"] }, ["4"]],
  ["by pool", { pools: ["broker"] }, ["3", "4", "5"]],
  ["by role", { roles: ["controller"] }, ["0", "2", "1"]],
  ["by rack", { racks: ["zone-1", "zone-3"] }, ["0", "2", "3", "5"]],
  ["all of it at once", { racks: ["zone-1"], roles: ["broker"] }, ["3"]],
  ["a whole rack, when nothing is lost", { roles: ["broker"], maxUnavailable: "rack" }, ["3", "4", "5"]],
];

describe("what is restarted", () => {
  for (const [given, request, want] of selections) test(given, () => assert.deepEqual(order(planned(world, ask(request))), want));

  test("only what waits for it; the rest is told", () => {
    const plan = planned(pending, ask({ onlyPending: true, roles: ["broker"] }));
    assert.deepEqual(
      targets(plan).map(({ node, uid, reasons }) => [node, uid, reasons]),
      [[4, "uid-my-cluster-broker-4", ["PodHasOldRevision"]]],
    );
    assert.deepEqual(
      plan.leftAlone.map(({ subject, reason }) => `${reason} ${subject}`),
      [
        "NotAskedFor my-cluster-controller-0, my-cluster-controller-1, my-cluster-controller-2",
        "NothingPending my-cluster-broker-3, my-cluster-broker-5",
      ],
    );
    assert.deepEqual(planned(world, ask({ onlyPending: true })).waves, []);
  });

  test("for what each waits, or because it was asked for", () =>
    assert.deepEqual(
      targets(planned(pending, ask({ nodes: ["3", "4"] }))).map(({ reasons }) => reasons),
      [["ManualRollingUpdate"], ["PodHasOldRevision"]],
    ));

  test("a pod that cannot start and is out of date is stuck", () => {
    const stuck = withNode(pending, 4, (node) => ({ ...node, pod: pod(node.name, { ready: false, trouble: "ImagePullBackOff" }) }));
    assert.deepEqual(targets(planned(stuck, ask({ nodes: ["4"] })))[0]?.reasons, ["PodHasOldRevision", "PodStuck"]);
  });

  test("a node without a pod, and one that is just starting, are left alone", () => {
    const starting = withNode(withNode(world, 3, withoutPod), 4, (node) => ({
      ...node,
      pod: pod(node.name, { ready: false, startedAt: toInstant(worldTime - 5_000) }),
    }));
    const plan = planned(starting, ask({ roles: ["broker"] }));
    assert.deepEqual(order(plan), ["5"]);
    assert.deepEqual(
      plan.leftAlone.slice(1).map(({ reason }) => reason),
      ["PodMissing", "Starting"],
    );
  });

  test("brokers that Kafka knows and nobody runs are not ours", () => {
    const gone: NodeState = { id: 9, name: "host-9", roles: ["broker"], restartReasons: [], registration: "fenced" };
    assert.deepEqual(order(planned({ ...world, nodes: [...world.nodes, gone] })).includes("9"), false);
  });

  test("a canary goes first when what pods run with changes and waves are large", () => {
    const wide = withKafkaState(
      { ...world, nodes: world.nodes.map((node) => ({ ...node, rack: "z", restartReasons: ["PodHasOldRevision"] })) },
      { topics: [] },
    );
    assert.deepEqual(order(planned(wide, ask({ roles: ["broker"], maxUnavailable: 3 }))), ["3", "4,5"]);
    const manual = { ...wide, nodes: wide.nodes.map((node) => ({ ...node, restartReasons: [] })) };
    assert.deepEqual(order(planned(manual, ask({ roles: ["broker"], maxUnavailable: 3 }))), ["3,4,5"]);
  });
});

describe("how", () => {
  test("evicted, without leader moves", () => {
    const [step] = planned(world, ask({ nodes: ["3"], evict: true, leaderMoves: false })).waves[0]?.steps ?? [];
    assert.ok(step?.kind === "RestartNodes");
    assert.deepEqual([step.evict, step.leaderMoves, step.hazard], [true, false, "disruptive"]);
  });

  test("an operator is asked once for all, and what it does not heed is told", () => {
    const plan = planned(managed(), ask({ roles: ["broker"], maxUnavailable: "rack", evict: true }));
    assert.equal(plan.waves.length, 1);
    assert.deepEqual(plan.waves[0]?.steps[0]?.kind, "AskOperatorToRestart");
    assert.deepEqual(
      plan.warnings?.map(({ reason }) => reason),
      ["OperatorDecides"],
    );
  });
});

describe("what it costs", () => {
  test("leaders, the active controller, topics that have no replica to spare", () => {
    const topics = [
      topic("a", [partition(0, [3, 4, 5]), partition(1, [4, 5, 3])]),
      topic("b", [partition(0, [3, 4])], 1),
      topic("c", [partition(0, [4, 5])], 2),
    ];
    const plan = planned(withKafkaState(world, { topics }));
    const facts = new Map(targets(plan).map((target) => [target.node, target.facts]));
    assert.deepEqual(facts.get(1), { roles: ["controller"], rack: "zone-2", active: true });
    assert.deepEqual(facts.get(3)?.atMinIsr, { partitions: 3, topics: 2, examples: ["a", "b"] });
    assert.deepEqual(facts.get(5)?.atMinIsr, { partitions: 2, topics: 1, examples: ["a"] });
    assert.deepEqual(
      plan.warnings?.map(({ subject, reason }) => `${reason}: ${subject}`),
      ["WithoutSpare: 1 partition of c"],
    );
  });

  test("a single voter, a Kafka that does not answer, a log directory that is offline", () => {
    const single = withKafkaState(world, {
      quorum: { leaderId: 0, epoch: 1, voters: [{ id: 0, lag: 0 }], observers: [] },
    });
    const offline = withNode(single, 3, (node) => ({ ...node, offlineLogDirs: ["/data"] }));
    assert.deepEqual(
      planned(offline).warnings?.map(({ reason }) => reason),
      ["SingleVoter", "LogDirOffline"],
    );
    assert.deepEqual(
      planned(withoutKafka(world, "nobody answers")).warnings?.map(({ reason, message }) => [reason, message.includes("nobody answers")]),
      [["NotRead", true]],
    );
  });

  test("time, by how long pods of the same roles took", () => {
    assert.equal(planned(world).estimateMs, undefined);
    const slow = [3, 4, 5].reduce((some, id) => withNode(some, id, (node) => timed(node, id * 1_000)), world);
    assert.equal(planned(slow, ask({ roles: ["broker"] })).estimateMs, 3 * (3_000 + 4_000));
    const both = [0, 1, 2].reduce((some, id) => withNode(some, id, (node) => timed(node, 10_000)), slow);
    assert.equal(planned(both).estimateMs, 3 * 13_000 + 3 * 7_000);
  });
});

describe("what is refused", () => {
  test("names that nothing has, all at once, with those that there are", () => {
    const answer = planRoll(world, ask({ nodes: ["9", "my-cluster-broker-7"], pools: ["brokers"], racks: ["zone-9"] }));
    assert.ok(!answer.ok);
    assert.deepEqual(
      answer.refusals.map(({ subject, hint }) => [subject, hint]),
      [
        ["node 9", `there are: ${world.nodes.map(({ name }) => name).join(", ")}`],
        ["node my-cluster-broker-7", `there are: ${world.nodes.map(({ name }) => name).join(", ")}`],
        ["pool brokers", "there are: controller, broker"],
        ["rack zone-9", "there are: zone-1, zone-2, zone-3"],
      ],
    );
  });

  test("a Kafka elsewhere, pods that may not be listed, rights that are missing", () => {
    assert.deepEqual(refused({ ...world, mode: { kind: "external", because: "reached by its address" } }), [
      "NotInKubernetes Kafka kafka/my-cluster",
    ]);
    assert.deepEqual(refused({ ...world, gaps: [{ part: "pods", because: "not permitted" }] }), ["NotRead Kafka kafka/my-cluster"]);
    assert.deepEqual(refused(world, everyone, { notPermitted: ["delete pods"] }), ["NotPermitted Kafka kafka/my-cluster"]);
  });

  test("an operator that is paused or not there to do it", () => {
    assert.deepEqual(refused(managed({ declared: { paused: true, conditions: [] } })), ["ReconciliationPaused Kafka kafka/my-cluster"]);
    assert.deepEqual(refused(managed({ operator: { namespace: "ops", name: "operator", ready: false } })), [
      "OperatorNotReady operator ops/operator",
    ]);
    assert.deepEqual(refused({ ...world, declared: { paused: true, conditions: [] } }), []);
  });
});

test("the same observation makes the same plan, and another a different basis", () => {
  assert.deepEqual(planned(world), planned(structuredClone(world)));
  assert.notEqual(planned(world).basis, planned(pending).basis);
});
