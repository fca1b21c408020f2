import { test } from "node:test";
import { applyMutated } from "../cli/mutated-documents.ts";

const runs = 10_000;

test(`apply of ${runs} mutated documents: done, or refused with the place and nothing changed`, () => applyMutated(runs));
