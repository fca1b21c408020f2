import type { Flags } from "./flags.ts";

/** Where manifests come from. */
export const manifestFlags = {
  filename: {
    kind: "list",
    short: "f",
    placeholder: "FILE",
    complete: "files",
    summary: "Kafka and KafkaNodePool resources: a file, a directory, a URL, or - for stdin",
  },
  recursive: { kind: "boolean", short: "R", summary: "With --filename DIRECTORY: read the directories in it too" },
  kustomize: {
    kind: "string",
    short: "k",
    placeholder: "DIRECTORY",
    complete: "files",
    summary: "The resources that kubectl kustomize builds from this directory",
  },
  forceConflicts: { kind: "boolean", summary: "Take over fields of the resources that others manage" },
} as const satisfies Flags;
