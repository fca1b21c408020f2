import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { build } from "esbuild";
import { batch } from "./batches.ts";
import { startLogBrokers } from "./log-broker.ts";

/**
 * Reads once, so that connections are open, and then rests: prints how many timers were started and how often any fired, the processor
 * time it took, and where a decoder stands after tagged fields. Runs as one minified CommonJS file, as users get it.
 */
const program = `
import { createHook } from "node:async_hooks";
import Decoder from "kafkajs/src/protocol/decoder.js";
import { openKafkaData } from "./src/adapters/kafka/data/open.ts";
import { dialer } from "./src/adapters/kafka/dial.ts";
import { clock } from "./src/adapters/node/clock.ts";

async function main() {
  const bootstrap = [{ host: "127.0.0.1", port: Number(process.argv[2]) }];
  const data = await openKafkaData({ bootstrap, security: {}, route: { kind: "Direct" }, via: "" }, { dial: dialer(), clock, trace: () => {} });
  const seen = [];
  for await (const { records } of data.read({ topic: "t", isolation: "read_committed", ranges: [{ partition: 0, from: 0, to: 2 }] })) seen.push(...records);
  let started = 0;
  let fired = 0;
  createHook({ init: (_, type) => { if (type === "Timeout") started += 1; }, before: () => { fired += 1; } }).enable();
  const before = process.cpuUsage();
  await clock.sleep(1000);
  const used = process.cpuUsage(before);
  const decoder = new Decoder(Buffer.from([2, 0, 1, 0xff, 1, 2, 0xff, 0xff, 42]));
  decoder.readTaggedFields();
  const result = { seen: seen.length, started, fired, cpuMs: (used.user + used.system) / 1000, after: decoder.readInt8() };
  await data.close();
  console.log(JSON.stringify(result));
}
main();
`;

test("bundled and minified, an idle client rests and tagged fields are skipped", async (context) => {
  const brokers = await startLogBrokers([
    { leader: 1, startOffset: 0, endOffset: 2, batches: [batch({ baseOffset: 0, records: [{ value: "a" }, { value: "b" }] })] },
  ]);
  const folder = await mkdtemp(join(tmpdir(), "kubectl-kafka-shims-"));
  context.after(async () => {
    await brokers.close();
    await rm(folder, { recursive: true });
  });
  const outfile = join(folder, "idle.cjs");
  await build({
    stdin: { contents: program, resolveDir: join(import.meta.dirname, "../../../.."), loader: "ts", sourcefile: "idle.ts" },
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    outfile,
    logLevel: "error",
  });
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [outfile, String(brokers.bootstrap[0]?.port)], {
    timeout: 30_000,
  });
  assert.equal(stderr, "");
  const { seen, started, fired, cpuMs, after } = JSON.parse(stdout);
  assert.deepEqual({ seen, after }, { seen: 2, after: 42 });
  // the program's own sleep, and ten looks a second per connection at requests that may be late; unpatched it is over a thousand
  assert.ok(started <= 2, `${started} timers were started`);
  assert.ok(fired < 60, `timers fired ${fired} times`);
  assert.ok(cpuMs < 150, `${cpuMs} ms of processor time`);
});
