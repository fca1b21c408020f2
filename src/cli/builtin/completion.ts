import type { Program } from "../../ports/program.ts";
import type { Command, Positionals } from "../command.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../flags.ts";
import { completionName } from "../self.ts";
import { usageError } from "../usage-error.ts";
import type { Shell } from "./completion-scripts.ts";

const positionals = {
  shell: {
    required: false,
    choices: ["bash", "zsh", "fish"],
    summary: "bash, zsh or fish: print the script for the program called without kubectl",
  },
} as const satisfies Positionals;

const flags = {
  install: { kind: "boolean", summary: "Let kubectl complete the plugin: link kubectl_complete-NAME beside it" },
} as const satisfies Flags;

type CompletionContext = Context<typeof positionals, typeof flags>;

async function runCompletion(face: string, program: Program, context: CompletionContext): Promise<number> {
  const { args, terminal, self } = context;
  if (context.flags.install) {
    const link = completionName(face);
    const outcome = await program.link(link);
    terminal.err(`${link} ${outcome === "created" ? "installed" : "is installed already"}. Try: ${self} <TAB>\n`);
    return 0;
  }
  if (args.shell === undefined)
    throw usageError("SHELL or --install is missing", `${self} completion --install, or ${self} completion bash|zsh|fish`);
  const { completionScript } = await import("./completion-scripts.ts");
  terminal.out(completionScript(args.shell as Shell, face));
  return 0;
}

/** `completion`, for one face. */
export const completionCommand = (face: string, program: Program): Command<typeof positionals, typeof flags> => ({
  name: "completion",
  group: "Shell",
  summary: "Complete the words of this program in the shell",
  details:
    "kubectl completes a plugin when an executable called kubectl_complete-NAME is on the PATH; --install makes it. Without kubectl, the shell needs a script of its own.",
  examples: [
    { text: "Completion after kubectl", line: "completion --install" },
    { text: "Completion of the program itself, in bash", line: `completion bash > ${face}.bash` },
  ],
  rbac: [],
  positionals,
  flags,
  run: async () => ({ run: (context) => runCompletion(face, program, context) }),
});
