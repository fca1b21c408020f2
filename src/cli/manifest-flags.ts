import type { Flags } from "./flags.ts";

/** Where manifests come from. */
export const manifestFlags = {
  filename: {
    kind: "list",
    short: "f",
    placeholder: "FILE",
    complete: "files",
    summary: "Read the Kafka and KafkaNodePool resources from this file; - is stdin; may be repeated",
  },
} as const satisfies Flags;
