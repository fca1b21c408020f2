import type { Command, Positionals } from "../command.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../flags.ts";
import { outputFlag } from "../global-flags.ts";
import { deleteRights } from "../rights.ts";
import { runFlags } from "../run-flags.ts";

const positionals = {
  cluster: { required: true, complete: "clusters", summary: "Name of the Kafka cluster" },
} as const satisfies Positionals;

const { dryRun, timeout, forceUnlock } = runFlags;

const flags = {
  ...outputFlag(["text", "json"]),
  dryRun,
  timeout,
  forceUnlock,
  confirm: { kind: "string", placeholder: "NAME", summary: "The cluster's name, so that it is not asked for" },
  deleteVolumes: { kind: "boolean", summary: "Delete the volumes too, with all data" },
} as const satisfies Flags;

export type DeleteContext = Context<typeof positionals, typeof flags>;

export const deleteCommand: Command<typeof positionals, typeof flags> = {
  name: "delete",
  group: "Run",
  summary: "Delete a Kafka cluster; volumes stay unless it is said otherwise",
  details:
    "Shows what goes and what stays. The cluster's name must be typed again; where there is no terminal, --confirm says it. Volumes whose storage says deleteClaim go with the cluster, all others stay, unless --delete-volumes is given.",
  examples: [
    { text: "What would go, and what would stay", line: "delete my-cluster -n kafka --dry-run" },
    { text: "The cluster, but not its volumes", line: "delete my-cluster -n kafka --confirm my-cluster" },
  ],
  rbac: deleteRights,
  positionals,
  flags,
  run: () => import("./delete.ts"),
};
