import { AppError } from "../model/errors.ts";
import { type ObjectRef, resources } from "../model/kube.ts";
import type { Observation } from "../model/observation.ts";
import type { Step } from "../model/plan.ts";
import { gate, isDown } from "../plan/gate.ts";
import { describeHold } from "./describe-hold.ts";
import { alreadyDone, changed, type StepResult, type StepRun } from "./execute-io.ts";
import { getObject } from "./get-object.ts";
import { waitForNewPod, waitForNode } from "./node-back.ts";
import { waitUntil } from "./wait-until.ts";

type Restart = Extract<Step, { kind: "RestartNode" }>;

type Subject = { readonly node: number; readonly pod: string };

/** Observes anew, once a second, until the node may go. The observation that let it is the result. */
export function waitForGate(run: StepRun, { node, pod }: Subject, timeoutMs: number): Promise<Observation> {
  const { io, cluster } = run;
  return waitUntil(run, {
    condition: { kind: "GateOpen", node, pod },
    otherwise: `${pod} may still not be restarted`,
    hint: `kubectl kafka status ${cluster.name} -n ${cluster.namespace}`,
    timeoutMs,
    signal: io.signal,
    async look() {
      const observation = await io.observe(io.signal);
      const answer = gate(node, observation);
      return answer.open ? { done: true, value: observation } : { done: false, because: describeHold(answer.because) };
    },
  });
}

const isOutOfDate = (node: number, observation: Observation): boolean =>
  observation.nodes.some(({ id, restartReasons }) => id === node && restartReasons.includes("PodHasOldRevision"));

/** It was down, and so are others that wait for their restart: they may need each other to come up, a quorum for instance. */
function needsOthers(node: number, { nodes }: Observation): boolean {
  const down = nodes.filter((one) => isDown(one) && (one.id === node || one.restartReasons.length > 0));
  return down.length > 1 && down.some(({ id }) => id === node);
}

/** False: the pod is another one by now, or gone. */
async function deletePod({ io }: StepRun, ref: ObjectRef, uid: string): Promise<boolean> {
  try {
    await io.kube.delete({ ref, propagation: "Background", uid });
    return true;
  } catch (error) {
    if (error instanceof AppError && (error.code === "NotFound" || error.code === "Conflict")) return false;
    throw error;
  }
}

/**
 * Restarts one node.
 * 1. A pod that is not the planned one any more was restarted by somebody; it goes again only when it is out of date still.
 * 2. Wait for the gate, on a fresh observation each time.
 * 3. Delete the very pod that was observed. From here on nothing interrupts.
 * 4. Wait until the node is back with all it has. One of several that were down is not waited for: the next restart's gate, and the waits at
 *    the end of the plan, look after it.
 */
export async function restartNode(run: StepRun, step: Restart): Promise<StepResult> {
  const { io, cluster } = run;
  const { node, pod } = step;
  const ref = { resource: resources.pods, namespace: cluster.namespace, name: pod };
  const present = (await getObject(io.kube, ref, io.signal))?.metadata.uid;
  if (present !== undefined) {
    const planned = present === step.uid;
    if (planned || isOutOfDate(node, await io.observe(io.signal))) {
      const observation = await waitForGate(run, { node, pod }, io.waitMs);
      io.signal.throwIfAborted();
      if (await deletePod(run, ref, present)) {
        const wait = needsOthers(node, observation) ? waitForNewPod : waitForNode;
        await wait(run, { node, pod, previousUid: present }, { timeoutMs: io.waitMs });
        return changed;
      }
    }
  }
  await waitForNode(run, { node, pod, previousUid: step.uid }, { timeoutMs: io.waitMs, signal: io.signal });
  return alreadyDone;
}
