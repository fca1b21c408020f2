import { type SpawnOptions, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

const tailLines = 30;

/** A fault that the person at the terminal can do something about: its message is all there is to say. */
export class ClusterError extends Error {}

export type RunOptions = Pick<SpawnOptions, "cwd" | "env"> & { input?: Readable | string };

/** Runs a program to its end and resolves to its standard output; a failure shows the last lines that it printed. */
export async function run(program: string, parameters: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input, ...rest } = options;
  const child = spawn(program, parameters, { ...rest, stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"] });
  const ended = new Promise<number | string>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  child.stdin?.on("error", () => {}); // a program that ends early closes its input; its exit code tells why
  if (typeof input === "string") child.stdin?.end(input);
  else if (input && child.stdin) input.pipe(child.stdin);
  const [outcome, output, errors] = await Promise.all([ended, text(child.stdout as Readable), text(child.stderr as Readable)]);
  if (outcome !== 0) throw new ClusterError(`${program} ${parameters[0] ?? ""} failed (${outcome}):\n${tail(output + errors)}`);
  return output;
}

/** The last lines of a text, for error messages. */
export function tail(text: string): string {
  return text.trimEnd().split("\n").slice(-tailLines).join("\n");
}
