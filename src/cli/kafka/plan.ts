import type { KubeObject } from "../../model/kube.ts";
import type { ClusterRef } from "../../model/observation.ts";
import { writeManifests } from "../apply-manifests.ts";
import { chooseCluster } from "../choose-cluster.ts";
import { exitCodes } from "../exit-codes.ts";
import { namesManifests } from "../manifest-sources.ts";
import { clustersOf } from "../our-resources.ts";
import { preview } from "../preview.ts";
import { readClusterManifests } from "../read-cluster-manifests.ts";
import { defaultTimeoutMs } from "../reconcile.ts";
import { usageError } from "../usage-error.ts";
import type { PlanContext } from "./plan-command.ts";

type Question = { readonly refs: readonly ClusterRef[]; readonly given: readonly KubeObject[] };

async function questionOf(context: PlanContext): Promise<Question | undefined> {
  const { args, flags, connections, env, self, signal } = context;
  const kube = await connections.kube();
  if (!namesManifests(flags)) {
    const line = `${self} plan`;
    return { refs: [await chooseCluster({ kube, named: args.cluster, env, line, signal })], given: [] };
  }
  if (args.cluster !== undefined) throw usageError("a name goes with neither --filename nor --kustomize");
  const objects = await readClusterManifests(context, flags);
  if (objects === undefined) return undefined;
  const given = await writeManifests(context, objects, { dryRun: true, force: flags.forceConflicts });
  return { refs: clustersOf(given), given };
}

export async function run(context: PlanContext): Promise<number> {
  const { flags } = context;
  const question = await questionOf(context);
  if (question === undefined) return exitCodes.failed;
  const { output, exitCode } = flags;
  const running = { yes: false, wait: true, forceUnlock: false, timeoutMs: defaultTimeoutMs, told: question.given.length > 0 };
  return preview(context, question.refs, { ...running, output, exitCode, given: question.given, verbose: flags.v > 0 });
}
