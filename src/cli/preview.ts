import type { ClusterRef } from "../model/observation.ts";
import type { Plan } from "../model/plan.ts";
import { renderJson } from "../render/json.ts";
import { eachCluster } from "./each-cluster.ts";
import { exitCodes } from "./exit-codes.ts";
import { clusterKey } from "./our-resources.ts";
import { planOnly, type ReconcileOptions, showPlan } from "./reconcile.ts";
import type { FlowContext } from "./reconcile-input.ts";

type PreviewOptions = ReconcileOptions & {
  /** Changes are findings. */
  readonly exitCode: boolean;
};

/** A plan that says which resources it was made for, where those are not in the cluster. */
function withGiven(plan: Plan, { given = [] }: ReconcileOptions): Plan {
  const { namespace, name } = plan.cluster;
  const own = given.filter((object) => clusterKey(object) === `${namespace}/${name}`);
  return own.length === 0 ? plan : { ...plan, given: own.map(({ kind, metadata }) => `${kind} ${metadata.name}`) };
}

/** The plans of several clusters are one document too. */
const listOf = (plans: readonly Plan[]): object => ({ apiVersion: "kubectl-kafka/v1", kind: "ClusterPlanList", items: plans });

/** Shows what would be done to clusters: of several, to those that can be planned for. */
export async function preview(context: FlowContext, refs: readonly ClusterRef[], options: PreviewOptions): Promise<number> {
  const plans: Plan[] = [];
  const planFor = async (ref: ClusterRef): Promise<number> => {
    const found = await planOnly(context, ref, options);
    if ("exitCode" in found) return found.exitCode;
    showPlan(found.plan, context, options);
    plans.push(withGiven(found.plan, options));
    return options.exitCode && found.plan.waves.length > 0 ? exitCodes.findings : exitCodes.done;
  };
  const jobs = refs.map((ref) => ({ ref, run: () => planFor(ref) }));
  const code = await eachCluster({ ...context, verbose: options.verbose }, jobs);
  if (options.output === "json" && plans.length > 0) context.terminal.out(renderJson(refs.length === 1 ? plans[0] : listOf(plans)));
  return code;
}
