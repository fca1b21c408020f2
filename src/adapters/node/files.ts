import { promises } from "node:fs";
import { AppError } from "../../model/errors.ts";
import type { Files } from "../../ports/files.ts";

async function readStdin(): Promise<string> {
  if (process.stdin.isTTY)
    throw new AppError("InvalidFile", "standard input is a terminal", { hint: "pipe a document into the command, or name a file" });
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

const reasons: Readonly<Record<string, string>> = { ENOENT: "no such file", EACCES: "not permitted", EISDIR: "it is a directory" };

/** The file system; `-` is standard input. */
export const files: Files = {
  async read(path) {
    if (path === "-") return readStdin();
    try {
      return await promises.readFile(path, "utf8");
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      throw new AppError("InvalidFile", `cannot read ${path}: ${reasons[code ?? ""] ?? message}`, { cause });
    }
  },
};
