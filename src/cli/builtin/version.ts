import type { Program } from "../../ports/program.ts";
import type { Terminal } from "../../ports/terminal.ts";
import { printDocument } from "../output.ts";

/** The bundler puts the commit here; it is absent when the sources run as they are. */
declare const BUILD_COMMIT: string | undefined;

/** The version of package.json; a test holds the two together. */
export const version = "0.1.0";

const commit = (): string => (typeof BUILD_COMMIT === "string" ? BUILD_COMMIT : "source");

/** Prints what is running, without asking any cluster. */
export async function printVersion(
  { name, format }: { name: string; format: "text" | "json" | "yaml" },
  program: Program,
  terminal: Terminal,
) {
  if (format === "text") return terminal.out(`${name} v${version} (commit ${commit()}, ${program.runtime}, ${program.platform})\n`);
  const clientVersion = { version, gitCommit: commit(), runtime: program.runtime, platform: program.platform };
  return printDocument(terminal, { apiVersion: "kubectl-kafka/v1", kind: "Version", name, clientVersion }, format);
}
