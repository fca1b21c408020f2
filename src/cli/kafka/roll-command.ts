import type { Command, Positionals } from "../command.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../flags.ts";
import { kafkaFlags, outputFlag } from "../global-flags.ts";
import { runFlags } from "../run-flags.ts";

// a roll is what it waits for
const { wait: _, ...rollFlags } = runFlags;

const positionals = {
  cluster: { required: false, complete: "clusters", summary: "Name of the Kafka cluster; a number is a node of the only one" },
  node: { required: false, rest: true, summary: "Only these nodes, by id or by the name of the pod" },
} as const satisfies Positionals;

const flags = {
  ...outputFlag(["text", "json"]),
  pool: { kind: "list", placeholder: "POOL", summary: "Only nodes of these pools" },
  role: { kind: "list", choices: ["controller", "broker"], placeholder: "ROLE", summary: "Only nodes of this role" },
  rack: { kind: "list", placeholder: "RACK", summary: "Only nodes in these racks" },
  selector: {
    kind: "string",
    short: "l",
    placeholder: "SELECTOR",
    summary: "A Kafka on StatefulSets without Strimzi's labels: these pods (key=value,...)",
  },
  onlyPending: { kind: "boolean", summary: "Only nodes that wait for a restart" },
  reason: { kind: "string", placeholder: "TEXT", summary: "Why, for whoever asks later (roll status)" },
  maxUnavailable: {
    kind: "string",
    placeholder: "N|rack",
    summary: "So many brokers at a time, or a rack, where nothing is lost by it (1)",
  },
  evict: { kind: "boolean", summary: "Evict pods instead of deleting them, which asks disruption budgets" },
  leaderMoves: { kind: "boolean", initial: true, summary: "Leave it to the brokers to take their leaders back; they do so in time" },
  resume: { kind: "boolean", summary: "Go on with the roll that did not come to its end" },
  noResume: { kind: "boolean", summary: "Begin anew, whatever was begun before" },
  fromFile: {
    kind: "string",
    placeholder: "FILE",
    complete: "files",
    summary: "With --dry-run: plan for a saved status -o json; - is stdin",
  },
  ...rollFlags,
  ...kafkaFlags,
} as const satisfies Flags;

export type RollContext = Context<typeof positionals, typeof flags>;

export const rollCommand: Command<typeof positionals, typeof flags> = {
  name: "roll",
  group: "Day two",
  summary: "Restart nodes one after the other, safely and for a reason",
  details:
    "Restarts all nodes of a cluster, or those that are named. A node restarts only while every partition keeps its min ISR and the metadata quorum its majority without it, and the next one only when it is back with all it has. An operator is asked to do it, where there is one. What was interrupted goes on: without a choice of nodes the same command does that by itself. A cluster named status is written roll -- status.",
  examples: [
    { text: "What would happen", line: "roll my-cluster -n kafka --dry-run" },
    { text: "Whatever waits for a restart", line: "roll my-cluster -n kafka --only-pending --yes" },
    { text: "Two brokers, by id", line: "roll my-cluster 3 4 -n kafka --yes" },
    { text: "A large cluster, rack by rack", line: "roll my-cluster --role broker --max-unavailable rack --yes" },
    { text: "A Kafka that a chart installed", line: "roll -l app.kubernetes.io/name=kafka -n data --dry-run" },
    { text: "What would happen, from a saved observation", line: "roll --from-file seen.json --dry-run -o json" },
  ],
  rbac: [
    "what status needs",
    "delete pods; or create pods/eviction (--evict); or patch pods (where an operator restarts them)",
    "get, create, patch, delete leases (one run per cluster at a time)",
    "get, create, patch configmaps; get kafkas (optional: to go on after an interruption)",
    "get pods/log (optional: to see how far a starting broker is)",
  ],
  positionals,
  flags,
  run: () => import("./roll.ts"),
};
