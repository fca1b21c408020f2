import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldLines, takenApart } from "../../src/render/field-change.ts";
import { createStyle } from "../../src/render/style.ts";

const options = { style: createStyle({ color: false, unicode: true }), width: 40, verbose: false };

test("a text of settings is told line by line", () =>
  assert.deepEqual(takenApart([{ path: "data.x", from: "a=1\nb: 2\n[old]\nsame=1\n", to: "a=3\n[new one]\nsame=1\n" }]), [
    { path: "data.x: a", from: "1", to: "3" },
    { path: "data.x: b", from: "2" },
    { path: "data.x: [old]", from: "[old]" },
    { path: "data.x: [new one]", to: "[new one]" },
  ]));

test("lines that only changed their order are one change; a new file stays whole", () => {
  const moved = { path: "data.x", from: "a=1\nb=2", to: "b=2\na=1" };
  const made = { path: "data.y", to: "a=1\nb=2" };
  assert.deepEqual(takenApart([moved, made]), [moved, made]);
});

test("a script that changes is told by its size", () => {
  const change = { path: "data.start.sh", from: "#!/bin/bash\nexit 1\n", to: "#!/bin/bash\nset -eu\nexec kafka\n" };
  assert.deepEqual(takenApart([change]), [change]);
  assert.deepEqual(fieldLines(change, options), ["data.start.sh: 1 line removed, 2 added"]);
  const moved = { path: "x", from: "a\nb\n", to: "b\na\n" };
  assert.deepEqual(fieldLines(moved, options), ["x: its lines change their order"]);
});

test("what does not fit takes two lines, and is cut when it is wider still", () => {
  assert.deepEqual(fieldLines({ path: "spec.replicas", from: 3, to: 5 }, options), ["spec.replicas: 3 → 5"]);
  assert.deepEqual(fieldLines({ path: "spec.a.long.path.of.fields", from: "one-value", to: "another" }, options), [
    "spec.a.long.path.of.fields:",
    "  one-value → another",
  ]);
  const wide = fieldLines({ path: "spec", from: "a".repeat(90), to: "b".repeat(90) }, options);
  assert.deepEqual(wide, ["spec:", `  ${"a".repeat(16)}… → ${"b".repeat(16)}…`]);
  assert.equal(fieldLines({ path: "spec", to: "b".repeat(90) }, { ...options, verbose: true })[0], `spec: ${"b".repeat(90)}`);
});

test("a Secret's value is never told", () =>
  assert.deepEqual(fieldLines({ path: "data.k", from: "(secret)", to: "(secret)" }, options), ["data.k: changes (secret)"]));
