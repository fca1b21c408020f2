import { AppError } from "../model/errors.ts";
import type { Hazard, Plan } from "../model/plan.ts";
import type { Terminal } from "../ports/terminal.ts";
import type { Context } from "./context.ts";

// What a person agrees to before it happens. Restarts are agreed to by --yes, the loss of data by --confirm and the cluster's name, and both by
// an answer on a terminal. An answer holds for the very plan that was shown: its basis is what is remembered of it.

export type Consent = {
  readonly output: "text" | "json";
  /** Restarts are consented to. */
  readonly yes: boolean;
  /** The name by which the loss of data is consented to. */
  readonly confirm?: string;
  /** The basis of a plan that was shown and agreed to. */
  readonly agreed?: string;
  /** How the verb was called, for the command to copy; left out where it cannot be told. */
  readonly line?: string;
};

type AskContext = Pick<Context, "terminal" | "signal">;

const worst = ({ waves }: Plan): Hazard => {
  const found = waves.flatMap(({ steps }) => steps.map(({ hazard }) => hazard));
  return found.includes("destructive") ? "destructive" : found.includes("disruptive") ? "disruptive" : "none";
};

/** Whether somebody has to agree first. */
export function needsConsent(plan: Plan, { yes, confirm, agreed }: Consent): boolean {
  const hazard = worst(plan);
  if (hazard === "none" || agreed === plan.basis || confirm === plan.cluster.name) return false;
  return hazard === "destructive" || !yes;
}

/** How many nodes would restart, whoever does it. */
const restarts = ({ waves }: Plan): number =>
  waves.flatMap(({ steps }) => steps).reduce((sum, step) => sum + ("nodes" in step ? step.nodes.length : 0), 0);

const canAsk = (terminal: Terminal, output: string): boolean => terminal.canAsk && output === "text";

/** Has the cluster's name typed; undefined: there is nobody to ask. */
export async function askForName(
  { terminal, signal }: AskContext,
  plan: Plan,
  asking: Pick<Consent, "output"> & { readonly what: string },
) {
  if (!canAsk(terminal, asking.output)) return undefined;
  return (await terminal.ask(`Type the name of the cluster to ${asking.what}: `, signal)).trim() === plan.cluster.name;
}

/** Asks a question whose answer is yes or no; undefined: there is nobody to ask. */
export async function askYesNo({ terminal, signal }: AskContext, question: string, output: string): Promise<boolean | undefined> {
  if (!canAsk(terminal, output)) return undefined;
  return /^\s*y(es)?\s*$/i.test(await terminal.ask(`${question} [y/N] `, signal));
}

function askForRestart(context: AskContext, plan: Plan, consent: Consent): Promise<boolean | undefined> {
  const count = restarts(plan);
  return askYesNo(context, `Restart ${count} ${count === 1 ? "node" : "nodes"}?`, consent.output);
}

/** Ends a run that was not agreed to. */
export const notAgreed = ({ cluster }: Plan): AppError =>
  new AppError("Declined", `not agreed to: Kafka ${cluster.namespace}/${cluster.name} stays as it is`);

/** Asks the person on the terminal. Throws Declined when the answer is no, and with the next command when there is nobody to ask. */
export async function askForConsent(context: AskContext, plan: Plan, consent: Consent): Promise<void> {
  const { namespace, name } = plan.cluster;
  const isFinal = worst(plan) === "destructive";
  const answer = isFinal
    ? await askForName(context, plan, { ...consent, what: "lose this data for good" })
    : await askForRestart(context, plan, consent);
  if (answer) return;
  if (answer === false) throw notAgreed(plan);
  const again = consent.line ?? "the same command with";
  if (isFinal)
    throw new AppError("Declined", `data of Kafka ${namespace}/${name} would be lost for good`, {
      hint: `if that is meant: ${again} --confirm ${name}`,
    });
  throw new AppError("Declined", `nodes of Kafka ${namespace}/${name} would restart`, { hint: `${again} --yes` });
}
