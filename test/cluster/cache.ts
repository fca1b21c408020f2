import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { basename, join } from "node:path";
import { cacheDirectory } from "./places.ts";

/** How long an entry that nobody asks for is kept: long enough to go back to another branch. */
const keptMs = 7 * 24 * 3_600_000;

/** A directory of the cache, made by `make` if it is not there; one that was left half made is never taken for whole. */
export async function cached(family: string, key: string, make: (directory: string) => Promise<void>): Promise<string> {
  const directory = join(cacheDirectory, `${family}-${key}`);
  if (!existsSync(directory)) {
    const partial = await emptyPartial();
    await make(partial);
    await rename(partial, directory);
  }
  await markUsed(directory);
  return directory;
}

/** An empty directory to make an entry in. Those of makers that were interrupted go, unless a child of theirs still writes. */
export async function emptyPartial(): Promise<string> {
  await mkdir(cacheDirectory, { recursive: true });
  const prefix = ".partial-";
  const abandoned = (await readdir(cacheDirectory)).filter((name) => name.startsWith(prefix));
  await Promise.allSettled(abandoned.map((name) => rm(join(cacheDirectory, name), { recursive: true })));
  return mkdtemp(join(cacheDirectory, prefix));
}

/** Notes that an entry is in use, and drops its predecessors (same name, other key) that have not been for long. */
export async function markUsed(directory: string): Promise<void> {
  const now = new Date();
  await utimes(directory, now, now);
  const family = basename(directory).replace(/[^-]+$/, "");
  for (const name of await readdir(cacheDirectory)) {
    if (name.replace(/[^-]+$/, "") !== family) continue;
    const sibling = join(cacheDirectory, name);
    const { mtimeMs } = await stat(sibling);
    if (now.getTime() - mtimeMs > keptMs) await rm(sibling, { recursive: true });
  }
}

/** A short key of inputs: texts, and the contents of the files below directories. */
export async function keyOf(inputs: { texts?: readonly string[]; directories?: readonly string[] }): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(inputs.texts ?? []));
  for (const directory of inputs.directories ?? []) {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const path of paths.sort()) hash.update(path.slice(directory.length)).update(await readFile(path));
  }
  return hash.digest("hex").slice(0, 12);
}
