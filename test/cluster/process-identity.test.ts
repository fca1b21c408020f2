import assert from "node:assert/strict";
import { test } from "node:test";
import { identify, isAlive, parseStat } from "./process-identity.ts";

const afterName = "S 1 77 77 0 -1 4194304 100 0 0 0 5 3 0 0 20 0 4 0 192034 123456 789";

test("reads state and start time whatever the program is called", () => {
  const cases = ["node", "a b", ") R 1 (", "weird (name)"];
  for (const name of cases) assert.deepEqual(parseStat(`42 (${name}) ${afterName}`), { state: "S", startTicks: 192034 }, name);
});

test("refuses what is not a stat file", () => {
  assert.throws(() => parseStat("42 (node) S 1 2"), /unexpected contents/);
});

test("knows a process again, and nobody else by its number", () => {
  const self = identify(process.pid);
  assert.ok(self);
  assert.equal(isAlive(self), true);
  assert.equal(isAlive({ ...self, startTicks: self.startTicks + 1 }), false, "a later process with the same number");
  assert.equal(isAlive({ ...self, boot: "another boot" }), false, "the number and start time of another boot");
});

test("finds no process where there is none", () => {
  assert.equal(identify(2 ** 22 + 1), undefined);
});
