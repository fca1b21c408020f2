import type { Command, Face } from "../../src/cli/command.ts";
import type { Context } from "../../src/cli/context.ts";
import type { Flags } from "../../src/cli/flags.ts";
import { outputFlag, watchFlag } from "../../src/cli/global-flags.ts";

/** What the verb `fail` does. */
export type Failing = (context: Context) => Promise<number>;

const flags = {
  ...outputFlag(["table", "json"]),
  ...watchFlag,
  section: { kind: "list", choices: ["nodes", "quorum"], summary: "Sections" },
  limit: { kind: "number", summary: "How many" },
  wait: { kind: "duration", summary: "How long" },
  file: { kind: "string", complete: "files", summary: "A file" },
} as const satisfies Flags;

const text = { group: "Look", summary: "A verb", examples: [], rbac: [] } as const;

const show: Command = {
  ...text,
  name: "show",
  aliases: ["display"],
  positionals: { topic: { required: true, summary: "A topic" }, cluster: { required: false, complete: "clusters", summary: "A cluster" } },
  flags,
  run: async () => ({
    async run({ args, flags: values, terminal, width, self }) {
      terminal.out(JSON.stringify({ args, flags: values, color: terminal.color, unicode: terminal.unicode, width, self }));
      return 0;
    },
  }),
};

/** A program with one verb that shows what it was given, and one that does as the test says. */
export const echoFace = (failing: Failing = async () => 0): Face => ({
  name: "kubectl-kafka",
  summary: "A program for tests.",
  commands: [show, { ...text, name: "fail", positionals: {}, flags: {}, run: async () => ({ run: failing }) }],
});
