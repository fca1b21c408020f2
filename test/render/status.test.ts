import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import type { Observation } from "../../src/model/observation.ts";
import { judge } from "../../src/plan/health.ts";
import { renderStatus, type StatusOptions } from "../../src/render/status.ts";
import { createStyle } from "../../src/render/style.ts";
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

const folder = new URL("../golden/status/", import.meta.url);

/** Compares with the golden file; UPDATE_GOLDEN=1 writes it. */
function golden(name: string, text: string): void {
  const file = new URL(`${name}.txt`, folder);
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
  }
  assert.equal(text, readFileSync(file, "utf8"));
}

const options: StatusOptions = {
  style: createStyle({ color: false, unicode: true }),
  width: 80,
  now: worldTime,
  verbose: false,
  sections: [],
  self: "kubectl kafka",
};
const page = (world: Observation, changes: Partial<StatusOptions> = {}) =>
  renderStatus(world, judge(world, worldTime), { ...options, ...changes });

const world = healthyWorld();

const sick = withNode(
  withNode(
    withKafkaState(world, {
      topics: [
        topic("orders", [partition(3, [3, 4, 5], { isr: [4] }), partition(7, [3, 4, 5], { isr: [4] })]),
        topic("payments", [partition(0, [3, 4, 5], { isr: [3, 4] })]),
      ],
      reassignments: [{ topic: "orders", partition: 3, replicas: [3, 4, 5, 6], adding: [6], removing: [3] }],
    }),
    5,
    (node) => ({ ...withoutPod(node), registration: "absent" }),
  ),
  4,
  (node) => ({
    ...node,
    restartReasons: ["PodHasOldRevision"],
    pod: pod(node.name, {
      phase: "Pending",
      ready: false,
      trouble: "Unschedulable: 0/3 nodes are available: 3 Insufficient memory, no preemption victims found",
    }),
  }),
);

test("status page: healthy, at 80 columns", () => golden("healthy-80", page(world)));
test("status page: healthy, at 120 columns", () => golden("healthy-120", page(world, { width: 120 })));
test("status page: healthy, in detail and as wide as it gets", () =>
  golden("healthy-wide", page(world, { width: Number.POSITIVE_INFINITY, verbose: true })));
test("status page: much is wrong, at 80 columns", () => golden("sick-80", page(sick)));
test("status page: much is wrong, in colour", () =>
  golden("sick-color", page(sick, { style: createStyle({ color: true, unicode: true }) })));
test("status page: Kafka cannot be asked", () => golden("no-kafka-80", page(withoutKafka(world, "pods/portforward is not permitted"))));
test("status page: a part with nothing to say says so, and long gaps are broken", () => {
  assert.equal(page(world, { sections: ["operator"] }), "operator: nothing to tell\n");
  const because = `not permitted: ${"list things ".repeat(12)}`;
  const lines = page({ ...world, gaps: [{ part: "things", because }] }).split("\n");
  assert.ok(lines.every((line) => line.length <= 80));
});

test("status page: pods that may not be listed are not said to be missing", () => {
  const blind = { ...withNode(world, 4, withoutPod), gaps: [{ part: "pods", because: "not permitted: list pods" }] };
  const text = page(blind);
  assert.match(text, /^NODES {2}6, pods not seen$/m);
  assert.doesNotMatch(text, /missing/);
});

test("status page: only what was asked for", () => golden("sections", page(sick, { sections: ["quorum", "issues"] })));

test("status page: managed and paused, certificates about to end", () => {
  const managed: Observation = {
    ...world,
    mode: { kind: "managed", because: "its pods belong to StrimziPodSets" },
    operator: { namespace: "strimzi", name: "strimzi-cluster-operator", version: "1.2.0", ready: true },
    declared: {
      paused: true,
      conditions: [{ type: "Warning", status: "True", reason: "KafkaStorage", message: "the old storage is kept" }],
    },
    certificates: [certificate("my-cluster-cluster-ca-cert", 6), certificate("my-cluster-clients-ca-cert", 300)],
    gaps: [{ part: "zones of Kubernetes nodes", because: "not permitted: list nodes" }],
  };
  golden("managed", page(managed));
});

test("status page: where the plugin itself looks after a cluster, what is due is done by reconcile", () => {
  const declared = { paused: false, conditions: [], generation: 2, observedGeneration: 1 };
  const due = withNode({ ...world, declared, certificates: [certificate("my-cluster-cluster-ca-cert", 6)] }, 4, (node) => ({
    ...node,
    restartReasons: ["PodHasOldRevision"],
  }));
  assert.equal(page(due).match(/^ +-> kubectl kafka reconcile my-cluster -n kafka$/gm)?.length, 3);
});

test("status page: no line is longer than 80 columns where names allow it", () => {
  for (const text of [page(world), page(sick)]) {
    const tooLong = text.split("\n").filter((line) => line.length > 80 && !line.includes("->"));
    assert.deepEqual(tooLong, []);
  }
});
