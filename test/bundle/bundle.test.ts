import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

// the runner builds first; see scripts/test.ts
const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

type Import = { path: string; kind: string; external?: boolean };
type Metafile = {
  inputs: Record<string, { imports: Import[] }>;
  outputs: Record<string, { bytes: number; inputs: Record<string, unknown> }>;
};

const metafile: Metafile = JSON.parse(readFileSync(`${dist}metafile.json`, "utf8"));

/** Files that are run when these are loaded: everything they import, but not what they import later. */
function loadedBy(...entries: string[]): string[] {
  const seen = new Set<string>();
  const open = [...entries];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const input = metafile.inputs[file];
    assert.ok(input, `${file} is not in the bundle`);
    open.push(...input.imports.filter(({ kind, external }) => kind !== "dynamic-import" && !external).map(({ path }) => path));
  }
  return [...seen].sort();
}

const packagesOf = (files: readonly string[]): string[] =>
  [...new Set(files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))].sort();

const startUp = ["plugins/suite.ts", "plugins/kubectl-kafka.ts", "src/cli/main.ts"];
const command = [...startUp, "src/cli/parse.ts", "src/adapters/outside.ts"];

test("bundle: at most 500 KB", () => {
  const { size } = statSync(`${dist}kubectl-kafka.cjs`);
  assert.ok(size <= 500_000, `${size} bytes`);
  assert.equal(size, metafile.outputs["dist/kubectl-kafka.cjs"]?.bytes);
});

test("bundle: what is large or slow is not in it", () => {
  const packages = packagesOf(Object.keys(metafile.inputs));
  for (const name of ["@kubernetes/client-node", "undici", "openid-client", "string-width", "kafkajs", "socks", "pkijs", "asn1js"]) {
    assert.ok(!packages.includes(name), `${name} is in the bundle`);
  }
  assert.deepEqual(
    Object.keys(metafile.inputs).filter((file) => /node_modules\/(.*\/)?string-width\//.test(file)),
    [],
  );
});

test("bundle: version, help of mistakes and completion load no package", () => {
  assert.deepEqual(packagesOf(loadedBy(...startUp)), []);
  assert.deepEqual(packagesOf(loadedBy(...startUp, "src/cli/builtin/version.ts", "src/cli/builtin/complete.ts")), []);
  assert.ok(!loadedBy(...startUp).some((file) => file.startsWith("src/adapters/") && !file.startsWith("src/adapters/node/")));
});

test("bundle: a command loads the argument parser, and nothing else that is large", () => {
  const parser = ["escalade", "fastest-levenshtein", "get-caller-file", "y18n", "yargs", "yargs-parser"];
  assert.deepEqual(packagesOf(loadedBy(...command)), parser);
});

for (const verb of ["list", "status"]) {
  test(`bundle: a GET for ${verb} loads js-yaml for the kubeconfig, and no other library`, () => {
    const files = loadedBy(`src/cli/kafka/${verb}.ts`, "src/adapters/kube/open.ts", "src/adapters/outside.ts");
    assert.deepEqual(packagesOf(files), ["fastest-levenshtein", "js-yaml"]);
  });
}

test("bundle: no import() is left, which a script cannot do", () => {
  assert.doesNotMatch(readFileSync(`${dist}kubectl-kafka.cjs`, "latin1"), /[^.\w$]import\(/);
});

test("bundle: ASCII, as the launcher reads it", () => {
  assert.ok(readFileSync(`${dist}kubectl-kafka.cjs`).every((byte) => byte < 128));
});
