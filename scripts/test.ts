/**
 * `npm test`: check, build, unit tests, then contract and end-to-end tests on a real cluster. `test.ts unit` ends after the unit tests,
 * `test.ts long` adds the slow ones. Every step runs whatever the others did, but nothing runs on a bundle that could not be built. Ends with
 * one summary over all, as node's test runner writes it; check and build count as a test each.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const mode = process.argv[2] ?? "all";

const counters = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo"] as const;
type Counts = Record<(typeof counters)[number], number>;

const nothing: Counts = { tests: 0, suites: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
const add = (a: Counts, b: Counts): Counts => Object.fromEntries(counters.map((name) => [name, a[name] + b[name]])) as Counts;

const running = new Set<ChildProcess>();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal);
    process.exitCode = 130;
  });
}

type Ended = { readonly code: number; readonly output: string };

/** Runs node in the project and returns what it printed, shown meanwhile when `live`. */
function node(args: readonly string[], live = true): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  running.add(child);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (live) process.stdout.write(text);
  });
  return new Promise((resolve) =>
    child.on("close", (code) => {
      running.delete(child);
      resolve({ code: code ?? 1, output });
    }),
  );
}

/** A script counts as one test. */
async function script(title: string, file: string): Promise<Counts> {
  console.log(`\n== ${title}`);
  const { code } = await node([file]);
  return { ...nothing, tests: 1, ...(code === 0 ? { pass: 1 } : { fail: 1 }) };
}

type Suite = { readonly title: string; readonly files: readonly string[]; readonly options: readonly string[]; readonly shards?: number };

/** What a runner counted. One that broke down without counting a failure is a failure. */
function countsOf({ code, output }: Ended): Counts {
  const counted = counters.map((name) => [name, Number(new RegExp(`^\\S+ ${name} (\\d+)$`, "m").exec(output)?.[1] ?? 0)]);
  const counts = Object.fromEntries(counted) as Counts;
  return code === 0 || counts.fail + counts.cancelled > 0 ? counts : add(counts, { ...nothing, tests: 1, fail: 1 });
}

/** Runs test files, in as many processes at once as there are shards; what the others print follows the first's. */
async function suite({ title, files, options, shards = 1 }: Suite): Promise<Counts> {
  if (files.length === 0) return nothing;
  console.log(`\n== ${title}`);
  const shardsOfFiles = Array.from({ length: shards }, (_, shard) => files.filter((_file, at) => at % shards === shard));
  const runners = shardsOfFiles.map((some, shard) => node(["--test", "--test-reporter=spec", ...options, ...some], shard === 0));
  const [first, ...others] = await Promise.all(runners);
  for (const { output } of others) process.stdout.write(output);
  return [first, ...others].reduce((sum, ended) => (ended ? add(sum, countsOf(ended)) : sum), nothing);
}

const testFiles = (...folders: string[]): string[] =>
  folders.flatMap((folder) => globSync(`test/${folder}/**/*.test.ts`, { cwd: root })).sort();

const onCluster = testFiles("contract", "e2e");
const long = testFiles("long");
const unit = testFiles("*").filter((file) => !onCluster.includes(file) && !long.includes(file));
// few processes for all: one per file would cost most of the time
const fast = ["--test-isolation=none", "--test-timeout=60000"];
const real = ["--test-concurrency=1", "--test-timeout=1800000"];

const startedAt = performance.now();
let total = nothing;
if (mode !== "unit") total = add(total, await script("check", "scripts/check.ts"));
const built = await script("build", "scripts/bundle.ts");
total = add(total, built);
if (built.fail === 0) {
  total = add(total, await suite({ title: "unit tests", files: unit, options: fast, shards: 2 }));
  if (mode !== "unit")
    total = add(total, await suite({ title: "contract and end-to-end tests, on a real cluster", files: onCluster, options: real }));
  if (mode === "long") total = add(total, await suite({ title: "long tests", files: long, options: real }));
}

const failed = total.fail + total.cancelled;
console.log(`\n${total.pass} passed, ${failed} failed`);
for (const name of counters) console.log(`# ${name} ${total[name]}`);
console.log(`# duration_ms ${Math.round(performance.now() - startedAt)}`);
process.exitCode ||= failed === 0 ? 0 : 1;
