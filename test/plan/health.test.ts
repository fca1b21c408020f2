import assert from "node:assert/strict";
import { test } from "node:test";
import type { Observation } from "../../src/model/observation.ts";
import { judge } from "../../src/plan/health.ts";
import {
  certificate,
  healthyWorld,
  partition,
  pod,
  topic,
  withKafkaState,
  withNode,
  withoutKafka,
  withoutPod,
  worldTime,
} from "../worlds.ts";

const world = healthyWorld();

function withoutQuorum(from: Observation): Observation {
  const { quorum: _, ...kafka } = from.kafka ?? assert.fail("this world has no Kafka");
  return { ...from, kafka };
}

const cases: { given: string; world: Observation; health: string; reasons: string[] }[] = [
  { given: "nothing wrong", world, health: "healthy", reasons: [] },
  {
    given: "a partition without leader",
    world: withKafkaState(world, { topics: [topic("orders", [partition(0, [3, 4, 5], { isr: [], leader: -1 })])] }),
    health: "unhealthy",
    reasons: ["PartitionsOffline"],
  },
  {
    given: "an ISR below min ISR, and another that only lacks a replica",
    world: withKafkaState(world, {
      topics: [topic("orders", [partition(0, [3, 4, 5], { isr: [4] }), partition(1, [3, 4, 5], { isr: [4, 5] })])],
    }),
    health: "unhealthy",
    reasons: ["UnderMinIsr", "UnderReplicated"],
  },
  { given: "a pod that is not there", world: withNode(world, 4, withoutPod), health: "unhealthy", reasons: ["PodMissing"] },
  {
    given: "a pod that finds no place",
    world: withNode(world, 4, (node) => ({
      ...node,
      pod: pod(node.name, { phase: "Pending", ready: false, trouble: "Unschedulable: no room" }),
    })),
    health: "unhealthy",
    reasons: ["PodPending"],
  },
  {
    given: "a pod that is not ready and so not registered: told once",
    world: withNode(world, 4, (node) => ({ ...node, registration: "absent", pod: pod(node.name, { ready: false }) })),
    health: "unhealthy",
    reasons: ["PodNotReady"],
  },
  {
    given: "a fenced broker in a ready pod",
    world: withNode(world, 4, (node) => ({ ...node, registration: "fenced" })),
    health: "unhealthy",
    reasons: ["BrokerFenced"],
  },
  {
    given: "a volume at 90 %",
    world: withNode(world, 3, (node) => ({ ...node, disk: { usedBytes: 90, sizeBytes: 100 } })),
    health: "healthy",
    reasons: ["DiskNearlyFull"],
  },
  {
    given: "a volume at 96 %",
    world: withNode(world, 3, (node) => ({ ...node, disk: { usedBytes: 96, sizeBytes: 100 } })),
    health: "unhealthy",
    reasons: ["DiskNearlyFull"],
  },
  {
    given: "an offline log directory",
    world: withNode(world, 3, (node) => ({ ...node, offlineLogDirs: ["/data"] })),
    health: "unhealthy",
    reasons: ["LogDirOffline"],
  },
  {
    given: "a quorum without leader",
    world: withKafkaState(world, { quorum: { leaderId: -1, epoch: 1, voters: [], observers: [] } }),
    health: "unhealthy",
    reasons: ["QuorumHasNoLeader"],
  },
  {
    given: "a voter that stopped fetching",
    world: withKafkaState(world, {
      quorum: {
        leaderId: 1,
        epoch: 1,
        voters: [
          { id: 0, lag: 9, behindMs: 60_000 },
          { id: 1, lag: 0 },
        ],
        observers: [],
      },
    }),
    health: "unhealthy",
    reasons: ["QuorumVoterBehind"],
  },
  {
    given: "a voter that trails by a record or two, as they all do",
    world: withKafkaState(world, {
      quorum: {
        leaderId: 1,
        epoch: 1,
        voters: [
          { id: 0, lag: 2, behindMs: 400 },
          { id: 1, lag: 0 },
        ],
        observers: [],
      },
    }),
    health: "healthy",
    reasons: [],
  },
  {
    given: "a certificate that ends this week",
    world: { ...world, certificates: [certificate("my-cluster-cluster-ca-cert", 6)] },
    health: "healthy",
    reasons: ["CertificateExpiring"],
  },
  {
    given: "a certificate that ended",
    world: { ...world, certificates: [certificate("my-cluster-cluster-ca-cert", -2)] },
    health: "unhealthy",
    reasons: ["CertificateExpired"],
  },
  { given: "Kafka that does not answer", world: withoutKafka(world, "no route"), health: "unknown", reasons: ["KafkaUnreachable"] },
  {
    given: "Kafka that does not answer, and a pod down",
    world: withNode(withoutKafka(world, "no route"), 4, withoutPod),
    health: "unhealthy",
    reasons: ["PodMissing", "KafkaUnreachable"],
  },
  {
    given: "pods that may not be listed",
    world: { ...world, nodes: [], gaps: [{ part: "pods", because: "forbidden" }] },
    health: "unknown",
    reasons: [],
  },
  {
    given: "a quorum that does not answer: it may be lost",
    world: { ...withoutQuorum(world), gaps: [{ part: "metadata quorum", because: "no answer within 30 s" }] },
    health: "unknown",
    reasons: [],
  },
  {
    given: "a topic with fewer replicas than min ISR asks for: Kafka counts with its replicas",
    world: withKafkaState(world, { topics: [topic("single", [partition(0, [3])], 2)] }),
    health: "healthy",
    reasons: [],
  },
  { given: "no node at all", world: { ...world, nodes: [] }, health: "unhealthy", reasons: ["NoKafkaNodes"] },
  {
    given: "a restart that is due",
    world: withNode(world, 3, (node) => ({ ...node, restartReasons: ["PodHasOldRevision"] })),
    health: "healthy",
    reasons: ["RestartPending"],
  },
  {
    given: "two versions",
    world: withNode(world, 3, (node) => ({ ...node, version: "4.2.0" })),
    health: "healthy",
    reasons: ["VersionsDiffer"],
  },
  {
    given: "a resource that says it failed and warns",
    world: {
      ...world,
      declared: {
        paused: true,
        generation: 3,
        observedGeneration: 2,
        conditions: [
          { type: "Warning", status: "True", reason: "KafkaStorage", message: "kept" },
          { type: "NotReady", status: "True", reason: "TimeoutException", message: "no" },
          { type: "Ready", status: "True" },
        ],
      },
    },
    health: "unhealthy",
    reasons: ["ConditionReported", "ReconciliationPaused", "ConditionReported", "NotReconciled"],
  },
];

for (const { given, world: observation, health, reasons } of cases) {
  test(`health: ${given}`, () => {
    const verdict = judge(observation, worldTime);
    assert.deepEqual({ health: verdict.health, reasons: verdict.findings.map(({ reason }) => reason) }, { health, reasons });
  });
}

test("health: partitions are counted for all they are, and the missing nodes named", () => {
  const topics = [
    topic("orders", [partition(0, [3, 4, 5], { isr: [4] }), partition(1, [3, 4, 5], { isr: [4, 5] }), partition(2, [3, 4, 5])]),
    topic("single", [partition(0, [3])], 1),
    topic("gone", [partition(0, [3], { isr: [3], leader: -1 })], 1),
  ];
  const verdict = judge(withKafkaState(world, { topics }), worldTime);
  assert.deepEqual(verdict.partitions, { topics: 3, total: 5, offline: 1, underMinIsr: 1, atMinIsr: 1, underReplicated: 2 });
  const [, underMin] = verdict.findings;
  assert.ok(underMin?.reason === "UnderMinIsr");
  assert.deepEqual(underMin.nodes, [3, 5]);
  assert.deepEqual(underMin.partitions, { total: 1, examples: [{ topic: "orders", partition: 0, isr: [4], minIsr: 2 }] });
});

test("health: 1,000 troubled partitions are counted, five are named", () => {
  const partitions = Array.from({ length: 1000 }, (_, id) => partition(id, [3, 4, 5], { isr: [4, 5] }));
  const [finding] = judge(withKafkaState(world, { topics: [topic("orders", partitions)] }), worldTime).findings;
  assert.ok(finding?.reason === "UnderReplicated");
  assert.equal(finding.partitions.total, 1000);
  assert.equal(finding.partitions.examples.length, 5);
});
