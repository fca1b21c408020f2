import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toInstant } from "../../src/model/instant.ts";
import type { NodeState, Observation, QuorumMember, RestartReason } from "../../src/model/observation.ts";
import type { Topic } from "../../src/model/topic.ts";
import { changeGate, gate, restartOrder } from "../../src/plan/gate.ts";
import { healthyWorld, partition, pod, topic, withKafkaState, withNode, withoutKafka, withoutPod, worldTime } from "../worlds.ts";

const world = healthyWorld();
const withTopics = (...topics: Topic[]) => withKafkaState(world, { topics });

const said = (nodes: number | readonly number[], observation: Observation): string => {
  const answer = gate(nodes, observation);
  if (answer.open) return ["open", ...answer.warnings.map(({ kind }) => kind)].join(" ");
  return answer.because.kind;
};

/** Its pod is not ready, and Kafka has noticed. */
const down = (node: NodeState, changes: Parameters<typeof pod>[1] = {}): NodeState => ({
  ...node,
  pod: pod(node.name, { ready: false, ...changes }),
  ...(node.registration === undefined ? {} : { registration: "fenced" }),
});
const unready = (node: NodeState): NodeState => ({ ...down(node), registration: "active" });
const due = (node: NodeState): NodeState => ({ ...node, restartReasons: ["PodHasOldRevision"] satisfies RestartReason[] });
const brokenSelf = withNode(withTopics(topic("t", [partition(0, [3, 4, 5], { isr: [3, 4] })])), 3, (node) => down(due(node)));

const partitions: [string, Topic, string][] = [
  ["as many replicas as min ISR never hold", topic("t", [partition(0, [3, 4])], 2), "open WithoutSpare"],
  ["a single replica never holds", topic("t", [partition(0, [3])], 1), "open WithoutSpare"],
  ["a single replica without a leader never holds", topic("t", [partition(0, [3], { leader: -1 })], 2), "open WithoutSpare"],
  ["more in sync than min ISR", topic("t", [partition(0, [3, 4, 5])], 2), "open"],
  ["exactly min ISR with the node", topic("t", [partition(0, [3, 4, 5], { isr: [3, 4] })], 2), "AtMinIsr"],
  ["exactly min ISR without the node", topic("t", [partition(0, [3, 4, 5], { isr: [4, 5] })], 2), "open"],
  ["under min ISR with the node", topic("t", [partition(0, [3, 4, 5], { isr: [3, 4] })], 3), "open WithoutSpare"],
  ["under min ISR without the node", topic("t", [partition(0, [3, 4, 5], { isr: [4] })], 2), "UnderMinIsr"],
  ["only this node in sync", topic("t", [partition(0, [3, 4, 5], { isr: [3] })], 2), "OnlyReplicaInSync"],
  ["only this node in sync, min ISR 1", topic("t", [partition(0, [3, 4, 5], { isr: [3] })], 1), "OnlyReplicaInSync"],
  ["only this node in sync, no leader", topic("t", [partition(0, [3, 4, 5], { isr: [3], leader: -1 })], 1), "OnlyReplicaInSync"],
  ["as many replicas as min ISR, only this node in sync", topic("t", [partition(0, [3, 4], { isr: [3] })], 2), "OnlyReplicaInSync"],
  ["as many replicas as min ISR, one of two in sync, not this", topic("t", [partition(0, [3, 4], { isr: [4] })], 2), "open WithoutSpare"],
  ["nobody in sync", topic("t", [partition(0, [3, 4, 5], { isr: [], leader: -1 })], 2), "UnderMinIsr"],
  ["a partition elsewhere", topic("t", [partition(0, [4, 5], { isr: [4] })], 1), "open"],
  ["min ISR not read", { name: "t", internal: false, partitions: [partition(0, [3, 4, 5])] }, "NotRead"],
  ["min ISR not read, one replica", { name: "t", internal: false, partitions: [partition(0, [3])] }, "open WithoutSpare"],
];

const batches: [string, readonly number[], Topic, string][] = [
  ["two of three, min ISR 2", [3, 4], topic("t", [partition(0, [3, 4, 5])], 2), "AtMinIsr"],
  ["two of three, min ISR 1", [3, 4], topic("t", [partition(0, [3, 4, 5])], 1), "open"],
  ["one of three each", [3, 4], topic("t", [partition(0, [3, 5]), partition(1, [4, 5])], 1), "open"],
  ["one of them out of sync already", [3, 4], topic("t", [partition(0, [3, 4, 5], { isr: [3, 5] })], 1), "open"],
  ["all that is in sync", [3, 4], topic("t", [partition(0, [3, 4, 5], { isr: [3, 4] })], 1), "OnlyReplicaInSync"],
  ["a partition of the second alone", [3, 4], topic("t", [partition(0, [4, 5], { isr: [4] })], 1), "OnlyReplicaInSync"],
  ["no spare: one may go", [3, 4], topic("t", [partition(0, [3, 5])], 2), "open WithoutSpare"],
  ["no spare: two may not", [3, 4], topic("t", [partition(0, [3, 4, 5])], 3), "AtMinIsr"],
  ["no spare, one out of sync already", [3, 4], topic("t", [partition(0, [3, 4, 5], { isr: [4, 5] })], 3), "open WithoutSpare"],
];

describe("gate: batches", () => {
  for (const [given, nodes, of, want] of batches) test(given, () => assert.equal(said(nodes, withTopics(of)), want));

  test("a member that is down takes nothing away, but its replica counts as gone", () => {
    const of = topic("t", [partition(0, [3, 4, 5])], 2);
    assert.equal(
      said(
        [3, 4],
        withNode(withTopics(of), 3, (node) => down(due(node))),
      ),
      "AtMinIsr",
    );
    const elsewhere = topic("t", [partition(0, [3, 5], { isr: [3] })], 1);
    assert.equal(
      said(
        [3, 4],
        withNode(withTopics(elsewhere), 3, (node) => down(due(node))),
      ),
      "open",
    );
  });

  test("a member that is starting holds all; all down are free", () => {
    const starting = withNode(world, 3, (node) => down(node, { startedAt: toInstant(worldTime - 9_000) }));
    assert.equal(said([3, 4], starting), "Starting");
    const both = withNode(brokenSelf, 4, (node) => down(node));
    assert.equal(said([3, 4], both), "open");
  });

  test("two controllers of five leave a majority, two of three do not", () => {
    assert.equal(said([1, 2], withQuorum(0, member(0), ...[1, 2, 3, 4].map((id) => member(id, 9)))), "open");
    assert.equal(said([1, 2], world), "QuorumBehind");
  });

  test("a node that Kafka does not hear of is free itself, and holds the others", () => {
    const silent = withNode(world, 4, (node) => ({ ...node, registration: "fenced", restartReasons: ["PodUnresponsive"] }));
    const alone = withKafkaState(silent, { topics: [topic("t", [partition(0, [3, 4, 5], { isr: [5] })], 2)] });
    assert.equal(said(4, alone), "open");
    assert.deepEqual(gate(3, silent), {
      open: false,
      because: { kind: "NeighbourNotReady", nodes: [{ id: 4, pod: "my-cluster-broker-4", detail: "Kafka does not hear of it" }] },
    });
  });
});

describe("gate: partitions", () => {
  for (const [given, of, want] of partitions) test(given, () => assert.equal(said(3, withTopics(of)), want));

  test("tells which partitions hold and whose return would unblock", () => {
    const answer = gate(3, withTopics(topic("t", [partition(0, [3, 4, 5], { isr: [3, 4] }), partition(1, [3, 4, 5])])));
    assert.deepEqual(answer, {
      open: false,
      because: {
        kind: "AtMinIsr",
        partitions: { total: 1, examples: [{ topic: "t", partition: 0, isr: [3, 4], minIsr: 2, replicas: 3, left: [4] }] },
        waitFor: [5],
      },
    });
  });
});

const lagging: QuorumMember = { id: 0, lag: 900, behindMs: 2_000 };
const member = (id: number, behindMs?: number): QuorumMember => ({ id, lag: 0, ...(behindMs === undefined ? {} : { behindMs }) });
const withQuorum = (leaderId: number, ...voters: QuorumMember[]) =>
  withKafkaState(world, { quorum: { leaderId, epoch: 1, voters, observers: [] } });

const quorums: [string, number, Observation, string][] = [
  ["three, all caught up", 0, world, "open"],
  ["three, the active one", 1, world, "open"],
  ["three, another behind", 2, withQuorum(1, lagging, member(1), member(2, 12)), "QuorumBehind"],
  ["three, itself behind", 0, withQuorum(1, lagging, member(1), member(2, 12)), "open"],
  ["three, nothing known of another", 0, withQuorum(1, member(0, 12), member(1), member(2)), "QuorumBehind"],
  ["two, the other caught up", 1, withQuorum(0, member(0), member(1, 9)), "open"],
  ["two, the other behind", 1, withQuorum(1, lagging, member(1)), "QuorumBehind"],
  ["four, one other behind", 1, withQuorum(1, lagging, member(1), member(2, 9), member(3, 9)), "QuorumBehind"],
  ["five, one other behind", 1, withQuorum(1, lagging, member(1), member(2, 9), member(3, 9), member(4, 9)), "open"],
  ["a single voter", 0, withQuorum(0, member(0)), "open SingleVoter"],
  ["no leader", 0, withQuorum(-1, member(0, 12), member(1, 12), member(2, 12)), "QuorumHasNoLeader"],
  ["no leader, for a broker", 3, withQuorum(-1, member(0, 12), member(1, 12), member(2, 12)), "QuorumHasNoLeader"],
  ["nobody votes", 0, withQuorum(1), "NotRead"],
  ["a controller needs no topics", 0, withTopics(topic("t", [partition(0, [3, 4, 5], { isr: [3] })])), "open"],
];

describe("gate: metadata quorum", () => {
  for (const [given, node, observation, want] of quorums) test(given, () => assert.equal(said(node, observation), want));
});

const unread = (part: "topics" | "quorum" | "reassignments"): Observation => {
  const { [part]: _, ...kafka } = world.kafka ?? assert.fail();
  return { ...world, kafka };
};
const move = { topic: "orders", partition: 0, replicas: [3, 4, 5], adding: [], removing: [] };

const others: [string, number, Observation, string][] = [
  ["Kafka not read", 3, withoutKafka(world, "nobody answers"), "NotRead"],
  ["topics not read", 3, unread("topics"), "NotRead"],
  ["topics not read, for a controller", 0, unread("topics"), "open"],
  ["quorum not read", 3, unread("quorum"), "NotRead"],
  ["reassignments not read", 3, unread("reassignments"), "NotRead"],
  ["pods not read", 3, { ...world, gaps: [{ part: "pods", because: "not permitted" }] }, "NotRead"],
  ["no such node", 9, world, "NotRead"],
  ["a reassignment of the node", 3, withKafkaState(world, { reassignments: [move] }), "ReassignmentUnderWay"],
  [
    "a reassignment to the node",
    3,
    withKafkaState(world, { reassignments: [{ ...move, replicas: [4], adding: [3] }] }),
    "ReassignmentUnderWay",
  ],
  ["a reassignment elsewhere", 3, withKafkaState(world, { reassignments: [{ ...move, replicas: [4, 5] }] }), "open"],
  ["a neighbour is down and needs no restart", 3, withNode(world, 4, (node) => down(node)), "NeighbourNotReady"],
  ["a neighbour's pod is missing", 3, withNode(world, 4, withoutPod), "NeighbourNotReady"],
  ["a neighbour is fenced", 3, withNode(world, 4, (node) => ({ ...node, registration: "fenced" })), "NeighbourNotReady"],
  ["a neighbour is down and needs a restart", 3, withNode(world, 4, (node) => down(due(node))), "open"],
  ["a broker that is gone but registered", 3, { ...world, nodes: [...world.nodes, gone(9)] }, "open"],
  ["its pod is not ready", 3, brokenSelf, "open"],
  ["its pod is not ready, but Kafka counts on it", 3, withNode(brokenSelf, 3, unready), "AtMinIsr"],
  ["its pod is not ready, Kafka counts on it and can spare it", 3, withNode(world, 3, unready), "open"],
  ["its pod is missing", 3, withNode(brokenSelf, 3, withoutPod), "open"],
  ["its pod has just started", 3, withNode(brokenSelf, 3, (node) => down(node, { startedAt: toInstant(worldTime - 9_000) })), "Starting"],
  [
    "its pod cannot start",
    3,
    withNode(brokenSelf, 3, (node) => down(node, { startedAt: toInstant(worldTime), trouble: "CrashLoopBackOff" })),
    "open",
  ],
  ["its pod is not ready and nothing was read", 3, withoutKafka(brokenSelf, "nobody answers"), "open"],
  ["its pod is not ready, it votes and is not needed", 0, withNode(world, 0, (node) => down(node)), "open"],
  [
    "its pod is not ready, but it votes and is needed",
    2,
    withNode(withQuorum(1, lagging, member(1), member(2, 3)), 2, (node) => down(node)),
    "QuorumBehind",
  ],
];

function gone(id: number): NodeState {
  return { id, name: `host-${id}`, roles: ["broker"], restartReasons: [], registration: "fenced" };
}

describe("gate: everything else", () => {
  for (const [given, node, observation, want] of others) test(given, () => assert.equal(said(node, observation), want));

  test("an unread part tells why, and what to do", () => {
    const answer = gate(3, withoutKafka(world, "nobody answers"));
    assert.deepEqual(answer, { open: false, because: { kind: "NotRead", part: "Kafka", because: "nobody answers" } });
  });
});

const weak = withTopics(topic("t", [partition(0, [3, 4, 5], { isr: [3] })], 2));
const changes: [string, Observation, readonly string[], string][] = [
  ["all is well", world, ["log.retention.ms"], "open"],
  ["a partition is under min ISR", weak, ["log.retention.ms"], "UnderMinIsr"],
  ["a partition is under min ISR, and min ISR changes", weak, ["min.insync.replicas"], "open"],
  ["a partition has a replica out of sync", withTopics(topic("t", [partition(0, [3, 4, 5], { isr: [3, 4] })], 2)), [], "open"],
  ["a node is down", withNode(world, 4, (node) => down(node)), [], "NeighbourNotReady"],
  ["the quorum has no leader", withQuorum(-1, member(0), member(1), member(2)), [], "QuorumHasNoLeader"],
  ["Kafka was not read", withoutKafka(world, "nobody answers"), [], "NotRead"],
  ["pods were not read", { ...world, gaps: [{ part: "pods", because: "not permitted" }] }, [], "NotRead"],
];

describe("gate: changes of settings", () => {
  for (const [given, observation, options, want] of changes)
    test(given, () => {
      const answer = changeGate(observation, options);
      assert.equal(answer.open ? "open" : answer.because.kind, want);
    });
});

describe("restart order", () => {
  test("controllers, the active one last, then brokers; those that are down first", () => {
    const some = withNode(
      withNode(world, 2, (node) => down(node)),
      5,
      (node) => down(node),
    );
    assert.deepEqual(restartOrder([5, 4, 3, 2, 1, 0], some), [2, 0, 1, 5, 3, 4]);
  });
  test("the active controller waits even when its pod is down", () =>
    assert.deepEqual(
      restartOrder(
        [0, 1, 2],
        withNode(world, 1, (node) => down(node)),
      ),
      [0, 2, 1],
    ));
  test("combined nodes are controllers; unknown nodes come last, nothing comes twice", () => {
    const combined = withNode(world, 5, (node) => ({ ...node, roles: ["controller", "broker"] }));
    assert.deepEqual(restartOrder([9, 3, 5, 5], combined), [5, 3, 9]);
  });
});

const brokers = [3, 4, 5, 6, 7];

const anyPartition = fc.tuple(fc.shuffledSubarray(brokers, { minLength: 1 }), fc.nat(), fc.boolean()).map(([replicas, seed, led]) => {
  const isr = replicas.filter((_, at) => (seed >> at) % 2 === 0);
  return partition(0, replicas, { isr, ...(led ? {} : { leader: -1 }) });
});

const anyTopics = fc
  .array(fc.tuple(fc.array(anyPartition, { maxLength: 4 }), fc.integer({ min: 1, max: 3 })), { maxLength: 4 })
  .map((topics) =>
    topics.map(([list, minIsr], at) =>
      topic(
        `t${at}`,
        list.map((one, index) => ({ ...one, partition: index })),
        minIsr,
      ),
    ),
  );

const anyVoters = fc
  .array(fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }), { minLength: 1, maxLength: 7 })
  .chain((list) => fc.tuple(fc.constant(list), fc.integer({ min: -1, max: list.length - 1 })))
  .map(([list, leaderId]) => ({ leaderId, epoch: 1, voters: list.map((behindMs, id) => member(id, behindMs)), observers: [] }));

function checkPartition({ replicas, isr }: Topic["partitions"][number], minIsr: number, nodes: readonly number[]): void {
  if (!replicas.some((id) => nodes.includes(id))) return;
  const left = isr.filter((id) => !nodes.includes(id));
  if (replicas.length > 1 && isr.length > 0) assert.ok(left.length > 0, "a replica in sync is left");
  if (replicas.length > minIsr) assert.ok(left.length >= minIsr, "min ISR is kept");
  else assert.ok(isr.length - left.length <= 1, "without spare at most one goes");
}

test("no restart that is allowed takes a partition below min ISR or its last replica, or the quorum its majority", () => {
  const everyNode = [...world.nodes, ...[6, 7].map((id) => ({ ...gone(id), registration: "active" as const }))].map((one) => ({
    ...one,
    pod: pod(one.name),
  }));
  const anyBatch = fc.oneof(
    fc.constantFrom(...brokers, 0, 1, 2).map((node) => [node]),
    fc.shuffledSubarray([...brokers, 0, 1, 2], { minLength: 1 }),
  );
  fc.assert(
    fc.property(anyTopics, anyVoters, anyBatch, (topics, quorum, nodes) => {
      const answer = gate(nodes, withKafkaState({ ...world, nodes: everyNode }, { topics, quorum }));
      if (!answer.open) return;
      for (const { partitions: list, minIsr = 1 } of topics) for (const one of list) checkPartition(one, minIsr, nodes);
      assert.ok(quorum.leaderId >= 0);
      const { length } = quorum.voters;
      const voting = quorum.voters.filter(({ id }) => nodes.includes(id)).length;
      if (length < 3 || voting === 0) return;
      const left = quorum.voters.filter(
        ({ id, behindMs }) => !nodes.includes(id) && (id === quorum.leaderId || (behindMs ?? 9_999) < 2_000),
      );
      assert.ok(left.length > length / 2, "a majority is left");
    }),
    { numRuns: 3_000 },
  );
});
