import assert from "node:assert/strict";
import { test } from "node:test";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import { toYaml } from "../../src/manifest/yaml.ts";
import { newWorld } from "../fakes/world/world.ts";
import type { CliWorld } from "./run-cli.ts";
import { runIn } from "./world-cli.ts";

const request = { namespace: "kafka", replicas: 3, controllers: "combined", storage: { kind: "ephemeral" } } as const;
const [kafka = "", pool = ""] = kafkaManifest({ ...request, name: "c" }).map(toYaml);
const whole = `${kafka}---\n${pool}`;

const plan = (line: string, more: CliWorld = {}) => runIn(newWorld(), `plan ${line}`, more);

const ways: [line: string, more: CliWorld][] = [
  ["-f c.yaml", { files: { "c.yaml": whole } }],
  ["-f kafka.yaml -f pool.yaml", { files: { "kafka.yaml": kafka, "pool.yaml": pool } }],
  ["-f kafka.yaml,pool.yaml", { files: { "kafka.yaml": kafka, "pool.yaml": pool } }],
  ["-f -", { files: { "-": whole } }],
  ["-f dir", { files: { "dir/kafka.yaml": kafka, "dir/pool.yml": pool, "dir/README.md": "# no: yaml", "dir/more/broken.yaml": "{" } }],
  ["-R -f dir/", { files: { "dir/kafka.yaml": kafka, "dir/more/pool.yaml": pool } }],
  ["-f dir -f http://host/pool.yaml", { files: { "dir/kafka.yaml": kafka }, urls: { "http://host/pool.yaml": pool } }],
  ["-f https://host/c.yaml", { urls: { "https://host/c.yaml": whole } }],
  ["-f dir,dir/kafka.yaml", { files: { "dir/kafka.yaml": kafka, "dir/pool.yaml": pool } }],
  ["-k overlays/one", { kustomizations: { "overlays/one": whole } }],
];

for (const [line, more] of ways)
  test(`manifests: ${line}`, async () => {
    const { stdout, stderr, exitCode } = await plan(line, more);
    assert.deepEqual([stderr, exitCode], ["", 0]);
    assert.match(stdout, /^Kafka kafka\/c: \d+ to create/);
  });

const refused: [line: string, more: CliWorld, exitCode: number, stderr: RegExp][] = [
  ["-f dir", { files: { "dir/a.txt": "", "dir/more/b.yaml": "" } }, 1, /^error: there is no manifest in dir: .*\nhint: with --recursive /],
  ["-R -f dir", { files: { "dir/a.txt": "" } }, 1, /^error: there is no manifest in dir: [^\n]*\n$/],
  ["-f dir/kafka.yaml", {}, 1, /^error: cannot read dir\/kafka.yaml: no such file\n$/],
  ["-f https://host/c.yaml", {}, 1, /^error: cannot read https:\/\/host\/c.yaml/],
  ["-k none", {}, 1, /^error: cannot read none/],
  ["-f a.yaml -k b", {}, 2, /^error: --kustomize goes with neither --filename nor --recursive\n/],
  ["-R -k b", {}, 2, /^error: --kustomize goes with neither --filename nor --recursive\n/],
  ["-R", {}, 2, /^error: --recursive needs --filename DIRECTORY\n/],
  ["c -f a.yaml", {}, 2, /^error: a name goes with neither --filename nor --kustomize\n/],
  ["-f dir", { files: { "dir/a.yaml": kafka, "dir/b.yaml": "a: [" } }, 1, /^error: dir\/b\.yaml, document 1, line 1: /],
  [
    "-f https://me:secret@host/c.yaml",
    { urls: { "https://me:secret@host/c.yaml": "a: [" } },
    1,
    /^error: https:\/\/host\/c\.yaml, document 1, line 1: /,
  ],
  ["-k over", { kustomizations: { over: "a: [" } }, 1, /^error: kubectl kustomize over, document 1, line 1: /],
  ["-f dir", { files: { "dir/a.yaml": "# nothing", "dir/b.yaml": "" } }, 1, /^error: there is no resource in dir\/a\.yaml, dir\/b\.yaml\n/],
];

for (const [line, more, want, message] of refused)
  test(`manifests refused: ${line} (${message.source.slice(0, 40)})`, async () => {
    const { stdout, stderr, exitCode } = await plan(line, more);
    assert.deepEqual([stdout, exitCode], ["", want]);
    assert.match(stderr, message);
  });

test("apply reads the same places, and needs one", async () => {
  const world = newWorld();
  const missing = await runIn(world, "apply");
  assert.deepEqual(
    [missing.stderr, missing.exitCode],
    ["error: --filename or --kustomize is missing\nhint: kubectl kafka apply -f kafka.yaml\n", 2],
  );
  assert.equal((await runIn(world, "apply --plan p.json -k x")).exitCode, 2);
  const done = await runIn(world, "apply -k over", { kustomizations: { over: whole } });
  assert.deepEqual([done.stderr, done.exitCode], ["", 0]);
  assert.equal((await runIn(world, "plan c --exit-code")).exitCode, 0);
});
