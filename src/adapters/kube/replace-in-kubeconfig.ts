import { open, readFile, unlink, writeFile } from "node:fs/promises";

/**
 * Replaces values where they stand in a kubeconfig, so that its comments and order stay; in place, as kubectl writes, and under kubectl's
 * own lock file. Values must be long and unlike anything else, as tokens are; an empty one is passed over.
 */
export async function replaceInKubeconfig(
  file: string,
  changes: readonly (readonly [before: string, after: string])[],
  sleep: (ms: number) => Promise<void>,
): Promise<void> {
  const lock = `${file}.lock`;
  await takeLock(lock, sleep);
  try {
    const text = await readFile(file, "utf8");
    const changed = changes.reduce((result, [before, after]) => (before === "" ? result : result.replaceAll(before, () => after)), text);
    if (changed !== text) await writeFile(file, changed);
  } finally {
    await unlink(lock);
  }
}

const lockTries = 10;

async function takeLock(lock: string, sleep: (ms: number) => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await (await open(lock, "wx")).close();
    } catch (error) {
      if (attempt === lockTries) throw error;
      await sleep(50);
    }
  }
}
