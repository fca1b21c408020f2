import type { ClusterRef } from "../model/observation.ts";
import type { Plan } from "../model/plan.ts";
import { renderJson } from "../render/json.ts";
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

/** Several plans are one document too. */
const documentOf = (plans: readonly Plan[]): object =>
  plans.length === 1 && plans[0] !== undefined ? plans[0] : { apiVersion: "kubectl-kafka/v1", kind: "ClusterPlanList", items: plans };

/** Shows what would be done to clusters; the first that cannot be planned for ends it with its exit code. */
export async function preview(context: FlowContext, refs: readonly ClusterRef[], options: PreviewOptions): Promise<number> {
  const plans: Plan[] = [];
  for (const ref of refs) {
    const found = await planOnly(context, ref, options);
    if ("exitCode" in found) return found.exitCode;
    showPlan(found.plan, context, options);
    plans.push(withGiven(found.plan, options));
  }
  if (options.output === "json") context.terminal.out(renderJson(documentOf(plans)));
  return options.exitCode && plans.some(({ waves }) => waves.length > 0) ? exitCodes.findings : exitCodes.done;
}
