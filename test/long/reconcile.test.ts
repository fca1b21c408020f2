import { test } from "node:test";
import { leavesNothingToDo } from "../cli/leaves-nothing.ts";

test("what a run leaves behind plans to nothing, many times over; FC_NUM_RUNS says how many", () =>
  leavesNothingToDo(Number(process.env.FC_NUM_RUNS ?? 5_000)));
