import type { Finding } from "../model/finding.ts";
import type { NodeState, Observation } from "../model/observation.ts";

/** Kafka stops taking writes on a full volume; from here on it wants attention. */
const diskWarningShare = 0.85;
const diskCriticalShare = 0.95;

/** What Kubernetes says of a node's pod, the worst only: a pod that is missing is not also "not ready". */
function podFinding(node: NodeState): Finding | undefined {
  const { pod } = node;
  const at = { node: node.id, pod: node.name };
  if (pod === undefined) return { severity: "critical", reason: "PodMissing", ...at };
  const detail = pod.trouble === undefined ? {} : { detail: pod.trouble };
  if (pod.terminating) return { severity: "critical", reason: "PodTerminating", ...at };
  if (pod.phase === "Pending") return { severity: "critical", reason: "PodPending", ...at, ...detail };
  if (!pod.ready) return { severity: "critical", reason: "PodNotReady", ...at, ...detail };
  return undefined;
}

/** What Kafka says of a broker whose pod looks well. */
function registrationFinding(node: NodeState): Finding | undefined {
  const at = { node: node.id, pod: node.name };
  if (node.registration === "fenced") return { severity: "critical", reason: "BrokerFenced", ...at };
  if (node.registration === "absent") return { severity: "critical", reason: "BrokerNotRegistered", ...at };
  return undefined;
}

function volumeFindings(node: NodeState): Finding[] {
  const at = { node: node.id, pod: node.name };
  const findings: Finding[] = [];
  if (node.offlineLogDirs !== undefined)
    findings.push({ severity: "critical", reason: "LogDirOffline", ...at, paths: node.offlineLogDirs });
  const { usedBytes, sizeBytes } = node.disk ?? {};
  if (usedBytes === undefined || sizeBytes === undefined || usedBytes < sizeBytes * diskWarningShare) return findings;
  const severity = usedBytes < sizeBytes * diskCriticalShare ? "warning" : "critical";
  return [...findings, { severity, reason: "DiskNearlyFull", ...at, usedBytes, sizeBytes }];
}

/** Pods that were not asked for, or not allowed to be listed, are not "missing": without them only Kafka's word counts. */
export const podsSeen = ({ mode, gaps }: Observation): boolean => mode.kind !== "external" && !gaps.some(({ part }) => part === "pods");

/** Findings about nodes, by id. */
export function nodeFindings(observation: Observation): Finding[] {
  const { nodes } = observation;
  if (podsSeen(observation) && nodes.length === 0) return [{ severity: "critical", reason: "NoKafkaNodes" }];
  const pending = nodes
    .filter(({ restartReasons }) => restartReasons.length > 0)
    .map(({ id, name, restartReasons }) => ({ id, pod: name, reasons: restartReasons }));
  const own = nodes.flatMap((node) => {
    const finding = (podsSeen(observation) ? podFinding(node) : undefined) ?? registrationFinding(node);
    return [...(finding === undefined ? [] : [finding]), ...volumeFindings(node)];
  });
  return [...own, ...(pending.length === 0 ? [] : [{ severity: "info", reason: "RestartPending", nodes: pending } as const])];
}
