import type { ClusterRef } from "../../model/observation.ts";
import type { Plan, Planned } from "../../model/plan.ts";
import { selectedRef } from "../../observe/observe-selected.ts";
import { planRoll } from "../../plan/roll.ts";
import { renderRefusals } from "../../render/plan.ts";
import { renderRollPlan } from "../../render/roll-plan.ts";
import { chooseCluster } from "../choose-cluster.ts";
import { askForConsent, type Consent, needsConsent } from "../consent.ts";
import { exitCodes } from "../exit-codes.ts";
import { readObservation } from "../read-observation.ts";
import { withLock } from "../reconcile.ts";
import { usageError } from "../usage-error.ts";
import type { RollContext } from "./roll-command.ts";
import { lookAndPlan, resumedText } from "./roll-look.ts";
import { commandLine, requestOf, wordsOf } from "./roll-request.ts";
import { carryOutRoll } from "./roll-run.ts";

type Shown = { readonly toDoIt?: string };

const planOptions = ({ style, width, self, flags }: RollContext) => ({ style, width, self, verbose: flags.v > 0 });

/** Prints what there is to restart; JSON only where it is all there is to print. */
function show(context: RollContext, plan: Plan, { toDoIt }: Shown): void {
  const { terminal, flags } = context;
  const options = { ...planOptions(context), ...(toDoIt === undefined ? {} : { toDoIt }) };
  if (flags.output === "text") terminal.out(renderRollPlan(plan, options));
  else if (flags.dryRun) terminal.out(`${JSON.stringify(plan, null, 2)}\n`);
}

function refuse(context: RollContext, { refusals }: Extract<Planned, { ok: false }>): number {
  context.terminal.err(renderRefusals(refusals, planOptions(context)));
  return exitCodes.declined;
}

/** A plan for a cluster that is only a document. */
async function planFromFile(context: RollContext, path: string): Promise<number> {
  const { args, flags, files } = context;
  if (!flags.dryRun) throw usageError("--from-file plans for a document: it goes with --dry-run only");
  if (flags.resume) throw usageError("--from-file knows of no roll that could go on");
  // without a cluster to name, every word is a node
  const nodes = args.cluster === undefined ? [] : [args.cluster, ...args.node];
  const observation = await readObservation(files, path);
  const named = nodes[0] === observation.cluster.name ? nodes.slice(1) : nodes;
  const planned = planRoll(observation, { ...requestOf(context), nodes: named });
  if (!planned.ok) return refuse(context, planned);
  show(context, planned.plan, {});
  return exitCodes.done;
}

async function preview(context: RollContext, ref: ClusterRef): Promise<number> {
  const look = await lookAndPlan(context, ref);
  if (look.resumed !== undefined) context.terminal.err(`${resumedText(look.resumed, context.clock.now())}\n`);
  if (!look.planned.ok) return refuse(context, look.planned);
  show(context, look.planned.plan, { toDoIt: commandLine(context, ref, { resumes: look.resumed !== undefined }) });
  return exitCodes.done;
}

/** The roll came to its end, or somebody has to agree to it first. */
type Outcome = { readonly exitCode: number } | { readonly asksFor: Plan; readonly line: string };

/** With the cluster locked: look, show, restart what was agreed to. */
async function rollLocked(context: RollContext, ref: ClusterRef, locked: { signal: AbortSignal; consent: Consent }): Promise<Outcome> {
  const { terminal, clock } = context;
  const { signal, consent } = locked;
  const look = await lookAndPlan(context, ref);
  const isNew = consent.agreed === undefined;
  if (isNew && look.resumed !== undefined) terminal.err(`${resumedText(look.resumed, clock.now())}\n`);
  if (!look.planned.ok) return { exitCode: refuse(context, look.planned) };
  const { plan } = look.planned;
  if (plan.basis !== consent.agreed) show(context, plan, {});
  if (plan.waves.length === 0 && look.resumed === undefined) return { exitCode: exitCodes.done };
  if (needsConsent(plan, consent)) return { asksFor: plan, line: commandLine(context, ref, { resumes: look.resumed !== undefined }) };
  await carryOutRoll(context, { ref, plan, look, signal });
  return { exitCode: exitCodes.done };
}

/** The lock is not held while a person thinks, and an answer holds for the plan that was shown. */
async function roll(context: RollContext, ref: ClusterRef): Promise<number> {
  const { flags } = context;
  let consent: Consent = { output: flags.output, yes: flags.yes };
  let { forceUnlock } = flags;
  for (;;) {
    const outcome = await withLock(context, ref, {
      options: { forceUnlock },
      work: (signal) => rollLocked(context, ref, { signal, consent }),
    });
    if ("exitCode" in outcome) return outcome.exitCode;
    await askForConsent(context, outcome.asksFor, { ...consent, line: outcome.line });
    consent = { ...consent, agreed: outcome.asksFor.basis };
    forceUnlock = false;
  }
}

async function clusterOf(context: RollContext): Promise<ClusterRef> {
  const { flags, connections, env, self, signal } = context;
  const kube = await connections.kube();
  const { selector } = flags;
  if (selector !== undefined) return selectedRef(kube, { namespace: kube.target.namespace, selector }, signal);
  return chooseCluster({ kube, named: wordsOf(context).cluster, env, line: `${self} roll`, signal });
}

export async function run(context: RollContext): Promise<number> {
  const { flags } = context;
  if (flags.fromFile !== undefined) return planFromFile(context, flags.fromFile);
  // what cannot be meant is told before anybody is asked
  requestOf(context);
  const ref = await clusterOf(context);
  return flags.dryRun ? preview(context, ref) : roll(context, ref);
}
