import type { NodeState, Observation } from "../model/observation.ts";
import type { Notice } from "../model/plan.ts";
import type { RollRequest } from "../model/roll.ts";

type Question = {
  readonly observation: Observation;
  readonly nodes: readonly NodeState[];
  readonly request: RollRequest;
  readonly notPermitted: readonly string[];
};

const namesShown = 10;

function list(names: readonly string[]): string {
  const unique = [...new Set(names)];
  return unique.length <= namesShown
    ? unique.join(", ")
    : `${unique.slice(0, namesShown).join(", ")} and ${unique.length - namesShown} more`;
}

/** A name that nothing has, with those that there are. */
function unknown(what: string, wanted: readonly string[], present: readonly string[]): Notice[] {
  return wanted
    .filter((name) => !present.includes(name))
    .map((name) => ({
      subject: `${what} ${name}`,
      reason: "NotFound",
      message: "there is none of that name",
      hint: present.length === 0 ? `no ${what} is known of any node` : `there are: ${list(present)}`,
    }));
}

function unknownNodes(nodes: readonly NodeState[], wanted: readonly string[]): Notice[] {
  const known = new Set(nodes.flatMap(({ id, name }) => [String(id), name]));
  const missing = new Set(wanted.filter((name) => !known.has(name)));
  const present = nodes.map(({ id, name }) => (name.endsWith(`-${id}`) ? name : `${name} (${id})`));
  return unknown("node", [...missing], present);
}

function operatorRefusals({ cluster, mode, declared, operator }: Observation): Notice[] {
  const subject = `Kafka ${cluster.namespace}/${cluster.name}`;
  if (mode.kind !== "managed") return [];
  if (declared?.paused)
    return [
      {
        subject,
        reason: "ReconciliationPaused",
        message: "its reconciliation is paused, and the operator restarts nothing meanwhile",
        hint: `kubectl annotate kafka ${cluster.name} -n ${cluster.namespace} strimzi.io/pause-reconciliation-`,
      },
    ];
  if (operator?.ready === false)
    return [
      {
        subject: `operator ${operator.namespace}/${operator.name}`,
        reason: "OperatorNotReady",
        message: "it is not ready, and nobody else restarts pods of this cluster",
        hint: `kubectl get deployment ${operator.name} -n ${operator.namespace}`,
      },
    ];
  return [];
}

/** Everything that makes a roll impossible. */
export function rollRefusals({ observation, nodes, request, notPermitted }: Question): Notice[] {
  const { cluster, mode, gaps } = observation;
  const subject = `Kafka ${cluster.namespace}/${cluster.name}`;
  if (mode.kind === "external")
    return [{ subject, reason: "NotInKubernetes", message: "it was reached by its address, and has no pods that could be restarted" }];
  const unread = gaps.find(({ part }) => part === "pods");
  if (unread !== undefined)
    return [
      {
        subject,
        reason: "NotRead",
        message: `its pods could not be read: ${unread.because}`,
        ...(unread.hint ? { hint: unread.hint } : {}),
      },
    ];
  const rights = notPermitted.map((right) => ({
    subject,
    reason: "NotPermitted",
    message: `not permitted: ${right} in namespace ${cluster.namespace}`,
    hint: `kubectl create role kafka-roll -n ${cluster.namespace} ${roleOf(right)}`,
  }));
  return [
    ...operatorRefusals(observation),
    ...rights,
    ...unknownNodes(nodes, request.nodes),
    ...unknown(
      "pool",
      request.pools,
      nodes.flatMap(({ pool }) => pool ?? []),
    ),
    ...unknown(
      "rack",
      request.racks,
      nodes.flatMap(({ rack }) => rack ?? []),
    ),
  ];
}

/** "delete pods" → "--verb=delete --resource=pods". */
function roleOf(right: string): string {
  const [verb, resource] = right.split(" ");
  return `--verb=${verb} --resource=${resource}`;
}
