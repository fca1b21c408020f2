import { test } from "node:test";
import { applyUnsound } from "./mutated-documents.ts";

const runs = 200;

test(`apply of ${runs} mutated documents is refused with the place, and nothing is changed`, () => applyUnsound(runs));
