import type { Progress } from "../model/event.ts";
import { resources } from "../model/kube.ts";
import type { NodeState, Observation, PodState } from "../model/observation.ts";
import type { Pod } from "../observe/kube-shapes.ts";
import { podState } from "../observe/pods.ts";
import { isCaughtUp } from "../plan/gate.ts";
import type { StepRun } from "./execute-io.ts";
import { getObject } from "./get-object.ts";
import { type Seen, waitUntil } from "./wait-until.ts";

/** A node that was restarted. `previousUid`: of the pod that had to go. */
export type Restarted = { readonly node: number; readonly pod: string; readonly previousUid: string };

const notYet = (because: string, progress?: Progress): Seen<undefined> => ({
  done: false,
  because,
  ...(progress === undefined ? {} : { progress }),
});

/** Its replicas that are in sync, of those it has; a partition that is being moved has its own time. */
function inSync({ id }: NodeState, { kafka }: Observation): { done: number; total: number } {
  const moving = new Set((kafka?.reassignments ?? []).map(({ topic, partition }) => `${topic}-${partition}`));
  let [done, total] = [0, 0];
  for (const { name, partitions } of kafka?.topics ?? []) {
    for (const { partition, replicas, isr } of partitions) {
      if (!replicas.includes(id) || moving.has(`${name}-${partition}`)) continue;
      total += 1;
      if (isr.includes(id)) done += 1;
    }
  }
  return { done, total };
}

function seenByKafka(node: NodeState, observation: Observation): Seen<undefined> {
  const { kafka } = observation;
  if (kafka === undefined) return notYet(observation.gaps.find(({ part }) => part === "Kafka")?.because ?? "Kafka could not be asked");
  const { quorum } = kafka;
  if (quorum === undefined || quorum.leaderId < 0) return notYet("the metadata quorum has no leader");
  const voter = quorum.voters.find(({ id }) => id === node.id);
  if (voter !== undefined && !isCaughtUp(quorum, voter)) return notYet("its copy of the metadata is not caught up yet");
  if (!node.roles.includes("broker")) return { done: true, value: undefined };
  if (node.registration !== "active")
    return notYet(node.registration === "fenced" ? "the broker is fenced still" : "the broker is not registered yet");
  if (kafka.topics === undefined) return notYet("topics could not be read");
  const { done, total } = inSync(node, observation);
  return done === total
    ? { done: true, value: undefined }
    : { done: false, progress: { text: `${done} of ${total} replicas in sync`, done, total } };
}

/** A new pod, running or not. */
async function lookForPod({ io, cluster }: StepRun, { pod, previousUid }: Restarted): Promise<Seen<PodState>> {
  const object = await getObject(io.kube, { resource: resources.pods, namespace: cluster.namespace, name: pod });
  if (object === undefined) return { done: false, because: "there is no new pod yet" };
  const state = podState(object as Pod);
  if (state.uid === previousUid || state.terminating) return { done: false, because: "the old pod is shutting down" };
  return { done: true, value: state };
}

/** A new pod, ready; then what Kafka says of the node. Kafka is asked only when there is something to hear. */
async function lookForNode(run: StepRun, restarted: Restarted): Promise<Seen<undefined>> {
  const seenPod = await lookForPod(run, restarted);
  if (!seenPod.done) return seenPod;
  const { ready, trouble } = seenPod.value;
  if (!ready) return notYet(trouble ?? "the new pod is not ready yet");
  const observation = await run.io.observe();
  const seen = observation.nodes.find(({ id }) => id === restarted.node);
  return seen === undefined ? notYet("the node was not seen") : seenByKafka(seen, observation);
}

type Patience = { readonly timeoutMs: number; readonly signal?: AbortSignal };

const waitOf = ({ cluster }: StepRun, restarted: Restarted, patience: Patience) => ({
  condition: { kind: "NodeBack", ...restarted } as const,
  otherwise: `${restarted.pod} is not back`,
  hint: `kubectl describe pod ${restarted.pod} -n ${cluster.namespace}; kubectl logs ${restarted.pod} -n ${cluster.namespace}`,
  ...patience,
  patient: true,
});

/** Waits until a restarted node serves again with all it has. Without `signal` it is not interrupted: a node is away. */
export const waitForNode = (run: StepRun, restarted: Restarted, patience: Patience): Promise<undefined> =>
  waitUntil(run, { ...waitOf(run, restarted, patience), look: () => lookForNode(run, restarted) });

/** Waits for the new pod alone, for a node that cannot serve before others are restarted too. */
export const waitForNewPod = (run: StepRun, restarted: Restarted, patience: Patience): Promise<PodState> =>
  waitUntil(run, { ...waitOf(run, restarted, patience), look: () => lookForPod(run, restarted) });
