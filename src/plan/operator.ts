import type { ClusterRef, Observation, Operator } from "../model/observation.ts";
import type { Notice } from "../model/plan.ts";

/** What tells of an operator, by the names of the gaps where it could not be read. */
const traces: ReadonlySet<string> = new Set(["operator", "StrimziPodSets", "kinds of Kafka's resources"]);

/** An operator would make a new cluster by itself, and two would make it at once. */
export const otherMaker = ({ name }: ClusterRef, { namespace, name: operator }: Operator): Notice => ({
  subject: `Kafka ${name}`,
  reason: "ManagedByOperator",
  message: `the Strimzi operator ${namespace}/${operator} watches the namespace, and makes the cluster from its resources`,
  hint: "write the resources with kubectl apply -f, and the operator does the rest; create --dry-run -o yaml prints them",
});

/** That nobody else looks after a cluster is an assumption where an operator could not be looked for. */
export function unseenOperator({ cluster, mode, gaps }: Pick<Observation, "cluster" | "mode" | "gaps">): Notice[] {
  const unread = gaps.filter(({ part }) => traces.has(part));
  const [first] = unread;
  if (mode.kind !== "direct" || first === undefined) return [];
  const because = [...new Set(unread.map((gap) => gap.because))].join("; ");
  return [
    {
      subject: `Kafka ${cluster.name}`,
      reason: "OperatorNotSought",
      message: `could not look for an operator: ${because}. It is taken that none looks after it`,
      ...(first.hint === undefined ? {} : { hint: first.hint }),
    },
  ];
}
