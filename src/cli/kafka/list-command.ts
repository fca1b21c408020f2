import type { Command } from "../command.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../flags.ts";
import { allNamespacesFlag, outputFlag, selectorFlag, watchFlag } from "../global-flags.ts";
import { lookRights } from "../rights.ts";

const flags = {
  ...outputFlag(["table", "wide", "json", "yaml", "name"]),
  ...allNamespacesFlag,
  ...selectorFlag,
  ...watchFlag,
  sort: {
    kind: "enum",
    choices: ["name", "health", "age"],
    initial: "name",
    placeholder: "BY",
    summary: "Order of the rows; health: worst first",
  },
} as const satisfies Flags;

type NoWords = Record<never, never>;

export type ListContext = Context<NoWords, typeof flags>;

export const listCommand: Command<NoWords, typeof flags> = {
  name: "list",
  group: "Look",
  summary: "List Kafka clusters with their mode, version, nodes and health",
  examples: [
    { text: "The clusters of a namespace", line: "list -n kafka" },
    { text: "All clusters, the sick ones first", line: "list -A --sort health" },
    { text: "Names alone, for a script", line: "list -A -o name" },
  ],
  rbac: lookRights,
  positionals: {},
  flags,
  run: () => import("./list.ts"),
};
