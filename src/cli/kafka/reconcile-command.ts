import type { Command, Positionals } from "../command.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../flags.ts";
import { allNamespacesFlag, outputFlag, selectorFlag } from "../global-flags.ts";
import { runRights } from "../rights.ts";
import { runFlags } from "../run-flags.ts";

const positionals = {
  cluster: { required: false, complete: "clusters", summary: "Name of the Kafka cluster" },
} as const satisfies Positionals;

const flags = {
  ...outputFlag(["text", "json"]),
  ...allNamespacesFlag,
  ...selectorFlag,
  ...runFlags,
  confirm: { kind: "string", placeholder: "NAME", summary: "The cluster's name, where data would be lost, so that it is not asked for" },
  exitCode: { kind: "boolean", summary: "With --dry-run: exit with 10 when something would change" },
} as const satisfies Flags;

export type ReconcileContext = Context<typeof positionals, typeof flags>;

export const reconcileCommand: Command<typeof positionals, typeof flags> = {
  name: "reconcile",
  group: "Run",
  summary: "Make a Kafka cluster as its resources ask for",
  details:
    "Reads the Kafka resource and its KafkaNodePools, shows what has to change, and changes it: objects first, then nodes one after the other where they must restart, then what Kafka changes while it runs. What was interrupted goes on from where it stopped. Without CLUSTER it is the only one of the namespace.",
  examples: [
    { text: "After kubectl edit kafka my-cluster", line: "reconcile my-cluster -n kafka" },
    { text: "What would change", line: "reconcile my-cluster -n kafka --dry-run" },
    { text: "Every cluster of a namespace, restarts included", line: "reconcile -l team=orders --yes" },
  ],
  rbac: runRights,
  positionals,
  flags,
  run: () => import("./reconcile.ts"),
};
