import type { ClusterRef } from "../../model/observation.ts";
import { findClusters } from "../../observe/find-clusters.ts";
import { chooseCluster, notFound } from "../choose-cluster.ts";
import { eachCluster } from "../each-cluster.ts";
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

export async function run(context: ReconcileContext): Promise<number> {
  const { flags, self } = context;
  const refs = await clustersOf(context);
  const options = { ...optionsOf(context), skipPaused: refs.length > 1 };
  if (flags.dryRun) return preview(context, refs, { ...options, exitCode: flags.exitCode });
  const jobs = refs.map((ref) => {
    const line = `${self} reconcile ${ref.name} -n ${ref.namespace}`;
    return { ref, run: () => reconcileCluster(context, ref, { ...options, line }) };
  });
  return eachCluster({ ...context, verbose: options.verbose }, jobs);
}
