import type { ClusterRef } from "../../model/observation.ts";
import { findClusters } from "../../observe/find-clusters.ts";
import { chooseCluster, notFound } from "../choose-cluster.ts";
import { exitCodes } from "../exit-codes.ts";
import { defaultTimeoutMs, planOnly, type ReconcileOptions, reconcileCluster, showPlan } from "../reconcile.ts";
import { usageError } from "../usage-error.ts";
import type { ReconcileContext } from "./reconcile-command.ts";

async function clustersOf({ connections, args, flags, env, self, signal }: ReconcileContext): Promise<readonly ClusterRef[]> {
  const kube = await connections.kube();
  const line = `${self} reconcile`;
  if (!flags.allNamespaces && flags.selector === undefined) return [await chooseCluster({ kube, named: args.cluster, env, line, signal })];
  if (args.cluster !== undefined) throw usageError("a name goes with neither --all-namespaces nor --selector");
  const namespace = flags.allNamespaces ? undefined : kube.target.namespace;
  const found = await findClusters(kube, { namespace, ...(flags.selector === undefined ? {} : { selector: flags.selector }) }, signal);
  if (found.length === 0) throw await notFound(kube, undefined, { line, signal });
  return found;
}

const optionsOf = ({ flags }: ReconcileContext): ReconcileOptions => ({
  dryRun: flags.dryRun,
  output: flags.output,
  yes: flags.yes,
  ...(flags.confirm === undefined ? {} : { confirm: flags.confirm }),
  wait: flags.wait,
  forceUnlock: flags.forceUnlock,
  timeoutMs: flags.timeout ?? defaultTimeoutMs,
  verbose: flags.v > 0,
});

async function preview(context: ReconcileContext, ref: ClusterRef, options: ReconcileOptions): Promise<number> {
  const found = await planOnly(context, ref, options);
  if ("exitCode" in found) return found.exitCode;
  if (options.output === "json") context.terminal.out(`${JSON.stringify(found.plan, null, 2)}\n`);
  else showPlan(found.plan, context, options);
  return context.flags.exitCode && found.plan.waves.length > 0 ? exitCodes.findings : exitCodes.done;
}

/** One cluster after the other; the first that fails ends it. */
export async function run(context: ReconcileContext): Promise<number> {
  const options = optionsOf(context);
  let exitCode: number = exitCodes.done;
  for (const ref of await clustersOf(context)) {
    const code = options.dryRun
      ? await preview(context, ref, options)
      : await reconcileCluster(context, ref, { ...options, line: `${context.self} reconcile ${ref.name} -n ${ref.namespace}` });
    if (code !== exitCodes.done && code !== exitCodes.findings) return code;
    exitCode = Math.max(exitCode, code);
  }
  return exitCode;
}
