import assert from "node:assert/strict";
import { test } from "node:test";
import { plainValue, readYamlTree } from "../../src/manifest/yaml-tree.ts";

const read = (text: string) => {
  const { documents, faults } = readYamlTree(text);
  return {
    values: documents.map(plainValue),
    faults: faults.map(({ message, at }) => `${text.slice(0, at).split("\n").length}: ${message}`),
  };
};

/** As kubectl 1.34 reads them (`kubectl create --dry-run=client -o json`). */
const scalars: readonly [text: string, value: unknown][] = [
  ["y", true],
  ["n", false],
  ["yes", true],
  ["On", true],
  ["off", false],
  ["yEs", "yEs"],
  ["~", null],
  ["Null", null],
  ["010", 8],
  ["0o17", 15],
  ["0o8", "0o8"],
  ["09", 9],
  ["08.5", 8.5],
  ["0x1F", 31],
  ["0x1_F", 31],
  ["-0x1", -1],
  ["0x", "0x"],
  ["0b11", 3],
  ["0b2", "0b2"],
  ["1_000", 1000],
  ["1__0", 10],
  ["_1", "_1"],
  ["1_0.5", 10.5],
  ["+12", 12],
  ["-0", 0],
  [".5", 0.5],
  ["-.5", -0.5],
  ["1.", 1],
  ["1e3", 1000],
  ["12e03", 12000],
  ["1.5e+3", 1500],
  ["5e", "5e"],
  ["1e400", "1e400"],
  ["1:30", "1:30"],
  ["2001-01-01", "2001-01-01"],
  ["=", "="],
  ["!!str 12", "12"],
  ['!!int "3"', 3],
  ["!!bool yes", true],
  ["!!binary aGVsbG8=", "hello"],
  ["!!timestamp 2001-01-01", "2001-01-01"],
  ["!foo bar", "bar"],
  ['"\\x41"', "A"],
  ["'010'", "010"],
  ["!!set {a, b}", { a: null, b: null }],
];

for (const [text, value] of scalars)
  test(`yaml: ${text} is ${JSON.stringify(value)}`, () => {
    assert.deepEqual(read(`a: ${text}`), { values: [{ a: value }], faults: [] });
  });

const documents: readonly [name: string, text: string, values: readonly unknown[]][] = [
  ["nothing", "", []],
  ["comments and empty documents", "# a\n---\n---\n# b\n---\na: 1\n---\n", [{ a: 1 }]],
  ["the end of a document", "a: 1\n...\n---\nb: 2\n", [{ a: 1 }, { b: 2 }]],
  ["CRLF", "a: 1\r\nb:\r\n- c\r\n", [{ a: 1, b: ["c"] }]],
  ["keys that are no texts", "y: 1\n1: 2\n1.50: 3\n", [{ true: 1, 1: 2, 1.5: 3 }]],
  ["anchors", "a: &x {b: [1]}\nc: *x\n", [{ a: { b: [1] }, c: { b: [1] } }]],
  ["merge keys", "a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n", [{ a: { b: 1, c: 2 }, d: { b: 1, c: 3 } }]],
  ["a list of merges, the first wins", "a: {<<: [{b: 1}, {b: 2, c: 3}]}\n", [{ a: { b: 1, c: 3 } }]],
  ["a quoted << is a field", 'a: {"<<": {b: 1}}\n', [{ a: { "<<": { b: 1 } } }]],
  ["JSON with tabs", '{\n\t"a":\t"\\ud83d\\ude00"\n}', [{ a: "😀" }]],
];

for (const [name, text, values] of documents)
  test(`yaml: ${name}`, () => {
    assert.deepEqual(read(text), { values, faults: [] });
  });

test("yaml: a field called __proto__ pollutes nothing", () => {
  read("__proto__: {polluted: 1}");
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

const faults: readonly [name: string, text: string, faults: readonly string[]][] = [
  ["a field twice", "a: 1\nb: 2\na: 3\n", ["3: this field is given twice"]],
  ["a field called __proto__", "a: {b: [{__proto__: 1}]}", ["1: nothing has a field of this name"]],
  ["the same in JSON", '{"a": {"__proto__": ""}}', ["1: nothing has a field of this name"]],
  ["a field before its merge", "a: &x {b: 1}\nc: {b: 2, <<: *x}\n", ["2: this field stands before the << that also has it"]],
  ["a merge of a text", "a:\n  <<: 3\n", ["2: << merges mappings, or a list of mappings"]],
  ["an anchor that is not there", "a: *b\n", ["1: there is no anchor &b"]],
  ["an anchor of another document", "a: &b 1\n---\na: *b\n", ["3: there is no anchor &b"]],
  ["an anchor in itself", "a: &b {c: *b}\n", ["1: the anchor &b contains itself"]],
  ["infinity", "a: .inf\nb: 1", ["1: .inf cannot be written in JSON"]],
  ["a number that would be rounded", "a: 9223372036854775807", ["1: 9223372036854775807 is too large for a number and would be rounded"]],
  ["a mapping as a name", "? {a: b}\n: c", ["1: the name of a field must be a text"]],
  ["null as a name", "~: c", ["1: the name of a field must be a text"]],
  ["a broken binary", 'a: !!binary "@"', ["1: !!binary: this is not base64"]],
  ["a tag that does not fit", "a: !!int x", ['1: !!int: "x" is not an integer']],
  ["broken syntax", "a:\n  - b\n c: d\n", ["3: not YAML: bad indentation of a mapping entry"]],
  ["too deep", `a: ${"[".repeat(200)}`, ["1: the document has more than 100 levels within each other"]],
];

for (const [name, text, want] of faults)
  test(`yaml: refused: ${name}`, () => {
    assert.deepEqual(read(text).faults, want);
  });

test("yaml: aliases that multiply are refused before they are written out", () => {
  const levels = Array.from({ length: 30 }, (_, level) => `a${level}: &a${level} [${Array(9).fill(level === 0 ? "x" : `*a${level - 1}`)}]`);
  assert.deepEqual(read(levels.join("\n")).faults, ["1: the document has more than 200000 values, its aliases written out"]);
});

test("yaml: aliases that pile up are refused", () => {
  const levels = Array.from({ length: 300 }, (_, level) => `a${level}: &a${level} [${level === 0 ? "x" : `*a${level - 1}`}]`);
  assert.deepEqual(read(levels.join("\n")).faults, ["1: the document has more than 100 levels within each other"]);
});
