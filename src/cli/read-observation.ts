import { parseObservation } from "../manifest/parse-observation.ts";
import { AppError } from "../model/errors.ts";
import type { Observation } from "../model/observation.ts";
import type { Files } from "../ports/files.ts";

async function parseText(text: string, path: string): Promise<unknown> {
  try {
    if (/^\s*\{/.test(text)) return JSON.parse(text);
    const { parseYaml } = await import("../manifest/yaml.ts");
    return parseYaml(text);
  } catch (cause) {
    throw new AppError("InvalidFile", `${path} is neither JSON nor YAML: ${(cause as Error).message.split("\n")[0]}`, { cause });
  }
}

/** The observation saved in a file (`-`: standard input), as JSON or YAML. */
export async function readObservation(files: Files, path: string): Promise<Observation> {
  const name = path === "-" ? "standard input" : path;
  return parseObservation(await parseText(await files.read(path), name), name);
}
