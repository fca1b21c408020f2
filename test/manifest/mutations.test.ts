import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { renderProblems } from "../../src/render/problems.ts";
import { parseText } from "./base.ts";
import { mutatedJson, mutatedYaml } from "./mutated.ts";

const runs = 1000;

/** Problems with a place, or clusters; an error keeps its cluster out. */
function judge(text: string): void {
  const { clusters, problems } = parseText(text);
  for (const { severity, source, message, document, line, path } of problems) {
    assert.ok(source === "a.yaml" && message !== "");
    assert.ok(document === 0 || (line !== undefined && line >= 1 && line <= text.split("\n").length), `${path}: ${line}`);
    assert.ok(severity === "error" || severity === "warning");
  }
  // a Kafka of another group is none of ours
  if (clusters.length === 0 && /apiVersion: kafka\.strimzi\.io\/v1\nkind: Kafka\n/.test(text)) assert.ok(problems.length > 0);
  // nothing that a manifest says reaches the terminal as a control character
  assert.doesNotMatch(renderProblems(problems).replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
  for (const { config, pools } of clusters) {
    for (const value of Object.values(config)) assert.doesNotMatch(value, /[\r\n\u0000]/);
    assert.ok(pools.some(({ roles }) => roles.includes("broker")) && pools.some(({ roles }) => roles.includes("controller")));
    for (const { volumes } of pools) assert.equal(volumes.filter(({ kraftMetadata }) => kraftMetadata).length, 1);
  }
}

test(`${runs} mutated documents as YAML: problems with a place or sound clusters, never a throw`, () => {
  fc.assert(fc.property(mutatedYaml, judge), { numRuns: runs });
});

test(`${runs / 2} mutated documents as JSON`, () => {
  fc.assert(fc.property(mutatedJson, judge), { numRuns: runs / 2 });
});

test("any text at all", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(..."{}[]&*!|>'\"%@`-:?# \n\tab01<=") })), judge),
    { numRuns: runs / 2 },
  );
});
