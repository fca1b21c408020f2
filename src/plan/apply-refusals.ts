import { poolObjectName } from "../desired/stateful-sets.ts";
import type { ClusterSpec } from "../model/cluster-spec.ts";
import type { ClusterRef, Mode, Observation } from "../model/observation.ts";
import type { Notice } from "../model/plan.ts";
import type { LiveObjects } from "./live-objects.ts";

// Why a cluster is not touched at all, whatever its resources ask for.

type Question = { readonly spec: ClusterSpec; readonly live: LiveObjects; readonly observation: Observation | undefined };

const subjectOf = ({ ref }: Pick<ClusterSpec, "ref">): string => `Kafka ${ref.name}`;

/** Somebody wants it left alone (Strimzi's annotation). */
function paused({ spec }: Question): Notice[] {
  if (!spec.paused) return [];
  const { namespace, name } = spec.ref;
  return [
    {
      subject: subjectOf(spec),
      reason: "ReconciliationPaused",
      message: "its annotation strimzi.io/pause-reconciliation says that nothing of it is to be changed",
      hint: `kubectl annotate kafka ${name} -n ${namespace} strimzi.io/pause-reconciliation-`,
    },
  ];
}

/** Two that change the same cluster undo each other's work. */
export function otherOwner({ ref, mode }: { readonly ref: ClusterRef; readonly mode: Mode | undefined }): Notice[] {
  if (mode?.kind !== "managed") return [];
  const message = `a Strimzi operator looks after it (${mode.because}): change its resources, and the operator does the rest`;
  return [{ subject: subjectOf({ ref }), reason: "ManagedByOperator", message }];
}

/** A pool that vanished would take its nodes with it: that is nothing to happen by the way. */
function vanishedPools({ spec, live }: Question): Notice[] {
  const wanted = new Set(spec.pools.map((pool) => poolObjectName(spec, pool)));
  return live
    .all("StatefulSet")
    .filter(({ metadata }) => !wanted.has(metadata.name))
    .map(({ metadata: { name } }) => ({
      subject: `StatefulSet ${name}`,
      reason: "PoolGone",
      message: "its KafkaNodePool is not there any more, and its nodes still run: removing nodes is not supported in this version",
      hint: "bring the KafkaNodePool back as it was",
    }));
}

export const untouchable = (question: Question): Notice[] => [
  ...paused(question),
  ...otherOwner({ ref: question.spec.ref, mode: question.observation?.mode }),
  ...vanishedPools(question),
];
