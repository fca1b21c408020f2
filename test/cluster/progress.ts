import { performance } from "node:perf_hooks";

const firstSignMs = 3_000;
const nextSignMs = 30_000;

/** Runs a step and tells on stderr what it is and how long it takes: at its end, and while it goes on for long. */
export async function step<T>(label: string, action: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const elapsed = (): string => formatSeconds(performance.now() - start);
  let timer = setTimeout(function sign() {
    say(`… ${label} (${elapsed()})`);
    timer = setTimeout(sign, nextSignMs).unref();
  }, firstSignMs).unref();
  try {
    const result = await action();
    say(`✓ ${label} (${elapsed()})`);
    return result;
  } catch (error) {
    say(`✗ ${label} (${elapsed()})`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Prints one line for the person who waits. */
export function say(line: string): void {
  process.stderr.write(`  ${line}\n`);
}

/** 950 -> "0.9 s", 272000 -> "4 min 32 s". */
export function formatSeconds(ms: number): string {
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
