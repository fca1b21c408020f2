import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEvent } from "../../src/model/event.ts";
import { renderEvent } from "../../src/render/progress.ts";
import { createStyle } from "../../src/render/style.ts";
import { matchGolden } from "../golden.ts";
import { everything } from "./plans.ts";

type Unlisted<E> = E extends RunEvent ? Omit<E, "at"> : never;

const steps = everything.waves.flatMap((wave) => wave.steps);
const idOf = (kind: string): string => steps.find((step) => step.kind === kind)?.id ?? assert.fail(kind);
const restart = idOf("RestartNodes");
const wait = idOf("WaitFor");
const pod = "my-cluster-controller-0";

const done = (step: string, ms: number) => ({ kind: "StepDone", step, outcome: "changed", ms }) as const;

const events: Unlisted<RunEvent>[] = [
  { kind: "PlanStarted", plan: everything },
  ...steps.filter(({ kind }) => kind !== "WaitFor" && kind !== "RestartNodes").map(({ id }, at) => done(id, at * 40)),
  { kind: "StepStarted", step: wait },
  {
    kind: "Waiting",
    step: wait,
    condition: { kind: "PodsReady", pods: ["a", "b", "c"] },
    progress: { text: "1 of 3 pods ready", done: 1, total: 3 },
  },
  {
    kind: "Waiting",
    step: wait,
    condition: { kind: "PodsReady", pods: ["a", "b", "c"] },
    progress: { text: "2 of 3 pods ready", done: 2, total: 3 },
    because: "c: Unschedulable",
  },
  done(wait, 31_000),
  { kind: "StepStarted", step: restart },
  {
    kind: "Waiting",
    step: restart,
    condition: { kind: "GateOpen", nodes: [{ node: 0, pod }] },
    because: "orders-7 has ISR {3,4} = min ISR 2; waiting for node 5 to catch up",
  },
  {
    kind: "Waiting",
    step: restart,
    condition: { kind: "NodesBack", nodes: [{ node: 0, pod, previousUid: "u" }] },
    because: "the old pod is shutting down",
  },
  {
    kind: "Waiting",
    step: restart,
    condition: { kind: "NodesBack", nodes: [{ node: 0, pod, previousUid: "u" }] },
    progress: { text: "12 of 40 replicas in sync" },
  },
  {
    ...done(restart, 9_012),
    nodes: [{ node: 0, pod, ms: 9_012, phases: { leaving: 900, down: 1_200, starting: 6_000, registering: 300, catchingUp: 600 } }],
    leftMs: 45_000,
  },
  { kind: "StepDone", step: restart, outcome: "alreadyDone", ms: 12 },
  { kind: "StepDone", step: restart, outcome: "held", ms: 12_345, because: "interrupted" },
  {
    kind: "StepDone",
    step: restart,
    outcome: "failed",
    ms: 300_000,
    because: `after 5 min ${pod} is not back: CrashLoopBackOff`,
    hint: "kubectl logs",
  },
  { kind: "StepDone", step: "no such step", outcome: "changed", ms: 1 },
  { kind: "RunDone", counts: { changed: 12, alreadyDone: 2, failed: 1, notReached: 4 }, ok: false, because: "x", hint: "y" },
  { kind: "RunDone", counts: { changed: 12, alreadyDone: 2, failed: 0, notReached: 0 }, ok: true },
  { kind: "RunDone", counts: { changed: 0, alreadyDone: 0, failed: 0, notReached: 0 }, ok: true },
];

const lines = (color: boolean): string => {
  const style = createStyle({ color, unicode: true });
  return `${events.flatMap((event) => renderEvent({ at: "2026-11-23T12:00:00.000Z", ...event }, everything, { style }) ?? []).join("\n")}\n`;
};

test("progress: every event", () => matchGolden("progress/events.txt", lines(false)));
test("progress: every event, in colour", () => matchGolden("progress/events-color.txt", lines(true)));
