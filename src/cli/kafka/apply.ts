import { AppError } from "../../model/errors.ts";
import type { KubeObject } from "../../model/kube.ts";
import type { ClusterRef } from "../../model/observation.ts";
import type { Plan } from "../../model/plan.ts";
import { basisOf } from "../../plan/basis.ts";
import { writeManifests } from "../apply-manifests.ts";
import { eachCluster } from "../each-cluster.ts";
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

type Saved = Pick<Plan, "cluster" | "basis" | "waves" | "given">;

function isPlan(value: unknown): value is Saved {
  const { kind, cluster, basis, waves, given = [] } = (value ?? {}) as Partial<Plan>;
  const isNamed = typeof cluster?.name === "string" && typeof cluster.namespace === "string";
  return kind === "ClusterPlan" && isNamed && typeof basis === "string" && Array.isArray(waves) && Array.isArray(given);
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

/** Everything that may end with a no comes before anything is written. */
async function applyManifests(context: ApplyContext, objects: readonly KubeObject[]): Promise<number> {
  const options = { ...optionsOf(context), told: true };
  const force = context.flags.forceConflicts;
  const given = await writeManifests(context, objects, { dryRun: true, force });
  const refs = clustersOf(given);
  const jobs: { ref: ClusterRef; run: () => Promise<number> }[] = [];
  for (const ref of refs) {
    const first = await agreeFirst(context, ref, { ...options, given });
    if ("exitCode" in first) return first.exitCode;
    jobs.push({ ref, run: () => reconcileCluster(context, ref, { ...options, ...first, changed: true }) });
  }
  await writeManifests(context, objects, { dryRun: false, force });
  return eachCluster({ ...context, verbose: options.verbose }, jobs);
}

/** A plan that plan -f made is out of date for as long as its manifests are not written: that is what there is to say. */
function whyNot(error: unknown, { cluster: { namespace, name }, given = [] }: Saved, { self }: ApplyContext): unknown {
  const isOutOfDate = error instanceof AppError && (error.details.reason === "OutOfDate" || error.code === "NotFound");
  if (!isOutOfDate || given.length === 0) return error;
  const what = "the saved plan was made for manifests, and the cluster's resources are not as they say";
  return new AppError("Declined", `${what}: ${given.join(", ")}`, {
    hint: `write and carry them out at once: ${self} apply -f FILE; or write them with kubectl apply, and plan for what is there: ${self} plan ${name} -n ${namespace} -o json`,
    cause: error,
  });
}

async function applySaved(context: ApplyContext, path: string): Promise<number> {
  const { flags, files } = context;
  if (namesManifests(flags)) throw usageError("--plan goes with neither --filename nor --kustomize");
  if (!flags.wait) throw usageError("--plan carries out the whole plan, and does not go with --no-wait");
  const carryOut = (plan: Saved): Promise<number> =>
    reconcileCluster(context, plan.cluster, { ...optionsOf(context), basis: plan.basis }).catch((error: unknown) => {
      throw whyNot(error, plan, context);
    });
  const jobs = parsePlans(await files.read(path), path).map((plan) => ({ ref: plan.cluster, run: () => carryOut(plan) }));
  return eachCluster({ ...context, verbose: flags.v > 0 }, jobs);
}

export async function run(context: ApplyContext): Promise<number> {
  if (context.flags.plan !== undefined) return applySaved(context, context.flags.plan);
  const objects = await readClusterManifests(context, context.flags);
  return objects === undefined ? exitCodes.failed : applyManifests(context, objects);
}
