import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command, Face } from "../../src/cli/command.ts";
import { runCli } from "./run-cli.ts";

const text = { group: "Look", summary: "A verb", examples: [], rbac: [] } as const;

/** A verb that shows how it was understood. */
const echo = (name: string, positionals: Command["positionals"]): Command => ({
  ...text,
  name,
  positionals,
  flags: {},
  run: async () => ({
    async run({ args, terminal }) {
      terminal.out(JSON.stringify([name, args]));
      return 0;
    },
  }),
});

const cluster = { required: false, summary: "A cluster" } as const;

const face: Face = {
  name: "kubectl-kafka",
  summary: "A program for tests.",
  commands: [echo("do", { cluster, node: { required: false, rest: true, summary: "Nodes" } }), echo("do status", { cluster })],
};

const understood: [line: string, want: unknown][] = [
  ["do", ["do", { node: [] }]],
  ["do c", ["do", { cluster: "c", node: [] }]],
  ["do c 1 2", ["do", { cluster: "c", node: ["1", "2"] }]],
  ["do status", ["do status", {}]],
  ["do -n x status c", ["do status", { cluster: "c" }]],
  ["do c status", ["do", { cluster: "c", node: ["status"] }]],
  ["do -- status", ["do", { cluster: "status", node: [] }]],
  ["do status -- c", ["do status", { cluster: "c" }]],
];

for (const [line, want] of understood)
  test(`sub-verb: ${line}`, async () => assert.deepEqual(JSON.parse((await runCli(line.split(" "), { face })).stdout), want));

test("sub-verb: too many words, with its usage", async () => {
  const { stderr, exitCode } = await runCli("do status a b".split(" "), { face });
  assert.deepEqual([stderr, exitCode], ['error: unexpected argument "b"\nhint: kubectl kafka do status takes [CLUSTER]\n', 2]);
});

test("sub-verb: help by two ways, and the usage of words that may be many", async () => {
  const [a, b] = await Promise.all(["do status --help", "help do status"].map((line) => runCli(line.split(" "), { face })));
  assert.equal(a?.stdout, b?.stdout);
  assert.match(a?.stdout ?? "", /kubectl kafka do status \[CLUSTER\]\n/);
  assert.match((await runCli(["help", "do"], { face })).stdout, /kubectl kafka do \[CLUSTER\] \[NODE\.\.\.\]\n/);
});

const completed: [words: string[], want: string][] = [
  [["d"], "do :4"],
  [["do", ""], "status :4"],
  [["do", "c", ""], ":4"],
  [["do", "status", ""], ":4"],
];

for (const [words, want] of completed)
  test(`sub-verb: complete ${words.join(" ")}`, async () => {
    const { stdout } = await runCli(["__complete", ...words], { face });
    const candidates = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t")[0]);
    assert.equal(candidates.join(" "), want);
  });
