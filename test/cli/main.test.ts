import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorCode } from "../../src/model/errors.ts";
import { AppError } from "../../src/model/errors.ts";
import type { Trace } from "../../src/ports/connect.ts";
import type { KubeApi } from "../../src/ports/kube.ts";
import { echoFace } from "./echo-face.ts";
import { runCli } from "./run-cli.ts";

const failing = (error: unknown) =>
  echoFace(async () => {
    throw error;
  });

const codes: [ErrorCode, number][] = [
  ["Usage", 2],
  ["Declined", 3],
  ["Timeout", 124],
  ["Interrupted", 130],
  ["Forbidden", 1],
  ["NotFound", 1],
  ["Unreachable", 1],
  ["KafkaError", 1],
];

for (const [code, want] of codes) {
  test(`exit code: ${code} is ${want}`, async () => {
    const { exitCode, stderr, stdout, open } = await runCli(["fail"], {
      face: failing(new AppError(code, "it went wrong", { hint: "do this" })),
    });
    assert.deepEqual([exitCode, stdout, stderr, open], [want, "", "error: it went wrong\nhint: do this\n", 0]);
  });
}

test("exit code: what the verb says", async () => {
  assert.equal((await runCli(["fail"], { face: echoFace(async () => 10) })).exitCode, 10);
});

test("a bug says so, and shows its stack with -v", async () => {
  const face = failing(new TypeError("x is undefined"));
  const { exitCode, stderr } = await runCli(["fail"], { face });
  assert.equal(exitCode, 1);
  assert.equal(
    stderr,
    "error: this is a bug in kubectl kafka: TypeError: x is undefined\nhint: the same command with -v shows where; please report it\n",
  );
  const verbose = await runCli(["fail", "-v"], { face });
  assert.match(verbose.stderr, /^TypeError: x is undefined\n {4}at .*\n/);
  assert.match(
    verbose.stderr,
    /\nerror: this is a bug in kubectl kafka: TypeError: x is undefined\nhint: please report it, .*kubectl kafka version\n$/,
  );
});

test("an expected fault names its causes with -v", async () => {
  const face = failing(
    new AppError("Unreachable", "cannot reach it", { cause: new Error("connect ECONNREFUSED", { cause: new Error("deeper") }) }),
  );
  assert.equal((await runCli(["fail"], { face })).stderr, "error: cannot reach it\n");
  assert.equal(
    (await runCli(["fail", "-v=6"], { face })).stderr,
    "error: cannot reach it\ncaused by: connect ECONNREFUSED\ncaused by: deeper\n",
  );
});

test("Ctrl-C ends a wait with 130, whatever the aborted request threw", async () => {
  const waiting = echoFace(async ({ clock, signal }) => {
    await clock.sleep(1000);
    await clock.sleep(1000);
    if (signal.aborted) throw new Error("socket hang up");
    return 0;
  });
  const { exitCode, stderr, open } = await runCli(["fail"], { face: waiting, interruptAtSleep: 2 });
  assert.deepEqual([exitCode, stderr, open], [130, "", 0]);
});

test("Ctrl-C in the middle of work is told, with the way on", async () => {
  const face = echoFace(async ({ clock, signal }) => {
    await clock.sleep(1).catch(() => {});
    throw new AppError("Interrupted", "interrupted; half is done", { hint: "do the rest", cause: signal.reason });
  });
  const { exitCode, stderr } = await runCli(["fail"], { face, interruptAtSleep: 1 });
  assert.deepEqual([exitCode, stderr], [130, "error: interrupted; half is done\nhint: do the rest\n"]);
});

test("a fault of its own kind is told even after Ctrl-C", async () => {
  const face = echoFace(async ({ clock }) => {
    await clock.sleep(1);
    throw new AppError("Conflict", "somebody else changed it");
  });
  const { exitCode, stderr } = await runCli(["fail"], { face, interruptAtSleep: 1 });
  assert.deepEqual([exitCode, stderr], [1, "error: somebody else changed it\n"]);
});

test("a reader that goes away (| head) is no error", async () => {
  const face = echoFace(async ({ terminal, signal }) => {
    for (let line = 0; ; line += 1) {
      terminal.out(`line ${line}\n`);
      signal.throwIfAborted();
    }
  });
  const { exitCode, stderr, stdout } = await runCli(["fail"], { face, closeAfterLines: 2 });
  assert.deepEqual([exitCode, stderr, stdout], [0, "", "line 0\nline 1\n"]);
});

test("what nobody awaited ends the program as a bug", async () => {
  const face = echoFace(() => new Promise(() => {}));
  const { exitCode, stderr } = await runCli(["fail"], { face, fault: new RangeError("lost") });
  assert.equal(exitCode, 1);
  assert.match(stderr, /^error: this is a bug in kubectl kafka: RangeError: lost\n/);
});

test("an error stays text on stderr with -o json", async () => {
  const { stdout, stderr, exitCode } = await runCli(["list", "-o", "json"]);
  assert.deepEqual([stdout, stderr, exitCode], ["", "error: there is no Kubernetes in this test\n", 1]);
});

test("requests are told on stderr from -v 6 on", async () => {
  const face = echoFace(async ({ connections }) => {
    await connections.kube();
    return 0;
  });
  const kube = async (trace: Trace) => {
    trace("GET /version 200 in 3 ms");
    return {} as KubeApi;
  };
  assert.equal((await runCli(["fail", "-v", "5"], { face, kube })).stderr, "");
  const { stdout, stderr } = await runCli(["fail", "-v", "6"], { face, kube });
  assert.deepEqual([stdout, stderr], ["", "GET /version 200 in 3 ms\n"]);
});

test("version: text, JSON and YAML", async () => {
  const { stdout } = await runCli(["version"]);
  assert.match(stdout, /^kubectl-kafka v\d+\.\d+\.\d+ \(commit source, node 24\.0\.0, linux\/x64\)\n$/);
  const json = await runCli(["version", "-o", "json"]);
  assert.deepEqual(Object.keys(JSON.parse(json.stdout)), ["apiVersion", "kind", "name", "clientVersion"]);
  const yaml = await runCli(["version", "--output=yaml"]);
  assert.match(yaml.stdout, /^apiVersion: kubectl-kafka\/v1\nkind: Version\n/);
});

test("version: by the long way, the same", async () => {
  assert.equal((await runCli(["version", "-o", "json", "--color", "never"])).stdout, (await runCli(["version", "-ojson"])).stdout);
  assert.equal((await runCli(["--version"])).stdout, (await runCli(["version"])).stdout);
});
