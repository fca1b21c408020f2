import fc from "fast-check";
import { asText, put, sound } from "./base.ts";

// Manifests as nobody should write them: wrong types, missing parts, hostile texts, huge numbers, and the forms that YAML adds.

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

const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });

/** Documents as YAML, changed in their values and in their text. */
export const mutatedYaml: fc.Arbitrary<string> = fc
  .tuple(mutations, fc.constantFrom(...textChanges), fc.nat(5000))
  .map(([changes, change, at]) => change(asText(mutated(changes)), at));

/** Documents as JSON, one after the other. */
export const mutatedJson: fc.Arbitrary<string> = fc.tuple(mutations, fc.boolean()).map(([changes, pretty]) =>
  mutated(changes)
    .map((object) => JSON.stringify(object, null, pretty ? 1 : 0))
    .join("\n"),
);
