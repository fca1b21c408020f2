import { constants, createReadStream, type Dirent, promises } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../model/errors.ts";
import type { Files, Listing } from "../../ports/files.ts";
import { readText } from "./read-text.ts";

const reasons: Readonly<Record<string, string>> = { ENOENT: "no such file", EACCES: "not permitted", EISDIR: "it is a directory" };

function cannotRead(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  return new AppError("InvalidFile", `cannot read ${path}: ${reasons[code ?? ""] ?? message}`, { cause });
}

function readStdin(maxBytes: number | undefined): Promise<string> {
  if (process.stdin.isTTY)
    throw new AppError("InvalidFile", "standard input is a terminal", { hint: "pipe a document into the command, or name a file" });
  return readText(process.stdin, { name: "standard input", maxBytes });
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : 1);

async function* filesIn(directory: string, recursive: boolean): AsyncGenerator<string> {
  for (const entry of (await promises.readdir(directory, { withFileTypes: true })).sort(byName)) {
    const path = join(directory, entry.name);
    if (!entry.isDirectory()) yield path;
    else if (recursive) yield* filesIn(path, recursive);
  }
}

async function listAll(path: string, { recursive, atMost, signal }: Listing): Promise<readonly string[] | undefined> {
  const { mode } = await promises.stat(path);
  if ((mode & constants.S_IFMT) !== constants.S_IFDIR) return undefined;
  const found: string[] = [];
  for await (const file of filesIn(path, recursive)) {
    signal?.throwIfAborted();
    if (found.length === atMost) throw new AppError("InvalidFile", `${path} has more than ${atMost} files`);
    found.push(file);
  }
  return found;
}

/** The file system; `-` is standard input. */
export const files: Files = {
  async read(path, maxBytes) {
    if (path === "-") return readStdin(maxBytes);
    try {
      return await readText(createReadStream(path), { name: path, maxBytes });
    } catch (cause) {
      throw cannotRead(path, cause);
    }
  },
  async list(path, listing) {
    try {
      return await listAll(path, listing);
    } catch (cause) {
      if (listing.signal?.aborted) throw cause;
      throw cannotRead(path, cause);
    }
  },
};
