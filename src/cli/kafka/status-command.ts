import type { Command, Positionals } from "../command.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../flags.ts";
import { kafkaFlags, outputFlag, watchFlag } from "../global-flags.ts";
import { lookRights } from "../rights.ts";

const positionals = {
  cluster: { required: false, complete: "clusters", summary: "Name of the Kafka cluster" },
} as const satisfies Positionals;

const flags = {
  ...outputFlag(["table", "wide", "json", "yaml"]),
  ...watchFlag,
  section: {
    kind: "list",
    choices: ["summary", "nodes", "quorum", "partitions", "reassignments", "certificates", "restarts", "operator", "issues"],
    placeholder: "SECTION",
    summary: "Show only these sections",
  },
  fromFile: {
    kind: "string",
    placeholder: "FILE",
    complete: "files",
    summary: "Show a saved -o json document instead of a live cluster; - is stdin",
  },
  ...kafkaFlags,
} as const satisfies Flags;

export type StatusContext = Context<typeof positionals, typeof flags>;

export const statusCommand: Command<typeof positionals, typeof flags> = {
  name: "status",
  group: "Look",
  summary: "Show on one page whether a cluster is all right, and if not, what and why",
  details:
    "Without CLUSTER it is the only one of the namespace, or the one that KUBECTL_KAFKA_CLUSTER names. The exit code is 0 for a healthy cluster, 10 for an unhealthy one and 1 when it could not be told.",
  examples: [
    { text: "The only cluster of a namespace", line: "status -n kafka" },
    { text: "Nodes and quorum of one cluster, kept up to date", line: "status my-cluster -n kafka --section nodes,quorum -w" },
    { text: "Save everything that was seen, and read it later", line: "status -n kafka -o json > seen.json" },
    { text: "Show a saved observation again, without a cluster", line: "status --from-file seen.json" },
    { text: "Any Kafka, by address", line: "status --bootstrap-server kafka.example.com:9092" },
  ],
  rbac: lookRights,
  positionals,
  flags,
  run: () => import("./status.ts"),
};
