import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDirectory } from "./places.ts";

/** A directory of the cache, made by `make` if it is not there; one that was left half made is never taken for whole. */
export async function cached(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const directory = join(cacheDirectory, name);
  if (existsSync(directory)) return directory;
  const partial = join(dirname(directory), `.partial-${name}`);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await make(partial);
  await rename(partial, directory);
  return directory;
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
