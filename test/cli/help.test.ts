import assert from "node:assert/strict";
import { test } from "node:test";
import { type Face, namesOf } from "../../src/cli/command.ts";
import { flagName } from "../../src/cli/flags.ts";
import { globalFlags } from "../../src/cli/global-flags.ts";
import { kafkaFace } from "../../src/cli/kafka/commands.ts";
import { kafkatopicFace } from "../../src/cli/kafkatopic/commands.ts";
import { kafkauserFace } from "../../src/cli/kafkauser/commands.ts";
import { matchGolden } from "../golden.ts";
import { echoFace } from "./echo-face.ts";
import { runCli } from "./run-cli.ts";

const faces: readonly Face[] = [kafkaFace, kafkatopicFace, kafkauserFace];

const pages: [name: string, face: Face, line: string][] = [
  ...faces.map((face): [string, Face, string] => [face.name, face, "--help"]),
  ...faces.flatMap((face) =>
    face.commands.map(({ name }): [string, Face, string] => [`${face.name}-${name.replace(" ", "-")}`, face, `${name} --help`]),
  ),
  ["kubectl-kafka-options", kafkaFace, "options"],
  ["kubectl-kafka-completion", kafkaFace, "completion --help"],
];

for (const [name, face, line] of pages) {
  test(`help: ${face.name} ${line}`, async () => {
    const { stdout, stderr, exitCode } = await runCli(line.split(" "), { face });
    assert.deepEqual([stderr, exitCode], ["", 0]);
    for (const one of stdout.split("\n")) assert.ok(one.length <= 80, `longer than 80 columns: ${one}`);
    matchGolden(`help/${name}.txt`, stdout);
  });
}

test("help: the same page by three ways", async () => {
  const [a, b, c] = await Promise.all(["status --help", "status -h -n x", "help status"].map((line) => runCli(line.split(" "))));
  assert.equal(a?.stdout, b?.stdout);
  assert.equal(a?.stdout, c?.stdout);
});

test("help: an alias has the page of its verb", async () => {
  const [plan, ...others] = await Promise.all(["plan --help", "diff --help", "help diff"].map((line) => runCli(line.split(" "))));
  for (const other of others) assert.equal(other.stdout, plan?.stdout);
  assert.match((await runCli(["help", "dif"])).stderr, /did you mean kubectl kafka help diff\?/);
});

test("help: bold and dim on a terminal, without words lost", async () => {
  const plain = await runCli(["status", "--help"]);
  const { stdout } = await runCli(["status", "--help"], { terminal: { columns: 200 } });
  assert.match(stdout, /\u001b\[1mUsage:\u001b\[22m/);
  assert.equal(stdout.replace(/\u001b\[\d+m/g, ""), plain.stdout);
});

test("help: a command that does not exist", async () => {
  const { stderr, exitCode } = await runCli(["help", "lsit"]);
  assert.deepEqual(
    [stderr, exitCode],
    ['error: unknown command "lsit" for kubectl kafka\nhint: did you mean kubectl kafka help list?\n', 2],
  );
});

test("help: without a command it goes to stderr, and the exit code is 2", async () => {
  const asked = await runCli(["help"]);
  const { stdout, stderr, exitCode } = await runCli([]);
  assert.equal(stdout, "");
  assert.equal(stderr, `${asked.stdout}\nerror: a command is missing\n`);
  assert.equal(exitCode, 2);
});

test("help: called without kubectl it says so", async () => {
  const { stdout } = await runCli(["--help"], { env: { _: "/opt/bin/kubectl-kafka" } });
  assert.match(stdout, /^ {2}kubectl-kafka COMMAND \[flags\]$/m);
});

for (const face of [...faces, echoFace()]) {
  test(`command data of ${face.name}: one name means one thing, and nothing hides a global flag`, () => {
    const names = face.commands.flatMap(namesOf);
    assert.equal(new Set(names).size, names.length, `two verbs share a name: ${names}`);
    const seen = new Map<string, string>();
    for (const { name, flags, summary, examples, rbac } of face.commands) {
      assert.doesNotMatch(summary, /\.$/, `${name}: the page adds the full stop`);
      for (const text of [...examples.map(({ line }) => line), ...rbac]) assert.doesNotMatch(text, /^kubectl/);
      for (const [key, flag] of Object.entries(flags)) {
        assert.ok(!(key in globalFlags), `${name} --${flagName(key)} is a global flag`);
        const shape = JSON.stringify([flag.kind, flag.short]);
        assert.equal(seen.get(key) ?? shape, shape, `--${flagName(key)} is two things`);
        seen.set(key, shape);
      }
    }
    const letters = [
      ...seen.values(),
      ...Object.values(globalFlags).map((flag) => JSON.stringify([flag.kind, "short" in flag ? flag.short : null])),
    ];
    const shorts = letters.map((shape) => JSON.parse(shape)[1]).filter(Boolean);
    assert.equal(new Set(shorts).size, shorts.length, `two flags share a letter: ${shorts}`);
  });
}
