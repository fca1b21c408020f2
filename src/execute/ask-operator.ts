import { AppError } from "../model/errors.ts";
import { resources } from "../model/kube.ts";
import type { Observation } from "../model/observation.ts";
import type { RestartTarget, Step } from "../model/plan.ts";
import { alreadyDone, type StepResult, type StepRun } from "./execute-io.ts";
import { waitForNodes } from "./nodes-back.ts";

// Has a Strimzi operator restart nodes, in its own order.
// 1. Observe once a second. A pod that is the planned one still, and does not carry the annotation, gets it: at first all of them, later those
//    from which it vanished without a restart (strimzi#13165).
// 2. A node is done when its pod is another one and serves again with all it has. What the operator does not come to is not waited for longer
//    than `waitMs` without any progress.
// To interrupt it stops the waiting; the operator goes on with what it was asked for.

const annotation = "strimzi.io/manual-rolling-update";

/** Marks the very pod; one that is another by now, or gone, needs no mark. */
async function mark({ io, cluster }: StepRun, { pod: name, uid }: RestartTarget): Promise<void> {
  const ref = { resource: resources.pods, namespace: cluster.namespace, name };
  try {
    await io.kube.patch({ ref, type: "merge", body: { metadata: { uid, annotations: { [annotation]: "true" } } } }, io.signal);
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== "NotFound" && error.code !== "Conflict")) throw error;
  }
}

/** The planned pods that are there unmarked. */
function unmarked(nodes: readonly RestartTarget[], observation: Observation): RestartTarget[] {
  const states = new Map(observation.nodes.map((state) => [state.id, state]));
  return nodes.filter(({ node, uid }) => {
    const state = states.get(node);
    return state?.pod?.uid === uid && !state.pod.terminating && !state.restartReasons.includes("ManualRollingUpdate");
  });
}

export async function askOperator(run: StepRun, { nodes }: Extract<Step, { kind: "AskOperatorToRestart" }>): Promise<StepResult> {
  const asked = new Set<string>();
  const tend = async (observation: Observation): Promise<string | undefined> => {
    const due = unmarked(nodes, observation);
    const again = due.filter(({ uid }) => asked.has(uid));
    for (const target of due) {
      await mark(run, target);
      asked.add(target.uid);
    }
    const [first] = again;
    return first === undefined ? undefined : `${first.pod} was forgotten without a restart: the operator is asked again`;
  };
  const restarted = nodes.map(({ node, pod, uid }) => ({ node, pod, previousUid: uid }));
  const { times } = await waitForNodes(run, restarted, { timeoutMs: run.io.waitMs, signal: run.io.signal, tend });
  return asked.size === 0 ? alreadyDone : { outcome: "changed", nodes: times };
}
