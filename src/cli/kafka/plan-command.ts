import type { Command, Positionals } from "../command.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../flags.ts";
import { outputFlag } from "../global-flags.ts";
import { manifestFlags } from "../manifest-flags.ts";
import { planRights } from "../rights.ts";

const positionals = {
  cluster: { required: false, complete: "clusters", summary: "Name of the Kafka cluster" },
} as const satisfies Positionals;

const flags = {
  ...outputFlag(["text", "json"]),
  ...manifestFlags,
  exitCode: { kind: "boolean", summary: "Exit with 10 when something would change" },
} as const satisfies Flags;

export type PlanContext = Context<typeof positionals, typeof flags>;

export const planCommand: Command<typeof positionals, typeof flags> = {
  name: "plan",
  aliases: ["diff"],
  group: "Run",
  summary: "Show what would change, and change nothing",
  details:
    "With --filename or --kustomize, for these resources, which are checked by the API server but not written. Otherwise for the resources that are there; such a plan can be saved with -o json and carried out by apply --plan, as long as nothing else changed meanwhile.",
  examples: [
    { text: "What would a changed manifest do?", line: "plan -f kafka.yaml" },
    { text: "In a script: has the cluster drifted?", line: "plan my-cluster --exit-code" },
    { text: "Look first, then do exactly that", line: "plan my-cluster -o json > plan.json" },
  ],
  rbac: planRights,
  positionals,
  flags,
  run: () => import("./plan.ts"),
};
