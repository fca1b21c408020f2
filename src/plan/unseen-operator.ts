import type { Observation } from "../model/observation.ts";
import type { Notice } from "../model/plan.ts";

/** What tells of an operator, by the names of the gaps where it could not be read. */
const traces: ReadonlySet<string> = new Set(["operator", "StrimziPodSets", "kinds of Kafka's resources"]);

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
