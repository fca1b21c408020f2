import type { ClusterRef } from "../../model/observation.ts";
import { findClusters } from "../../observe/find-clusters.ts";
import { chooseCluster, notFound } from "../choose-cluster.ts";
import { exitCodes } from "../exit-codes.ts";
import { preview } from "../preview.ts";
import { defaultTimeoutMs, type ReconcileOptions, reconcileCluster } from "../reconcile.ts";
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
  output: flags.output,
  yes: flags.yes,
  ...(flags.confirm === undefined ? {} : { confirm: flags.confirm }),
  wait: flags.wait,
  forceUnlock: flags.forceUnlock,
  timeoutMs: flags.timeout ?? defaultTimeoutMs,
  verbose: flags.v > 0,
});

/** One cluster after the other; the first that fails ends it. */
export async function run(context: ReconcileContext): Promise<number> {
  const { flags, self } = context;
  const options = optionsOf(context);
  const refs = await clustersOf(context);
  if (flags.dryRun) return preview(context, refs, { ...options, exitCode: flags.exitCode });
  for (const ref of refs) {
    const code = await reconcileCluster(context, ref, { ...options, line: `${self} reconcile ${ref.name} -n ${ref.namespace}` });
    if (code !== exitCodes.done) return code;
  }
  return exitCodes.done;
}
