import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A whole process to time: what it is called in the table, and its words. */
export type Contestant = { readonly name: string; readonly command: readonly string[]; readonly env?: NodeJS.ProcessEnv };

export type Timing = { readonly name: string; readonly medianMs: number; readonly minMs: number; readonly maxMs: number };

type Ended = { readonly ms: number; readonly stdout: string; readonly stderr: string };

/** Runs it once to its end; throws when the exit code is none of those expected. */
export function runOnce({ command, env, name }: Contestant, allowed: readonly number[] = [0, 10]): Promise<Ended> {
  const [program = "", ...args] = command;
  const startedAt = performance.now();
  const child = spawn(program, args, { env: env ?? process.env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const ms = performance.now() - startedAt;
      if (allowed.includes(code ?? -1)) resolve({ ms, stdout, stderr });
      else reject(new Error(`${name}: exit ${code}\n${stderr}`));
    });
  });
}

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;

/** Medians of whole processes. The contestants take turns, so that a noisy minute hits them all. */
export async function race(contestants: readonly Contestant[], runs: number): Promise<Timing[]> {
  const times = new Map(contestants.map(({ name }) => [name, [] as number[]]));
  for (const contestant of contestants) await runOnce(contestant);
  for (let round = 0; round < runs; round += 1)
    for (const contestant of contestants) times.get(contestant.name)?.push((await runOnce(contestant)).ms);
  return [...times].map(([name, all]) => {
    const sorted = all.sort((a, b) => a - b);
    return { name, medianMs: median(sorted), minMs: sorted[0] ?? Number.NaN, maxMs: sorted.at(-1) ?? Number.NaN };
  });
}

/** Peak resident memory of a node program, in bytes; measured in a run of its own. */
export async function peakMemory(contestant: Contestant): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "kubectl-kafka-bench-"));
  try {
    const file = join(folder, "memory");
    const preload = fileURLToPath(new URL("./report-memory.cjs", import.meta.url));
    await runOnce({ ...contestant, env: { ...(contestant.env ?? process.env), NODE_OPTIONS: `--require=${preload}`, MEMORY_FILE: file } });
    return Number(readFileSync(file, "utf8")) * 1024;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Prints medians with the range, and each as a ratio to the contestant named. */
export function printTimings(timings: readonly Timing[], reference: string): void {
  const base = timings.find(({ name }) => name === reference)?.medianMs ?? Number.NaN;
  const width = Math.max(...timings.map(({ name }) => name.length));
  console.log(`${"".padEnd(width)}   median      min      max   ratio`);
  const number = (ms: number) => `${ms.toFixed(0)} ms`.padStart(8);
  for (const { name, medianMs, minMs, maxMs } of timings)
    console.log(`${name.padEnd(width)} ${number(medianMs)} ${number(minMs)} ${number(maxMs)}  ${(medianMs / base).toFixed(2).padStart(6)}`);
}
