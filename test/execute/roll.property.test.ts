import { test } from "node:test";
import { rollsInWaves, rollsOneByOne } from "./killed-rolls.ts";

test("a roll that is killed anywhere, while replicas fall behind, never breaks min ISR or the quorum, and the next run ends it", () =>
  rollsOneByOne(25));

test("waves of any size, killed anywhere while replicas fall behind: safe all the way, and everybody once", () => rollsInWaves(15));
