import { AppError } from "../../model/errors.ts";
import type { KubeObject } from "../../model/kube.ts";
import type { ClusterRef } from "../../model/observation.ts";
import type { Plan } from "../../model/plan.ts";
import { clustersOf, readClusterManifests, writeManifests } from "../apply-manifests.ts";
import { exitCodes } from "../exit-codes.ts";
import { namesManifests } from "../manifest-sources.ts";
import { agreeFirst, defaultTimeoutMs, type ReconcileOptions, reconcileCluster } from "../reconcile.ts";
import { usageError } from "../usage-error.ts";
import type { ApplyContext } from "./apply-command.ts";

const optionsOf = ({ flags }: ApplyContext): ReconcileOptions => ({
  dryRun: false,
  output: flags.output,
  yes: flags.yes,
  ...(flags.confirm === undefined ? {} : { confirm: flags.confirm }),
  wait: flags.wait,
  forceUnlock: flags.forceUnlock,
  timeoutMs: flags.timeout ?? defaultTimeoutMs,
  verbose: flags.v > 0,
});

function parsePlan(text: string, path: string): Pick<Plan, "cluster" | "basis"> {
  try {
    const { kind, cluster, basis } = JSON.parse(text) as Partial<Plan>;
    if (kind === "ClusterPlan" && typeof cluster?.name === "string" && typeof cluster.namespace === "string" && typeof basis === "string")
      return { cluster, basis };
  } catch (cause) {
    throw new AppError("InvalidFile", `${path} is not JSON`, { cause });
  }
  throw new AppError("InvalidFile", `${path} is not a plan that plan -o json has written`);
}

/** Everything that may end with a no comes before anything is written. */
async function applyManifests(context: ApplyContext, objects: readonly KubeObject[]): Promise<number> {
  const kube = await context.connections.kube();
  const options = optionsOf(context);
  const given = await writeManifests(kube, objects, true);
  const refs = clustersOf(given);
  const all: (readonly [ClusterRef, ReconcileOptions])[] = [];
  for (const ref of refs) {
    const first = await agreeFirst(context, ref, { ...options, given });
    if ("exitCode" in first) return first.exitCode;
    all.push([ref, { ...options, ...first }]);
  }
  await writeManifests(kube, objects, false);
  for (const [ref, agreed] of all) {
    const code = await reconcileCluster(context, ref, agreed);
    if (code !== exitCodes.done) return code;
  }
  return exitCodes.done;
}

export async function run(context: ApplyContext): Promise<number> {
  const { flags, files } = context;
  if (flags.plan !== undefined) {
    if (namesManifests(flags)) throw usageError("--plan goes with neither --filename nor --kustomize");
    if (!flags.wait) throw usageError("--plan carries out the whole plan, and does not go with --no-wait");
    const { cluster, basis } = parsePlan(await files.read(flags.plan), flags.plan);
    return reconcileCluster(context, cluster, { ...optionsOf(context), basis });
  }
  const objects = await readClusterManifests(context, flags);
  return objects === undefined ? exitCodes.failed : applyManifests(context, objects);
}
