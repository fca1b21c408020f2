import type { Face } from "../command.ts";
import type { World } from "../context.ts";
import { faceNameOf } from "../self.ts";
import type { Shell } from "./completion-scripts.ts";

const versionLine = /^(?:version|--version)(?: (?:-o[ =]?|--output[ =])(json|yaml|text))?$/;
const completionLine = /^completion (bash|zsh|fish)$/;

async function printCompletion(face: Face, words: readonly string[], world: World): Promise<void> {
  const { complete } = await import("./complete.ts");
  const { candidates, directive, lookUp } = complete(face, words);
  const found = lookUp ? await (await import("./look-up.ts")).lookUpNames(lookUp, words.at(-1) ?? "", world) : [];
  world.terminal.out(`${[...candidates, ...found, `:${directive}`].join("\n")}\n`);
}

/**
 * Answers what a shell or a script asks often, before the argument parser is loaded: `version`, a shell's completion script and `__complete`.
 * False when the command line is anything else, mistakes included.
 */
export async function answerEarly(face: Face, world: World): Promise<boolean> {
  const { program, terminal } = world;
  const { args } = program;
  if (faceNameOf(program.path).completes || args[0] === "__complete") {
    await printCompletion(face, faceNameOf(program.path).completes ? args : args.slice(1), world);
    return true;
  }
  const line = args.length <= 3 ? args.join(" ") : "";
  const version = versionLine.exec(line);
  if (version) {
    const { printVersion } = await import("./version.ts");
    await printVersion({ name: face.name, format: (version[1] ?? "text") as "text" | "json" | "yaml" }, program, terminal);
    return true;
  }
  const shell = completionLine.exec(line)?.[1];
  if (shell === undefined) return false;
  const { completionScript } = await import("./completion-scripts.ts");
  terminal.out(completionScript(shell as Shell, face.name));
  return true;
}
