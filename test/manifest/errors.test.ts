import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "../../src/manifest/read-manifests.ts";
import { renderProblems } from "../../src/render/problems.ts";
import { matchGolden } from "../golden.ts";
import { asText, changed, parseText } from "./base.ts";

test("errors read like this", () => {
  const broken = asText(
    changed(["Kafka", "spec.kafka.listners", []], ["Kafka", "spec.kafka.listeners[0].port", "9092"], ["broker", "spec.replicas", "three"]),
  );
  const wrong = asText(
    changed(
      ["Kafka", "spec.kafka.listeners[1].port", 9092],
      ["Kafka", "spec.kafka.config[ssl.keystore.location]", "/x"],
      ["Kafka", "spec.kafka.config[min.insync.replicas]", undefined],
      ["Kafka", "spec.kafka.rack", { topologyKey: "zone" }],
      ["controller", "metadata.labels", { "strimzi.io/cluster": "my-clutser" }],
    ),
  );
  const hostile =
    'apiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata: {name: "a\\e[31m\\u202e"}\nspec: {"\\e[2J": 1, kafka: {listeners: 7}}\n';
  const texts = [
    broken,
    wrong,
    hostile,
    "a: b: c\n---\n- 1\n---\napiVersion: v1\nkind: Secret\n",
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: "1", a: "2"}\n`,
  ];
  matchGolden("manifest/errors.txt", texts.map((text) => renderProblems(parseText(text, { namespace: "kafka" }).problems)).join("\n"));
});

test("a file that is too large is refused as a whole", () => {
  const { documents, problems } = readManifests([{ name: "big.yaml", text: "a".repeat(10_000_001) }]);
  assert.deepEqual(documents, []);
  assert.equal(renderProblems(problems), "error: big.yaml: the file is larger than 10 MB\n");
});

test("what is made to exhaust the reader is refused soon", () => {
  const texts = {
    "": "\n".repeat(300_000),
    "the file has more than 10000 documents": "---\na: 1\n".repeat(20_000),
    "the document has more than 200000 values, its aliases written out": "- *a\n".repeat(300_000).replace("*a", "&a b"),
    "there is no such field": `apiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata: {name: a}\nspec: {${"k".repeat(300_000)}: 1}`,
  };
  for (const [want, text] of Object.entries(texts)) {
    const { problems } = readManifests([{ name: "a.yaml", text }]);
    assert.ok(want === "" ? problems.length === 0 : problems.some(({ message }) => message === want), want);
  }
  const { problems } = readManifests([{ name: "a.yaml", text: "{}".repeat(20_000) }]);
  assert.equal(problems.length, 101);
});

test("no more problems than a person reads", () => {
  const { problems } = readManifests([{ name: "-", text: Array.from({ length: 500 }, (_, line) => `a${line}: 1`).join("\n---\n") }]);
  assert.equal(problems.length, 101);
  assert.equal(renderProblems(problems.slice(-1)), "error: standard input: and 900 more problems\n");
});

test("BOM, CRLF and JSON objects one after the other count lines and documents as an editor does", () => {
  const json = '{"apiVersion": "v1",\n "kind": "Secret"}\n{"apiVersion": "v1",\n "kind": "Secret", "metadata": {"name": 1}}\n';
  const yaml = "\uFEFF# a comment\r\n---\r\napiVersion: v1\r\nkind: Secret\r\nmetadata:\r\n  name: 1\r\n";
  const { problems } = readManifests([
    { name: "a.json", text: json },
    { name: "b.yaml", text: yaml },
  ]);
  assert.deepEqual(
    problems.map(({ source, document, line, path }) => [source, document, line, path]),
    [
      ["a.json", 1, 1, ""],
      ["a.json", 2, 4, "metadata.name"],
      ["b.yaml", 1, 6, "metadata.name"],
    ],
  );
});
