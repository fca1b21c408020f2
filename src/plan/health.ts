import type { Finding, Health, PartitionCounts, PartitionGroup, Severity, Verdict } from "../model/finding.ts";
import { msOf } from "../model/instant.ts";
import type { NodeState, Observation } from "../model/observation.ts";
import { effectiveMinIsr, isAtMinIsr, isOffline, isUnderMinIsr, isUnderReplicated } from "../model/partition-health.ts";
import type { Partition, Topic } from "../model/topic.ts";
import { daysUntil } from "../model/units.ts";
import { nodeFindings, podsSeen } from "./node-health.ts";

// Judges one observation, pure. The worst finding decides:
// 1. partitions: offline, under min ISR, under-replicated (one pass, each partition counted for all it is, named under its worst);
// 2. nodes: pod missing, pending, not ready; broker fenced or unknown to Kafka; volumes; restarts that are due;
// 3. metadata quorum: no leader, voters behind;
// 4. certificates; 5. what the operator or the resource says of itself.
// Any critical finding: unhealthy. None, but Kafka or the pods could not be read: unknown. Otherwise healthy.

const exampleCount = 5;

/** A voter further behind than this would not count for the quorum (controller.quorum.fetch.timeout.ms, 2 s by default, with room for a slow read). */
const voterBehindMs = 10_000;

/** Warn this many days before a certificate ends; Strimzi renews its own 30 days before, so less than this means nobody did. */
const certificateWarningDays = 21;

type Counting = {
  counts: { -readonly [K in keyof PartitionCounts]: number };
  groups: Record<"offline" | "underMinIsr" | "underReplicated", Partition[]>;
  names: Map<Partition, Topic>;
};

/** Under which of its troubles a partition is named: the worst. */
function worstOf(partition: Partition, topic: Topic): keyof Counting["groups"] | undefined {
  if (isOffline(partition)) return "offline";
  if (isUnderMinIsr(partition, topic)) return "underMinIsr";
  return isUnderReplicated(partition) ? "underReplicated" : undefined;
}

function countPartitions(topics: readonly Topic[]): Counting {
  const counts = { topics: topics.length, total: 0, offline: 0, underMinIsr: 0, atMinIsr: 0, underReplicated: 0 };
  const groups: Counting["groups"] = { offline: [], underMinIsr: [], underReplicated: [] };
  const names: Counting["names"] = new Map();
  for (const topic of topics) {
    counts.total += topic.partitions.length;
    for (const partition of topic.partitions) {
      counts.offline += Number(isOffline(partition));
      counts.underMinIsr += Number(isUnderMinIsr(partition, topic));
      counts.atMinIsr += Number(isAtMinIsr(partition, topic));
      counts.underReplicated += Number(isUnderReplicated(partition));
      const worst = worstOf(partition, topic);
      if (worst === undefined) continue;
      groups[worst].push(partition);
      names.set(partition, topic);
    }
  }
  return { counts, groups, names };
}

function minIsrOf(partition: Partition, topic: Topic | undefined): { minIsr?: number } {
  const minIsr = topic && effectiveMinIsr(partition, topic);
  return minIsr === undefined ? {} : { minIsr };
}

function describeGroup(partitions: readonly Partition[], names: Counting["names"]): { partitions: PartitionGroup; nodes: number[] } {
  const missing = new Set(partitions.flatMap((partition) => partition.replicas.filter((replica) => !partition.isr.includes(replica))));
  const examples = partitions.slice(0, exampleCount).map((partition) => {
    const topic = names.get(partition);
    return {
      topic: topic?.name ?? "",
      partition: partition.partition,
      isr: partition.isr,
      ...minIsrOf(partition, topic),
    };
  });
  return { partitions: { total: partitions.length, examples }, nodes: [...missing].sort((a, b) => a - b) };
}

function partitionFindings({ groups, names }: Counting): Finding[] {
  const reasons = [
    ["offline", "PartitionsOffline"],
    ["underMinIsr", "UnderMinIsr"],
    ["underReplicated", "UnderReplicated"],
  ] as const;
  return reasons
    .filter(([group]) => groups[group].length > 0)
    .map(([group, reason]) => ({ severity: "critical", reason, ...describeGroup(groups[group], names) }));
}

function quorumFindings(observation: Observation): Finding[] {
  const quorum = observation.kafka?.quorum;
  if (quorum === undefined) return [];
  if (quorum.leaderId < 0) return [{ severity: "critical", reason: "QuorumHasNoLeader" }];
  return quorum.voters
    .filter(({ lag, behindMs }) => lag > 0 && (behindMs ?? Number.POSITIVE_INFINITY) > voterBehindMs)
    .map(({ id, lag, behindMs }) => ({
      severity: "critical",
      reason: "QuorumVoterBehind",
      node: id,
      lag,
      ...(behindMs === undefined ? {} : { behindMs }),
    }));
}

function certificateFindings(observation: Observation, now: number): Finding[] {
  return observation.certificates.flatMap(({ secret, key, notAfter }): Finding[] => {
    const end = msOf(notAfter);
    const days = daysUntil(end, now);
    if (end <= now) return [{ severity: "critical", reason: "CertificateExpired", secret, key, days }];
    return days < certificateWarningDays ? [{ severity: "warning", reason: "CertificateExpiring", secret, key, days }] : [];
  });
}

function reportedFindings({ declared, operator, mode }: Observation): Finding[] {
  const findings: Finding[] = [];
  if (declared?.paused) findings.push({ severity: "warning", reason: "ReconciliationPaused" });
  if (mode.kind === "managed" && operator && !operator.ready)
    findings.push({ severity: "warning", reason: "OperatorNotReady", namespace: operator.namespace, name: operator.name });
  const { generation, observedGeneration } = declared ?? {};
  if (generation !== undefined && observedGeneration !== undefined && observedGeneration < generation)
    findings.push({ severity: "info", reason: "NotReconciled", generation, observedGeneration });
  for (const { type, status, reason, message } of declared?.conditions ?? []) {
    const failing = (type === "NotReady" && status === "True") || (type === "Ready" && status === "False");
    const warning = type === "Warning" && status === "True";
    if (!failing && !warning) continue;
    findings.push({
      severity: failing ? "critical" : "warning",
      reason: "ConditionReported",
      condition: reason ?? type,
      detail: message ?? "",
    });
  }
  return findings;
}

function kafkaGap(observation: Observation): Finding[] {
  const gap = observation.gaps.find(({ part }) => part === "Kafka");
  if (gap === undefined || observation.kafka !== undefined) return [];
  return [{ severity: "warning", reason: "KafkaUnreachable", detail: gap.because, ...(gap.hint === undefined ? {} : { hint: gap.hint }) }];
}

function versionFindings(nodes: readonly NodeState[]): Finding[] {
  const versions = [...new Set(nodes.flatMap(({ version }) => version ?? []))].sort();
  return versions.length > 1 ? [{ severity: "info", reason: "VersionsDiffer", versions }] : [];
}

const order: readonly Severity[] = ["critical", "warning", "info"];

/** Findings in a fixed order, worst first, and the health that follows from them. `now`: ms since the epoch, for certificates and ages. */
export function judge(observation: Observation, now: number): Verdict {
  const counting = observation.kafka?.topics && countPartitions(observation.kafka.topics);
  const findings = [
    ...(counting ? partitionFindings(counting) : []),
    ...nodeFindings(observation),
    ...quorumFindings(observation),
    ...kafkaGap(observation),
    ...certificateFindings(observation, now),
    ...reportedFindings(observation),
    ...versionFindings(observation.nodes),
  ];
  const sorted = order.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  return { health: healthOf(sorted, observation), findings: sorted, ...(counting ? { partitions: counting.counts } : {}) };
}

function healthOf(findings: readonly Finding[], observation: Observation): Health {
  if (findings.some(({ severity }) => severity === "critical")) return "unhealthy";
  const { kafka, mode, nodes, gaps } = observation;
  const external = mode.kind === "external";
  // a quorum that does not answer may be lost; only a cluster beside ZooKeeper has none
  const hasQuorum = external || nodes.some(({ roles }) => roles.includes("controller"));
  const quorumUnseen = hasQuorum && gaps.some(({ part }) => part === "metadata quorum");
  const everythingSeen = kafka?.topics !== undefined && !quorumUnseen && (external || podsSeen(observation));
  return everythingSeen ? "healthy" : "unknown";
}
