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

/** What it takes to plan and to carry out, as readable lines. */
export const runRights = [
  "list, create, patch, delete statefulsets, services, configmaps, secrets, serviceaccounts, persistentvolumeclaims, networkpolicies, poddisruptionbudgets",
  "list, delete pods; get, create pods/portforward (to restart nodes, and to ask the brokers)",
  "get, list, create, patch kafkas, kafkanodepools and their status",
  "get, create, patch, delete leases (one run per cluster at a time)",
  "list storageclasses, if allowed (to tell which volumes can grow)",
];
