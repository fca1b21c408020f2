import type { Command, Positionals } from "../command.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../flags.ts";
import { outputFlag } from "../global-flags.ts";
import { writeRights } from "../rights.ts";
import { runFlags } from "../run-flags.ts";

const positionals = {
  name: { required: true, summary: "Name of the new Kafka cluster" },
} as const satisfies Positionals;

const { dryRun, wait, timeout, forceUnlock } = runFlags;

const flags = {
  ...outputFlag(["text", "json", "yaml"]),
  replicas: { kind: "number", placeholder: "N", summary: "Brokers (3)" },
  controllers: { kind: "number", placeholder: "N", summary: "Controllers, in a pool of their own (3)" },
  combined: { kind: "boolean", summary: "The brokers are the controllers too" },
  storage: { kind: "string", placeholder: "WHAT", summary: "10Gi, ephemeral, or several volumes: jbod=10Gi,10Gi (10Gi)" },
  storageClass: { kind: "string", placeholder: "NAME", summary: "Storage class of the volumes" },
  version: { kind: "string", placeholder: "VERSION", summary: "Version of Kafka" },
  config: { kind: "repeated", placeholder: "OPTION=VALUE", summary: "An option of the brokers; may be repeated" },
  cpu: { kind: "string", placeholder: "CPU", summary: "Processors of each node: 2, 500m" },
  memory: { kind: "string", placeholder: "SIZE", summary: "Memory of each node: 4Gi; half of it is Java's" },
  dryRun,
  wait,
  timeout,
  forceUnlock,
} as const satisfies Flags;

export type CreateContext = Context<typeof positionals, typeof flags>;

export const createCommand: Command<typeof positionals, typeof flags> = {
  name: "create",
  group: "Run",
  summary: "Create a Kafka cluster and wait until it is ready",
  details:
    "Writes a Kafka resource and its KafkaNodePools and makes the cluster they ask for: volumes that stay, TLS between the nodes, nodes spread over zones and machines, three copies of the data where there are three brokers, listeners for clients on 9092 (plain) and 9093 (TLS).",
  examples: [
    { text: "Three brokers and three controllers", line: "create my-cluster -n kafka" },
    { text: "Small, for a test", line: "create my-cluster --replicas 1 --combined --storage ephemeral" },
    { text: "As a manifest to keep", line: "create my-cluster --dry-run -o yaml > kafka.yaml" },
  ],
  rbac: writeRights,
  positionals,
  flags,
  run: () => import("./create.ts"),
};
