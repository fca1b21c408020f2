import type { Flags } from "./flags.ts";

/** What every verb takes that carries a plan out. */
export const runFlags = {
  dryRun: { kind: "boolean", summary: "Show the plan and change nothing" },
  wait: {
    kind: "boolean",
    initial: true,
    summary: "Wait for pods and restart nodes; --no-wait ends before the first wait and tells what is left to do",
  },
  yes: { kind: "boolean", summary: "Restart nodes without asking" },
  timeout: { kind: "duration", placeholder: "TIME", summary: "Give up on anything that makes no progress for so long (10m)" },
  forceUnlock: { kind: "boolean", summary: "Take the lock of a run that died from whoever holds it" },
} as const satisfies Flags;
