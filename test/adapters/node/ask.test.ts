import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { ask } from "../../../src/adapters/node/ask.ts";

function terminal() {
  const streams = { stdin: new PassThrough(), stderr: new PassThrough() };
  return { ...streams, shown: () => String(streams.stderr.read() ?? "") };
}

const { signal } = new AbortController();

test("ask: one line, and only one", async () => {
  const { shown, ...streams } = terminal();
  const answer = ask("Name: ", streams, signal);
  streams.stdin.write("my-clu");
  streams.stdin.write("ster\r\nmore\n");
  assert.deepEqual([await answer, shown()], ["my-cluster", "Name: "]);
});

test("ask: the end of the input is no answer", async () => {
  const { shown, ...streams } = terminal();
  const answer = ask("Name: ", streams, signal);
  streams.stdin.end();
  assert.deepEqual([await answer, shown()], ["", "Name: \n"]);
});

test("ask: Ctrl-C ends it with the signal's reason", async () => {
  const { shown, ...streams } = terminal();
  const controller = new AbortController();
  const answer = ask("Name: ", streams, controller.signal);
  controller.abort(new Error("enough"));
  await assert.rejects(answer, /^Error: enough$/);
  assert.equal(shown(), "Name: \n");
  assert.throws(() => ask("Name: ", streams, controller.signal), /^Error: enough$/);
});
