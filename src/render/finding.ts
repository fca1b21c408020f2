import { assertNever } from "../model/errors.ts";
import type { Finding, PartitionGroup } from "../model/finding.ts";
import type { Observation } from "../model/observation.ts";
import { formatBytesOf, formatCount, formatDuration } from "../model/units.ts";
import { nodeStatus } from "./node-table.ts";

/** A finding as a person reads it: what is wrong, and the command to type next (none when there is nothing to do). */
export type FindingText = { readonly text: string; readonly next?: string };

const set = (nodes: readonly number[]): string => `{${nodes.join(",")}}`;

/** "orders-3, orders-7 and 12 more". */
function names({ examples, total }: PartitionGroup): string {
  const named = examples.map(({ topic, partition }) => `${topic}-${partition}`).join(", ");
  const rest = total - examples.length;
  return rest > 0 ? `${named} and ${formatCount(rest)} more` : named;
}

/** "; not in sync: 3, 5 (missing)": the nodes that lack, and which of them are not up. */
function missing(nodes: readonly number[], observation: Observation): string {
  if (nodes.length === 0) return "";
  const described = nodes.map((id) => {
    const node = observation.nodes.find((candidate) => candidate.id === id);
    const status = node === undefined || observation.mode.kind === "external" ? "ready" : nodeStatus(node);
    return status === "ready" ? `node ${id}` : `node ${id} (${status})`;
  });
  return `; not in sync: ${described.join(", ")}`;
}

function partitionText(finding: Extract<Finding, { partitions: PartitionGroup }>, observation: Observation): string {
  const { partitions, nodes } = finding;
  const first = partitions.examples[0];
  switch (finding.reason) {
    case "PartitionsOffline":
      return `${names(partitions)}: no leader, neither readable nor writable${missing(nodes, observation)}`;
    case "UnderMinIsr":
      return `${names(partitions)}: ISR ${set(first?.isr ?? [])} below min ISR ${first?.minIsr}, writes with acks=all fail${missing(nodes, observation)}`;
    case "UnderReplicated":
      return `${names(partitions)}: fewer replicas in sync than assigned${missing(nodes, observation)}`;
    default:
      return assertNever(finding);
  }
}

const because = (detail: string | undefined): string => (detail ? `: ${detail}` : "");

function podText(
  finding: Extract<Finding, { reason: "PodMissing" | "PodPending" | "PodNotReady" | "PodTerminating" }>,
  at: string,
): FindingText {
  const { pod, detail } = finding;
  switch (finding.reason) {
    case "PodMissing":
      return { text: `${pod}: there is no such pod`, next: `kubectl get events --field-selector involvedObject.name=${pod}${at}` };
    case "PodPending":
      return { text: `${pod}: not started${because(detail)}`, next: `kubectl describe pod ${pod}${at}` };
    case "PodNotReady":
      return { text: `${pod}: not ready${because(detail)}`, next: `kubectl logs ${pod} --tail=50${at}` };
    case "PodTerminating":
      return { text: `${pod}: shutting down`, next: `kubectl describe pod ${pod}${at}` };
    default:
      return assertNever(finding.reason);
  }
}

type Where = { readonly observation: Observation; readonly self: string; readonly at: string };

/** What brings a cluster to what its resources say, where that is this tool's work. */
const reconcileLine = ({ observation: { cluster, mode, declared }, self, at }: Where): string | undefined =>
  mode.kind === "direct" && declared !== undefined ? `${self} reconcile ${cluster.name}${at}` : undefined;

function certificateText(finding: Extract<Finding, { reason: "CertificateExpired" | "CertificateExpiring" }>, where: Where): FindingText {
  const { observation, at } = where;
  const { secret, key, days } = finding;
  const when =
    finding.reason === "CertificateExpired" ? (days === 0 ? "expired today" : `expired ${-days} days ago`) : `expires in ${days} days`;
  const byOperator = observation.mode.kind === "managed" && key === "ca.crt";
  const renew = byOperator ? `kubectl annotate secret ${secret} strimzi.io/force-renew=true${at}` : reconcileLine(where);
  return { text: `${secret}/${key} ${when}`, next: renew ?? `kubectl describe secret ${secret}${at}` };
}

/** `at` is the " -n NAMESPACE" that every command to copy ends with. */
export function describeFinding(finding: Finding, observation: Observation, self: string): FindingText {
  const { cluster } = observation;
  const at = cluster.namespace === "" ? "" : ` -n ${cluster.namespace}`;
  switch (finding.reason) {
    case "PartitionsOffline":
    case "UnderMinIsr":
    case "UnderReplicated":
      return {
        text: partitionText(finding, observation),
        ...(isExternal(observation) ? {} : { next: `${self} status ${cluster.name} --section nodes,partitions -v${at}` }),
      };
    case "PodMissing":
    case "PodPending":
    case "PodNotReady":
    case "PodTerminating":
      return podText(finding, at);
    case "CertificateExpired":
    case "CertificateExpiring":
      return certificateText(finding, { observation, self, at });
    default:
      return describeOther(finding, { observation, self, at });
  }
}

const isExternal = ({ mode }: Observation): boolean => mode.kind === "external";

type Other = Exclude<
  Finding,
  | { partitions: PartitionGroup }
  | { reason: "PodMissing" | "PodPending" | "PodNotReady" | "PodTerminating" | "CertificateExpired" | "CertificateExpiring" }
>;

function describeOther(finding: Other, where: Where): FindingText {
  const { observation, at, self } = where;
  const { name } = observation.cluster;
  switch (finding.reason) {
    case "NoKafkaNodes":
      return { text: "no Kafka node exists", next: `kubectl get pods,statefulsets -l strimzi.io/cluster=${name}${at}` };
    case "BrokerFenced":
      return { text: `${finding.pod}: fenced by the controller, serves no partition`, next: `kubectl logs ${finding.pod} --tail=50${at}` };
    case "BrokerNotRegistered":
      return { text: `${finding.pod}: unknown to the controller`, next: `kubectl logs ${finding.pod} --tail=50${at}` };
    case "LogDirOffline":
      return { text: `${finding.pod}: volume offline: ${finding.paths.join(", ")}`, next: `kubectl logs ${finding.pod} --tail=50${at}` };
    case "DiskNearlyFull":
      return {
        text: `${finding.pod}: ${formatBytesOf(finding.usedBytes, finding.sizeBytes)} used`,
        next: `kubectl exec ${finding.pod}${at} -- df -h`,
      };
    case "QuorumHasNoLeader":
      return {
        text: "the metadata quorum has no leader: nothing can be changed",
        next: `kubectl logs -l strimzi.io/cluster=${name},strimzi.io/controller-role=true --tail=50${at}`,
      };
    case "QuorumVoterBehind":
      return {
        text: `controller ${finding.node} is ${formatCount(finding.lag)} records behind the leader${finding.behindMs === undefined ? "" : `, for ${formatDuration(finding.behindMs)}`}`,
        next: `kubectl get pods -l strimzi.io/cluster=${name},strimzi.io/controller-role=true${at}`,
      };
    case "KafkaUnreachable":
      return { text: `Kafka could not be asked: ${finding.detail}`, ...(finding.hint === undefined ? {} : { next: finding.hint }) };
    case "RestartPending":
      return {
        text: finding.nodes.map(({ pod, reasons }) => `${pod} (${reasons.join(", ")})`).join(", "),
        next: reconcileLine(where) ?? `${self} roll ${name} --only-pending${at}`,
      };
    case "VersionsDiffer":
      return { text: `nodes run different versions: ${finding.versions.join(", ")}` };
    case "ReconciliationPaused":
      return { text: "reconciliation is paused", next: `kubectl annotate kafka ${name} strimzi.io/pause-reconciliation-${at}` };
    case "NotReconciled": {
      const next = reconcileLine(where);
      return {
        text: `the Kafka resource changed (generation ${finding.generation}) after its last reconciliation (${finding.observedGeneration})`,
        ...(next === undefined ? {} : { next }),
      };
    }
    case "ConditionReported":
      return { text: `${finding.condition}${because(finding.detail)}`, next: `kubectl describe kafka ${name}${at}` };
    case "OperatorNotReady":
      return {
        text: `operator ${finding.namespace}/${finding.name} is not available`,
        next: `kubectl describe deployment ${finding.name} -n ${finding.namespace}`,
      };
    default:
      return assertNever(finding);
  }
}
