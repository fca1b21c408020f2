import { test } from "node:test";
import { rollsInWaves, rollsOneByOne } from "../execute/killed-rolls.ts";

const runs = Number(process.env.FC_NUM_RUNS ?? 2_000);

test("rolls that are killed anywhere, many times over", () => rollsOneByOne(runs));

test("rolls in waves that are killed anywhere, many times over", () => rollsInWaves(runs));
