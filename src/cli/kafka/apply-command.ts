import type { Command } from "../command.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../flags.ts";
import { outputFlag } from "../global-flags.ts";
import { manifestFlags } from "../manifest-flags.ts";
import { writeRights } from "../rights.ts";
import { runFlags } from "../run-flags.ts";

const { dryRun: _, ...running } = runFlags;

const flags = {
  ...outputFlag(["text", "json"]),
  ...manifestFlags,
  plan: { kind: "string", placeholder: "FILE", complete: "files", summary: "Carry out this saved plan, or nothing if it is out of date" },
  ...running,
  confirm: { kind: "string", placeholder: "NAME", summary: "The cluster's name, where data would be lost, so that it is not asked for" },
} as const satisfies Flags;

type NoWords = Record<never, never>;

export type ApplyContext = Context<NoWords, typeof flags>;

export const applyCommand: Command<NoWords, typeof flags> = {
  name: "apply",
  group: "Run",
  summary: "Write Kafka resources and make the clusters they ask for",
  details:
    "Checks the resources, writes them by server-side apply, and makes their clusters as they ask for. Every problem is told, and everything that needs consent is asked for, before anything is written.",
  examples: [
    { text: "A cluster and its pools", line: "apply -f kafka.yaml" },
    { text: "From standard input", line: "apply -f - < kafka.yaml" },
    { text: "All manifests of a directory and of those in it", line: "apply -R -f clusters/" },
    { text: "What kubectl kustomize builds", line: "apply -k overlays/production" },
    { text: "A plan that was looked at before", line: "apply --plan plan.json --yes" },
  ],
  rbac: writeRights,
  positionals: {},
  flags,
  run: () => import("./apply.ts"),
};
