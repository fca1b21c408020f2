import type { Command } from "../command.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../flags.ts";
import { outputFlag } from "../global-flags.ts";

const flags = {
  ...outputFlag(["text", "json", "yaml"]),
  dryRun: { kind: "boolean", summary: "Change nothing; say what would be done, or with -o yaml print the documents" },
  rbac: {
    kind: "string",
    placeholder: "NAMESPACE",
    complete: "namespaces",
    summary: "Install Roles in this namespace too: viewer, cluster-admin, topic-admin, user-admin",
  },
  yes: { kind: "boolean", summary: "Replace definitions of an earlier version without asking" },
  timeout: { kind: "duration", placeholder: "TIME", summary: "Give up waiting for the definitions to be served (30s)" },
} as const satisfies Flags;

type NoWords = Record<never, never>;

export type InstallContext = Context<NoWords, typeof flags>;

export const installCommand: Command<NoWords, typeof flags> = {
  name: "install",
  group: "Run",
  summary: "Install the resource definitions of Kafka in Kubernetes",
  details:
    "Applies the CustomResourceDefinitions of Kafka, KafkaNodePool, KafkaTopic, KafkaUser, KafkaRebalance, KafkaConnect, KafkaConnector, KafkaMirrorMaker2 and KafkaBridge, so that clusters can be described as resources. Nothing else runs. Definitions that somebody else made, such as Strimzi, are used as they are and never overwritten.",
  examples: [
    { text: "Install, or bring up to date", line: "install" },
    { text: "For somebody else to install", line: "install --dry-run -o yaml > definitions.yaml" },
    { text: "With the smallest Roles for a namespace", line: "install --rbac kafka" },
  ],
  rbac: [
    "get, list, create, patch customresourcedefinitions.apiextensions.k8s.io",
    "get, create, patch roles.rbac.authorization.k8s.io, and every right in them (with --rbac)",
  ],
  positionals: {},
  flags,
  run: () => import("./install.ts"),
};
