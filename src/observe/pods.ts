import type { PodState } from "../model/observation.ts";
import type { Pod } from "./kube-shapes.ts";

const harmless = new Set(["ContainerCreating", "PodInitializing"]);

/** Why a pod is not ready, in the words of the scheduler or the kubelet. */
function troubleOf(pod: Pod): string | undefined {
  const status = pod.status;
  if (status?.reason) return [status.reason, status.message].filter(Boolean).join(": ");
  const unscheduled = status?.conditions?.find((condition) => condition.type === "PodScheduled" && condition.status === "False");
  if (unscheduled) return [unscheduled.reason, unscheduled.message].filter(Boolean).join(": ");
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  for (const { name, state } of containers) {
    const waiting = state?.waiting;
    if (waiting?.reason && !harmless.has(waiting.reason)) return [waiting.reason, waiting.message].filter(Boolean).join(": ");
    if (state?.terminated && state.terminated.reason !== "Completed")
      return `container ${name} ended: ${state.terminated.reason ?? "Error"}, exit code ${state.terminated.exitCode ?? "unknown"}`;
  }
  return undefined;
}

const kafkaContainer = (pod: Pod) => pod.spec?.containers?.find((container) => container.name === "kafka") ?? pod.spec?.containers?.[0];

export function podState(pod: Pod): PodState {
  const readiness = pod.status?.conditions?.find((condition) => condition.type === "Ready" && condition.status === "True");
  const ready = readiness !== undefined;
  const trouble = ready ? undefined : troubleOf(pod);
  const image = kafkaContainer(pod)?.image;
  return {
    name: pod.metadata.name,
    uid: pod.metadata.uid ?? "",
    phase: pod.status?.phase ?? "Unknown",
    ready,
    terminating: pod.metadata.deletionTimestamp !== undefined,
    restarts: (pod.status?.containerStatuses ?? []).reduce((sum, container) => sum + (container.restartCount ?? 0), 0),
    ...(pod.status?.startTime === undefined ? {} : { startedAt: pod.status.startTime }),
    ...(readiness?.lastTransitionTime === undefined ? {} : { readySince: readiness.lastTransitionTime }),
    ...(pod.spec?.nodeName === undefined ? {} : { host: pod.spec.nodeName }),
    ...(image === undefined ? {} : { image }),
    ...(trouble === undefined ? {} : { trouble }),
  };
}
