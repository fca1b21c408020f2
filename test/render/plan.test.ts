import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth } from "../../src/render/display-width.ts";
import { type PlanOptions, renderPlan, renderRefusals } from "../../src/render/plan.ts";
import { createStyle } from "../../src/render/style.ts";
import { matchGolden } from "../golden.ts";
import { everything, planOf } from "./plans.ts";

const options: PlanOptions = { style: createStyle({ color: false, unicode: true }), width: 80, self: "kubectl kafka", verbose: false };
const page = (changes: Partial<PlanOptions> = {}) => renderPlan(everything, { ...options, ...changes });

test("plan: everything, at 80 columns", () => matchGolden("plan/everything-80.txt", page()));
test("plan: everything, at 120 columns", () => matchGolden("plan/everything-120.txt", page({ width: 120 })));
test("plan: everything, in colour", () =>
  matchGolden("plan/everything-color.txt", page({ style: createStyle({ color: true, unicode: true }) })));
test("plan: everything in full, plain symbols", () =>
  matchGolden(
    "plan/everything-full.txt",
    page({ verbose: true, width: Number.POSITIVE_INFINITY, style: createStyle({ color: false, unicode: false }) }),
  ));

test("plan: no line is longer than 80 columns", () =>
  assert.deepEqual(
    page()
      .split("\n")
      .filter((line) => displayWidth(line) > 80),
    [],
  ));

test("plan: nothing to do, though the executor would write and wait", () => {
  const plan = planOf([{ kind: "WriteStatus", phase: "final" }]);
  assert.equal(renderPlan(plan, options), "Kafka kafka/my-cluster: nothing to do\n");
  assert.match(
    renderPlan({ ...plan, leftAlone: everything.leftAlone }, options),
    /^Kafka kafka\/my-cluster: nothing to do\n\nLEFT AS IT IS\n/,
  );
});

test("plan: refused", () => matchGolden("plan/refused-80.txt", renderRefusals(everything.leftAlone, options)));
