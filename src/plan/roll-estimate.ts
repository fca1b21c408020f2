import { msOf } from "../model/instant.ts";
import type { NodeState, Observation } from "../model/observation.ts";
import type { RestartTarget } from "../model/plan.ts";

/** A pod's end, and the first moments of the next: what no pod tells. */
const stopMs = 3_000;

/** From a pod's start until it was ready; undefined when something else happened in between. */
function startMs({ pod }: NodeState): number | undefined {
  if (pod?.startedAt === undefined || pod.readySince === undefined || pod.restarts > 0) return undefined;
  const ms = msOf(pod.readySince) - msOf(pod.startedAt);
  return ms >= 0 ? ms : undefined;
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** How long a batch takes by how long pods of the same roles took to start; undefined: none tells. */
export function estimateFor(batch: readonly RestartTarget[], { nodes }: Observation): number | undefined {
  const kinds = new Set(batch.map(({ facts }) => facts?.roles.join()));
  const alike = nodes.filter(({ roles }) => kinds.has(roles.join())).flatMap((node) => startMs(node) ?? []);
  const start = median(alike.length > 0 ? alike : nodes.flatMap((node) => startMs(node) ?? []));
  return start === undefined ? undefined : stopMs + start;
}
