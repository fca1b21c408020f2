import type { Command, Face, Positionals } from "../command.ts";
import type { World } from "../context.ts";
import { outputFlag } from "../global-flags.ts";
import { completionCommand } from "./completion.ts";
import { printVersion } from "./version.ts";

type NoWords = Record<never, never>;

const versionFlags = outputFlag(["text", "json", "yaml"]);

const versionCommand = (face: string, { program, terminal }: World): Command<NoWords, typeof versionFlags> => ({
  name: "version",
  group: "Shell",
  summary: "Print the version of this program",
  examples: [{ text: "As a document", line: "version -o json" }],
  rbac: [],
  positionals: {},
  flags: versionFlags,
  run: async () => ({
    async run({ flags }) {
      await printVersion({ name: face, format: flags.output }, program, terminal);
      return 0;
    },
  }),
});

const helpWords = { command: { required: false, rest: true, summary: "The command to explain" } } as const satisfies Positionals;

const helpCommand = (face: () => Face): Command<typeof helpWords, NoWords> => ({
  name: "help",
  group: "Shell",
  summary: "Explain a command",
  examples: [],
  rbac: [],
  positionals: helpWords,
  flags: {},
  async run() {
    const { renderHelp } = await import("../help.ts");
    return {
      async run({ args, terminal, self, style }) {
        terminal.out(renderHelp(face(), args.command.join(" ") || undefined, { self, style }));
        return 0;
      },
    };
  },
});

const optionsCommand = (): Command<NoWords, NoWords> => ({
  name: "options",
  group: "Shell",
  summary: "List the flags that every command takes",
  examples: [],
  rbac: [],
  positionals: {},
  flags: {},
  async run() {
    const { renderOptions } = await import("../help.ts");
    return {
      async run({ terminal, self, style }) {
        terminal.out(renderOptions({ self, style }));
        return 0;
      },
    };
  },
});

/** A face together with the commands that every program of the suite has. */
export function withBuiltins(face: Face, world: World): Face {
  const whole: Face = {
    ...face,
    commands: [
      ...face.commands,
      completionCommand(face.name, world.program),
      helpCommand(() => whole),
      optionsCommand(),
      versionCommand(face.name, world),
    ],
  };
  return whole;
}
