import { nodesOf } from "../desired/names.ts";
import type { ClusterSpec, PoolSpec } from "../model/cluster-spec.ts";
import type { Observation } from "../model/observation.ts";
import type { Hazard, Notice } from "../model/plan.ts";

// What a node's restart costs beyond the time that it is away: an ephemeral volume ends with its pod.
// 1. A broker's replicas are copied again from the others. A partition that has no other replica is lost with it; where topics could not be
//    read, there may be one.
// 2. A controller learns the metadata again from the others. The only controller takes them with it.

export type RestartCost = { readonly hazard: Hazard; readonly why: readonly string[] };

const isEphemeral = ({ volumes }: PoolSpec): boolean => volumes.some(({ kind }) => kind === "ephemeral");

function lostPartitions(node: number, observation: Observation | undefined): string | undefined {
  const topics = observation?.kafka?.topics;
  if (topics === undefined) return "what it holds of topics is lost, and whether other brokers have it could not be read";
  const alone = topics
    .flatMap(({ partitions }) => partitions)
    .filter(({ replicas }) => replicas.length === 1 && replicas[0] === node).length;
  if (alone === 0) return undefined;
  return alone === 1 ? "1 partition is lost: it has no other replica" : `${alone} partitions are lost: they have no other replica`;
}

function lostMetadata(spec: ClusterSpec, { roles, volumes }: PoolSpec): string | undefined {
  const controllers = nodesOf(spec).filter(({ pool }) => pool.roles.includes("controller")).length;
  const holds = volumes.some(({ kind, kraftMetadata }) => kind === "ephemeral" && kraftMetadata);
  return roles.includes("controller") && controllers === 1 && holds ? "all metadata is lost: it is the only controller" : undefined;
}

/** Of one node of a pool. `observation`: left out where there was nobody to ask. */
export function restartCost(
  spec: ClusterSpec,
  pool: PoolSpec,
  { node, observation }: { node: number; observation?: Observation },
): RestartCost {
  if (!isEphemeral(pool)) return { hazard: "disruptive", why: [] };
  const partitions = pool.roles.includes("broker") ? lostPartitions(node, observation) : undefined;
  const why = [lostMetadata(spec, pool), partitions].filter((text) => text !== undefined);
  return { hazard: why.length === 0 ? "disruptive" : "destructive", why };
}

/** What to know of restarts in pools whose volumes end with their pods. */
export const ephemeralNotices = ({ pools }: ClusterSpec, restarted: ReadonlySet<number>): Notice[] =>
  pools
    .filter((pool) => isEphemeral(pool) && pool.nodeIds.some((id) => restarted.has(id)))
    .map(({ name }) => ({
      subject: `KafkaNodePool ${name}`,
      reason: "EphemeralStorage",
      message: "its volumes end with their pods: a node that restarts copies all it had from the others, which takes its time",
    }));
