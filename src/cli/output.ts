import type { Terminal } from "../ports/terminal.ts";
import { renderJson } from "../render/json.ts";

/** Prints a document as JSON or YAML; the YAML library is loaded when it is asked for. */
export async function printDocument(terminal: Terminal, document: object, format: "json" | "yaml"): Promise<void> {
  if (format === "json") return terminal.out(renderJson(document));
  const { toYaml } = await import("../manifest/yaml.ts");
  terminal.out(toYaml(document));
}
