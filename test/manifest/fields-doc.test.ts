import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { customKinds } from "../../src/manifest/crds/kinds.ts";
import type { Schema } from "../../src/manifest/crds/schema.ts";
import { unsupportedFields } from "../../src/manifest/unsupported.ts";
import { matchGolden } from "../golden.ts";

const file = fileURLToPath(new URL("../../docs/fields.md", import.meta.url));

function tableOf(kind: string): string {
  const rows = unsupportedFields
    .filter((field) => field.kind === kind)
    .map(({ path, reason, except = [] }) => {
      const but = except.length === 0 ? "" : ` (but ${except.map((value) => `\`${value}\``).join(", ")} is)`;
      return `| \`${path}\`${but} | ${reason} |`;
    });
  return [`## ${kind}`, "", "| field | why |", "|---|---|", ...rows, ""].join("\n");
}

const page = `# Fields that are refused

\`kubectl kafka\` runs clusters without an operator from the resources of the API group \`kafka.strimzi.io/v1\`. It checks them against their whole
schema, and refuses a field that this version would not do by its name, rather than pass it over. Where a Strimzi operator runs the cluster, the
operator decides. This page is generated from \`src/manifest/unsupported.ts\`: \`UPDATE_GOLDEN=1 npm run test:unit\` writes it.

${tableOf("Kafka")}
${tableOf("KafkaNodePool")}`;

test("docs/fields.md says what the table says; UPDATE_GOLDEN=1 writes it", () => {
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, page);
  assert.equal(readFileSync(file, "utf8"), page);
});

/** A path of the table followed through the schema. */
function leadsTo(schema: Schema | undefined, steps: readonly string[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return schema !== undefined;
  if (step === "[]") return schema?.kind === "list" && leadsTo(schema.items, rest);
  return schema?.kind === "object" && Object.hasOwn(schema.fields, step) && leadsTo(schema.fields[step], rest);
}

test("every field of the table is one that the schema has, and is named once", () => {
  for (const { kind, path } of unsupportedFields) {
    if (path.startsWith("metadata.annotations[")) continue;
    const [, ...steps] = path.match(/\[\]|[^.[\]]+/g) ?? [];
    const spec = customKinds.find((custom) => custom.kind === kind)?.spec;
    assert.ok(leadsTo(spec, steps), `${kind} has no ${path}`);
  }
  const names = unsupportedFields.map(({ kind, path }) => `${kind} ${path}`);
  assert.deepEqual(names, [...new Set(names)]);
});

/** Every field of a schema down to the values, but for what is refused as a whole. */
function fieldsOf(schema: Schema, path: string, refused: ReadonlySet<string>): string[] {
  if (refused.has(path)) return [];
  if (schema.kind === "list") return fieldsOf(schema.items, `${path}[]`, refused);
  if (schema.kind !== "object") return [path];
  return Object.entries(schema.fields).flatMap(([name, field]) => fieldsOf(field, `${path}.${name}`, refused));
}

test("what is not refused is served: each field of this list reaches the cluster's spec, or has no effect by its nature", () => {
  const lines = ["Kafka", "KafkaNodePool"].flatMap((kind) => {
    const table = unsupportedFields.filter((field) => field.kind === kind && !field.except).map(({ path }) => path);
    const spec = customKinds.find((custom) => custom.kind === kind)?.spec;
    return spec ? fieldsOf(spec, "spec", new Set(table)).map((path) => `${kind} ${path}\n`) : [];
  });
  matchGolden("manifest/served-fields.txt", lines.join(""));
});
