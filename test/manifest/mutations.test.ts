import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { renderProblems } from "../../src/render/problems.ts";
import { asText, parseText, put, sound } from "./base.ts";

const runs = 1000;

/** Every path of the sound documents, down to the leaves. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, Array.isArray(value) ? Number(key) : key]))];
}

const places = sound().flatMap((object, index) =>
  pathsOf(object)
    .filter((path) => path.length > 0)
    .map((path) => ({ index, path })),
);

const hostile = fc.constantFrom<unknown>(
  null,
  "",
  " ",
  "\u0000",
  "\u001b[2J",
  "\u202e",
  "a\nb: c",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "$(reboot)",
  "{{.}}",
  "🦄".repeat(50),
  "x".repeat(10_000),
  "9".repeat(400),
  "-9999999999999999999",
  2 ** 63,
  -1,
  0.1,
  1e308,
  [],
  {},
  [[[[]]]],
  { toString: 1 },
  { hasOwnProperty: null },
  true,
  "10Gi",
  "internal",
);

const mutation = fc.record({
  place: fc.constantFrom(...places),
  value: fc.oneof(hostile, fc.jsonValue({ maxDepth: 4 })),
  how: fc.constantFrom("replace", "remove", "add"),
  name: fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "listners", "Replicas")),
});

type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutated(mutations: readonly Mutation[]) {
  const objects = sound();
  for (const { place, value, how, name } of mutations) {
    try {
      const target = objects[place.index] ?? {};
      if (how === "add") put(target, [...place.path, name], structuredClone(value));
      else put(target, place.path, how === "remove" ? undefined : structuredClone(value));
    } catch {
      // an earlier mutation took the place away
    }
  }
  return objects;
}

/** Text with the forms that YAML adds: each keeps it readable or makes it wrong, never the reader fail. */
const textChanges: readonly ((text: string, at: number) => string)[] = [
  (text) => text,
  (text) => `\uFEFF${text}`,
  (text) => text.replaceAll("\n", "\r\n"),
  (text) => text.replace("spec:", "spec: &spec").replace(/$/, "\nmore: *spec\n"),
  (text) => text.replace("metadata:", "<<: {x: 1}\nmetadata:"),
  (text) => text.replace("kind:", "kind: Kafka\nkind:"),
  (text) => text.replace("true", "yes").replace("3", "0o3"),
  (text) => text.replace("---", "...\n---\n---\n# nothing\n---"),
  (text, at) => text.slice(0, at % (text.length + 1)),
  (text, at) => `${text.slice(0, at % text.length)}\t${text.slice(at % text.length)}`,
  (text, at) => `${text.slice(0, at % text.length)}: *x {[&y "${text.slice(at % text.length)}`,
  (text, at) => `${text.slice(0, at % text.length)}\u0000${text.slice(at % text.length)}`,
];

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
  const changes = fc.tuple(fc.array(mutation, { minLength: 1, maxLength: 4 }), fc.constantFrom(...textChanges), fc.nat(5000));
  fc.assert(
    fc.property(changes, ([mutations, change, at]) => judge(change(asText(mutated(mutations)), at))),
    { numRuns: runs },
  );
});

test(`${runs / 2} mutated documents as JSON`, () => {
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), fc.boolean(), (mutations, pretty) =>
      judge(
        mutated(mutations)
          .map((object) => JSON.stringify(object, null, pretty ? 1 : 0))
          .join("\n"),
      ),
    ),
    { numRuns: runs / 2 },
  );
});

test("any text at all", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(..."{}[]&*!|>'\"%@`-:?# \n\tab01<=") })), judge),
    { numRuns: runs / 2 },
  );
});
