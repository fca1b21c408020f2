import { spawn } from "node:child_process";
import { AppError } from "../../model/errors.ts";
import type { Kustomize } from "../../ports/manifest-texts.ts";
import { readText } from "./read-text.ts";

function cannotRun(cause: unknown): AppError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = code === "ENOENT" ? "it is not on the PATH" : message;
  return new AppError("InvalidFile", `cannot run kubectl, which --kustomize needs: ${why}`, { cause });
}

/** The kubectl that is on the PATH does the work: its kustomize is the one people know. */
export const kustomize: Kustomize = async (directory, { maxBytes, signal }) => {
  const child = spawn("kubectl", ["kustomize", "--", directory], { stdio: ["ignore", "pipe", "inherit"], signal });
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", (error) => reject(signal.aborted ? signal.reason : cannotRun(error)));
    child.on("close", (code) => resolve(code ?? 1));
  });
  // it is awaited below, unless reading fails
  ended.catch(() => {});
  const name = `kubectl kustomize ${directory}`;
  try {
    const text = await readText(child.stdout, { name, maxBytes });
    const code = await ended;
    if (code === 0) return text;
    throw new AppError("InvalidFile", `${name} failed with exit code ${code}`, { hint: "it said why above" });
  } finally {
    child.kill();
  }
};
