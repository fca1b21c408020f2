import type { Command, Positionals } from "../command.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../flags.ts";
import { outputFlag } from "../global-flags.ts";

const positionals = {
  cluster: { required: false, complete: "clusters", summary: "Name of the Kafka cluster" },
} as const satisfies Positionals;

const flags = { ...outputFlag(["text", "json", "yaml"]) } as const satisfies Flags;

export type RollStatusContext = Context<typeof positionals, typeof flags>;

export const rollStatusCommand: Command<typeof positionals, typeof flags> = {
  name: "roll status",
  group: "Day two",
  summary: "Show the roll under way, or the last one",
  details: "Who restarts what, since when and why, and which nodes are done: those whose pod is another one than before.",
  examples: [{ text: "How far is it", line: "roll status my-cluster -n kafka" }],
  rbac: ["get configmaps", "list pods", "get leases (optional: to tell whether it is under way)"],
  positionals,
  flags,
  run: () => import("./roll-status.ts"),
};
