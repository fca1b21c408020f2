import assert from "node:assert/strict";
import fc from "fast-check";
import { newWorld } from "../fakes/world/world.ts";
import { parseText } from "../manifest/base.ts";
import { mutatedJson, mutatedYaml } from "../manifest/mutated.ts";
import { runIn } from "./world-cli.ts";

/** What begins a line that tells a person something. */
const told = /^(error|warning|hint): /;

async function apply(text: string): Promise<void> {
  const world = newWorld();
  const { stdout, stderr, exitCode } = await runIn(world, "apply -f -", { files: { "-": text } });
  assert.ok([0, 1, 2, 3].includes(exitCode), `exit ${exitCode}: ${stderr}`);
  assert.doesNotMatch(stderr, /this is a bug|^ {4}at /m);
  assert.doesNotMatch(stdout.replaceAll("\n", ""), /\p{Cc}/u);
  assert.doesNotMatch(stderr.replaceAll("\n", ""), /[\p{Cc}\p{Bidi_Control}]/u);
  if (exitCode === 0) return;
  assert.deepEqual(world.writes, [], stderr);
  assert.match(stderr, /^error: (standard input|there is no resource in standard input)/m);
  for (const line of stderr.trimEnd().split("\n")) assert.match(line, told);
}

const texts = fc.oneof({ weight: 2, arbitrary: mutatedYaml }, { weight: 1, arbitrary: mutatedJson });

const isSound = (text: string): boolean => {
  const { clusters, problems } = parseText(text);
  return clusters.length > 0 && problems.every(({ severity }) => severity === "warning");
};

/** Applies so many mutated documents, each to a world of its own: done, or refused with the place and nothing changed. */
export const applyMutated = (numRuns: number): Promise<void> => fc.assert(fc.asyncProperty(texts, apply), { numRuns });

/** The same with those alone that are refused, which takes a fraction of the time. */
export const applyUnsound = (numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(
      texts.filter((text) => !isSound(text)),
      apply,
    ),
    { numRuns },
  );
