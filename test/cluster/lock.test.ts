import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { withLock } from "./lock.ts";

const name = (purpose: string): string => `kubectl-kafka-test-${process.pid}-${purpose}`;
const linux = { skip: process.platform !== "linux" && "abstract sockets are Linux's" };

test("only one action at a time, and all of them in the end", linux, async () => {
  const log: string[] = [];
  const action = (id: string) => () =>
    withLock(name("order"), async () => {
      log.push(`+${id}`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`-${id}`);
    });
  await Promise.all(["a", "b", "c"].map((id) => action(id)()));
  assert.equal(log.length, 6);
  for (let index = 0; index < log.length; index += 2) assert.equal(log[index]?.slice(1), log[index + 1]?.slice(1), log.join(" "));
});

test("is free again after an action that fails", linux, async () => {
  await assert.rejects(
    withLock(name("failure"), () => Promise.reject(new Error("failed"))),
    /failed/,
  );
  assert.equal(await withLock(name("failure"), async () => "free"), "free");
});

test("is free again after its holder is killed", linux, async () => {
  const hold = `const { withLock } = await import(${JSON.stringify(import.meta.resolve("./lock.ts"))});
await withLock(${JSON.stringify(name("killed"))}, () => {
  console.log("held");
  setInterval(() => {}, 1_000);
  return new Promise(() => {});
});`;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", hold], { stdio: ["ignore", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  let waited = false;
  const action = withLock(
    name("killed"),
    async () => "free",
    () => {
      waited = true;
      holder.kill("SIGKILL");
    },
  );
  assert.equal(await action, "free");
  assert.equal(waited, true);
});
