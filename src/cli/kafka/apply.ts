import { AppError } from "../../model/errors.ts";
import type { KubeObject } from "../../model/kube.ts";
import type { ClusterRef } from "../../model/observation.ts";
import type { Plan } from "../../model/plan.ts";
import { basisOf } from "../../plan/basis.ts";
import { writeManifests } from "../apply-manifests.ts";
import { exitCodes } from "../exit-codes.ts";
import { namesManifests } from "../manifest-sources.ts";
import { clustersOf } from "../our-resources.ts";
import { readClusterManifests } from "../read-cluster-manifests.ts";
import { agreeFirst, defaultTimeoutMs, type ReconcileOptions, reconcileCluster } from "../reconcile.ts";
import { usageError } from "../usage-error.ts";
import type { ApplyContext } from "./apply-command.ts";

const optionsOf = ({ flags }: ApplyContext): ReconcileOptions => ({
  output: flags.output,
  yes: flags.yes,
  ...(flags.confirm === undefined ? {} : { confirm: flags.confirm }),
  wait: flags.wait,
  forceUnlock: flags.forceUnlock,
  timeoutMs: flags.timeout ?? defaultTimeoutMs,
  verbose: flags.v > 0,
});

type Saved = Pick<Plan, "cluster" | "basis" | "waves">;

function isPlan(value: unknown): value is Saved {
  const { kind, cluster, basis, waves } = (value ?? {}) as Partial<Plan>;
  const isNamed = typeof cluster?.name === "string" && typeof cluster.namespace === "string";
  return kind === "ClusterPlan" && isNamed && typeof basis === "string" && Array.isArray(waves);
}

/** Saved plans, which must be as they were written: what was looked at is what is done. */
function parsePlans(text: string, path: string): readonly Saved[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new AppError("InvalidFile", `${path} is not JSON`, { cause });
  }
  const { kind, items } = (document ?? {}) as { kind?: unknown; items?: unknown };
  const plans = kind === "ClusterPlanList" && Array.isArray(items) ? items : [document];
  for (const plan of plans) {
    if (!isPlan(plan)) throw new AppError("InvalidFile", `${path} is not a plan that plan -o json has written`);
    if (basisOf(plan.cluster, plan.waves) !== plan.basis)
      throw new AppError("Declined", `${path} was changed since plan -o json wrote it: its steps are not those that were planned`);
  }
  return plans as Saved[];
}

type Wanted = readonly [ClusterRef, ReconcileOptions];

async function reconcileAll(context: ApplyContext, wanted: readonly Wanted[]): Promise<number> {
  for (const [ref, options] of wanted) {
    const code = await reconcileCluster(context, ref, options);
    if (code !== exitCodes.done) return code;
  }
  return exitCodes.done;
}

/** Everything that may end with a no comes before anything is written. */
async function applyManifests(context: ApplyContext, objects: readonly KubeObject[]): Promise<number> {
  const options = { ...optionsOf(context), told: true };
  const force = context.flags.forceConflicts;
  const given = await writeManifests(context, objects, { dryRun: true, force });
  const refs = clustersOf(given);
  const all: Wanted[] = [];
  for (const ref of refs) {
    const first = await agreeFirst(context, ref, { ...options, given });
    if ("exitCode" in first) return first.exitCode;
    all.push([ref, { ...options, ...first }]);
  }
  await writeManifests(context, objects, { dryRun: false, force });
  return reconcileAll(context, all);
}

export async function run(context: ApplyContext): Promise<number> {
  const { flags, files } = context;
  if (flags.plan !== undefined) {
    if (namesManifests(flags)) throw usageError("--plan goes with neither --filename nor --kustomize");
    if (!flags.wait) throw usageError("--plan carries out the whole plan, and does not go with --no-wait");
    const plans = parsePlans(await files.read(flags.plan), flags.plan);
    return reconcileAll(
      context,
      plans.map(({ cluster, basis }) => [cluster, { ...optionsOf(context), basis }]),
    );
  }
  const objects = await readClusterManifests(context, flags);
  return objects === undefined ? exitCodes.failed : applyManifests(context, objects);
}
