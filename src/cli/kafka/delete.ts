import { AppError } from "../../model/errors.ts";
import { toInstant } from "../../model/instant.ts";
import type { ClusterRef } from "../../model/observation.ts";
import type { Plan } from "../../model/plan.ts";
import { readLive } from "../../observe/read-live.ts";
import { planDelete } from "../../plan/delete.ts";
import { unseenOperator } from "../../plan/operator.ts";
import { notFound } from "../choose-cluster.ts";
import { askForName, notAgreed } from "../consent.ts";
import { exitCodes } from "../exit-codes.ts";
import { defaultTimeoutMs, type ReconcileOptions, runBare, showPlan, withLock } from "../reconcile.ts";
import { observe } from "../reconcile-input.ts";
import type { DeleteContext } from "./delete-command.ts";

const optionsOf = ({ flags }: DeleteContext): ReconcileOptions => ({
  output: flags.output,
  yes: true,
  wait: true,
  forceUnlock: flags.forceUnlock,
  timeoutMs: flags.timeout ?? defaultTimeoutMs,
  verbose: flags.v > 0,
});

async function planFor(context: DeleteContext, ref: ClusterRef): Promise<Plan> {
  const { connections, flags, clock, signal, self } = context;
  const kube = await connections.kube();
  const live = await readLive(kube, ref, signal).catch(async (error: unknown) => {
    if (!(error instanceof AppError) || error.code !== "NotFound") throw error;
    throw await notFound(kube, ref.name, { line: `${self} delete`, signal });
  });
  const observation = await observe(context, ref, signal);
  const { mode } = observation;
  if (mode.kind === "managed")
    throw new AppError("Declined", `a Strimzi operator looks after Kafka ${ref.name} (${mode.because})`, {
      hint: `kubectl delete kafka ${ref.name} -n ${ref.namespace}: the operator does the rest`,
    });
  const timeoutMs = flags.timeout ?? defaultTimeoutMs;
  const plan = planDelete({ ...live, cluster: ref, deleteVolumes: flags.deleteVolumes, now: toInstant(clock.now()), timeoutMs });
  return { ...plan, leftAlone: [...unseenOperator(observation), ...plan.leftAlone] };
}

/** The name must be given again: whoever typed the wrong one would lose a cluster. True: it was typed now, for the plan that was shown. */
async function askFor(context: DeleteContext, plan: Plan): Promise<boolean> {
  const { flags, self } = context;
  const { namespace, name } = plan.cluster;
  if (flags.confirm === name) return false;
  const typed = flags.confirm === undefined ? await askForName(context, plan, { output: flags.output, what: "delete it" }) : undefined;
  if (typed) return true;
  if (typed === false) throw notAgreed(plan);
  const line = `${self} delete ${name} -n ${namespace}${flags.deleteVolumes ? " --delete-volumes" : ""}`;
  const told = flags.confirm === undefined ? "nothing is deleted without its name" : `--confirm ${flags.confirm} is not its name`;
  throw new AppError("Declined", `Kafka ${namespace}/${name} would be deleted: ${told}`, { hint: `${line} --confirm ${name}` });
}

export async function run(context: DeleteContext): Promise<number> {
  const { connections, args, flags, terminal, self } = context;
  const { namespace } = (await connections.kube()).target;
  const ref = { namespace, name: args.cluster };
  const options = optionsOf(context);
  const first = await planFor(context, ref);
  if (flags.output === "json" && flags.dryRun) terminal.out(`${JSON.stringify(first, null, 2)}\n`);
  else showPlan(first, context, options);
  if (flags.dryRun) return exitCodes.done;
  const wasTyped = await askFor(context, first);
  const work = async (signal: AbortSignal): Promise<void> => {
    const plan = await planFor(context, ref);
    if (wasTyped && plan.basis !== first.basis)
      throw new AppError("Declined", `Kafka ${namespace}/${ref.name} changed since it was shown: nothing is deleted`, {
        hint: `look again: ${self} delete ${ref.name} -n ${namespace}`,
      });
    await runBare(plan, { context, options, signal });
  };
  await withLock(context, ref, { options, work });
  return exitCodes.done;
}
