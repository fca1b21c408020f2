import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { clock } from "../../../src/adapters/node/clock.ts";
import { files } from "../../../src/adapters/node/files.ts";
import { openProgram } from "../../../src/adapters/node/program.ts";
import { AppError } from "../../../src/model/errors.ts";

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "kubectl-kafka-node-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

type Ended = { code: number | null; signal: string | null; stdout: string; stderr: string };

/** Starts a program of a few lines that gets `start`; `during` acts on it while it runs. */
function run(t: TestContext, body: string, during: (child: ReturnType<typeof spawn>) => void = () => {}): Promise<Ended> {
  const start = new URL("../../../src/adapters/node/start.ts", import.meta.url);
  const file = join(folder(t), "program.mjs");
  writeFileSync(file, `import { start } from ${JSON.stringify(start.href)};\nstart(async (world) => {\n${body}\n});\n`);
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => (ended.stdout += data));
  child.stderr.on("data", (data) => (ended.stderr += data));
  during(child);
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, ...ended })));
}

const when = (child: ReturnType<typeof spawn>, text: string, act: () => void): void => {
  child.stdout?.on("data", (data) => {
    if (String(data).includes(text)) act();
  });
};

test("process: everything is written before it ends, whatever is still open", async (t) => {
  const { code, stdout } = await run(t, 'setInterval(() => {}, 1000); world.terminal.out("x".repeat(3_000_000)); return 10;');
  assert.deepEqual([code, stdout.length], [10, 3_000_000]);
});

test("process: the first Ctrl-C aborts, and the program ends as it likes", async (t) => {
  const body =
    'world.terminal.out("ready"); try { await world.clock.sleep(60_000, world.signal); } catch (error) { world.terminal.out(error.code); return 130; }';
  const { code, stdout } = await run(t, body, (child) => when(child, "ready", () => child.kill("SIGINT")));
  assert.deepEqual([code, stdout], [130, "readyInterrupted"]);
});

test("process: the second Ctrl-C ends it at once", async (t) => {
  const body =
    'world.signal.addEventListener("abort", () => world.terminal.out("again")); world.terminal.out("ready"); await world.clock.sleep(60_000); return 0;';
  const { code } = await run(t, body, (child) => {
    when(child, "ready", () => child.kill("SIGTERM"));
    when(child, "again", () => child.kill("SIGINT"));
  });
  assert.equal(code, 130);
});

test("process: when the reader of stdout goes away, it is told", async (t) => {
  const body =
    'for (;;) { world.terminal.out("y\\n".repeat(1000)); if (world.terminal.closed) return world.signal.aborted ? 7 : 8; await world.clock.sleep(1); }';
  const { code, stderr } = await run(t, body, (child) => child.stdout?.once("data", () => child.stdout?.destroy()));
  assert.deepEqual([code, stderr], [7, ""]);
});

test("process: what nobody awaited rejects faults", async (t) => {
  const body = 'Promise.reject(new Error("lost")); return world.faults.catch((error) => { world.terminal.err(error.message); return 1; });';
  const { code, stderr } = await run(t, body);
  assert.deepEqual([code, stderr], [1, "lost"]);
});

test("process: a run that throws itself is no success", async (t) => {
  const { code, stderr } = await run(t, 'throw new Error("beyond main");');
  assert.equal(code, 1);
  assert.match(stderr, /^Error: beyond main\n {4}at /);
});

test("program: a link beside itself, made once, never over another file", async (t) => {
  const body = `
    const outcomes = [];
    for (const name of ["kubectl_complete-x", "kubectl_complete-x", "program.mjs"]) {
      outcomes.push(await world.program.link(name).catch((error) => error.code + " " + error.hint.startsWith("any directory on the PATH will do: ln -s ")));
    }
    world.terminal.out(JSON.stringify({ outcomes, path: world.program.path, runtime: world.program.runtime }));
    return 0;`;
  const { stdout } = await run(t, body, (child) => {
    // read before the folder is removed
    child.on("exit", () => {
      const [, file = ""] = child.spawnargs;
      assert.equal(readlinkSync(join(file, "../kubectl_complete-x")), "program.mjs");
    });
  });
  const { outcomes, runtime } = JSON.parse(stdout);
  assert.deepEqual(outcomes, ["created", "present", "InvalidFile true"]);
  assert.equal(runtime, `node ${process.versions.node}`);
});

test("files: a text, a missing file, a directory", async (t) => {
  const path = folder(t);
  writeFileSync(join(path, "a"), "text");
  assert.equal(await files.read(join(path, "a")), "text");
  const fails = (file: string, why: string) =>
    assert.rejects(
      files.read(file),
      (error) => error instanceof AppError && error.code === "InvalidFile" && error.message === `cannot read ${file}: ${why}`,
    );
  await fails(join(path, "b"), "no such file");
  await fails(path, "it is a directory");
});

test("files: - is standard input", async (t) => {
  const start = new URL("../../../src/adapters/node/files.ts", import.meta.url);
  const file = join(folder(t), "read.mjs");
  writeFileSync(
    file,
    `import { files } from ${JSON.stringify(start.href)};\nprocess.stdout.write((await files.read("-")).toUpperCase());\n`,
  );
  const child = spawn(process.execPath, [file], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end("grüße");
  let out = "";
  for await (const data of child.stdout) out += data;
  assert.equal(out, "GRÜSSE");
});

test("clock: a sleep ends early with the signal's reason", async () => {
  const controller = new AbortController();
  const sleeping = clock.sleep(60_000, controller.signal);
  controller.abort(new Error("enough"));
  await assert.rejects(sleeping, /enough/);
  await assert.rejects(clock.sleep(1, controller.signal), /enough/);
  const before = clock.now();
  await clock.sleep(2, new AbortController().signal);
  assert.ok(clock.now() > before);
});

test("process: it knows its place, and which processes are there", async (t) => {
  const { process: own } = openProgram();
  assert.equal(own.pid, process.pid);
  assert.notEqual(own.host, "");
  assert.equal(own.exists(process.pid), true);
  assert.equal(own.exists(1), true);
  const ended = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
  await new Promise((resolve) => ended.on("close", resolve));
  assert.equal(own.exists(ended.pid ?? 0), false);
  if (process.platform !== "linux") return;
  assert.match(own.place ?? "", /^[0-9a-f-]{36}\/\d+$/);
  const { stdout } = await run(t, "world.terminal.out(world.program.process.place); return 0;");
  assert.equal(stdout, own.place);
});
