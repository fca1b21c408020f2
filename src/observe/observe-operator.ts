import type { Gap, Operator } from "../model/observation.ts";
import type { KubeApi } from "../ports/kube.ts";
import { seen } from "./gaps.ts";
import { findOperator } from "./mode.ts";
import { listOperators } from "./read-kube.ts";

type Found = { readonly operator?: Operator; readonly gaps: readonly Gap[] };

/** The operator that would look after a cluster which is not there yet. */
export async function observeOperator(kube: KubeApi, namespace: string, signal?: AbortSignal): Promise<Found> {
  const gaps: Gap[] = [];
  const operators = await seen(gaps, "operator", listOperators(kube, namespace, signal));
  const operator = findOperator(operators ?? [], namespace);
  return { gaps, ...(operator === undefined ? {} : { operator }) };
}
