import { test } from "node:test";
import { leavesNothingToDo } from "./leaves-nothing.ts";

test("what a run leaves behind plans to nothing, whatever was asked for and is asked for then", () => leavesNothingToDo(40));
