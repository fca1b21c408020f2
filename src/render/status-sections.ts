import type { PartitionCounts, Severity } from "../model/finding.ts";
import { msOf } from "../model/instant.ts";
import type { CertificateState, Observation } from "../model/observation.ts";
import { isAtMinIsr, isOffline, isUnderMinIsr, isUnderReplicated } from "../model/partition-health.ts";
import { daysUntil, formatCount, formatDuration } from "../model/units.ts";

/** One line (or a few) of the page under a title, with the worst state it tells of. */
export type Section = { readonly title: string; readonly severity?: Severity; readonly lines: readonly string[] };

/** Replicas this far behind count as caught up in a sentence: the followers of a live log always trail a little. */
const caughtUpMs = 3_000;

export function quorumSection({ kafka }: Observation, verbose: boolean): Section | undefined {
  const quorum = kafka?.quorum;
  if (quorum === undefined) return undefined;
  const { leaderId, voters, observers, epoch } = quorum;
  if (leaderId < 0) return { title: "QUORUM", severity: "critical", lines: [`no leader, ${voters.length} voters`] };
  const followers = voters.filter(({ id }) => id !== leaderId);
  const slow = followers.filter(({ behindMs, lag }) => lag > 0 && (behindMs ?? Number.POSITIVE_INFINITY) > caughtUpMs);
  const furthest = Math.max(0, ...followers.map(({ behindMs }) => behindMs ?? 0));
  const members = `${voters.length} ${voters.length === 1 ? "voter" : "voters"}`;
  const state =
    slow.length > 0
      ? `behind: ${slow.map(({ id }) => id).join(", ")}`
      : followers.length > 0
        ? `all caught up (${formatDuration(furthest)})`
        : "alone";
  const detail = [...voters.map((member) => ["voter", member] as const), ...observers.map((member) => ["observer", member] as const)].map(
    ([kind, { id, lag, behindMs }]) =>
      `${kind} ${id}: ${id === leaderId ? `leader of epoch ${epoch}` : `lag ${formatCount(lag)}${behindMs === undefined ? "" : `, ${formatDuration(behindMs)} behind`}`}`,
  );
  return {
    title: "QUORUM",
    ...(slow.length > 0 ? { severity: "warning" } : {}),
    lines: [`leader ${leaderId}, ${members}, ${state}`, ...(verbose ? detail : [])],
  };
}

/** Troubled partitions listed under -v; `-o json` has them all. */
const listedAtMost = 100;

function troubledPartitions({ kafka }: Observation): string[] {
  const troubled = (kafka?.topics ?? []).flatMap((topic) =>
    topic.partitions
      .filter(
        (partition) =>
          isOffline(partition) || isUnderReplicated(partition) || isUnderMinIsr(partition, topic) || isAtMinIsr(partition, topic),
      )
      .map(({ partition, leader, replicas, isr }) => {
        const minIsr = topic.minIsr === undefined ? "" : `, min ISR ${topic.minIsr}`;
        return `${topic.name}-${partition}: ${leader < 0 ? "no leader" : `leader ${leader}`}, replicas ${replicas.join(",")}, ISR ${isr.join(",") || "none"}${minIsr}`;
      }),
  );
  const rest = troubled.length - listedAtMost;
  return rest > 0 ? [...troubled.slice(0, listedAtMost), `and ${formatCount(rest)} more: -o json lists all`] : troubled;
}

export function partitionSection(observation: Observation, counts: PartitionCounts | undefined, verbose: boolean): Section | undefined {
  if (counts === undefined) return undefined;
  const { total, topics, offline, underMinIsr, atMinIsr, underReplicated } = counts;
  const states = [
    `${formatCount(offline)} offline`,
    `${formatCount(underMinIsr)} under min ISR`,
    `${formatCount(underReplicated)} under-replicated`,
  ];
  if (atMinIsr > 0) states.splice(2, 0, `${formatCount(atMinIsr)} at min ISR`);
  const bad = offline + underMinIsr + underReplicated > 0;
  return {
    title: "PARTITIONS",
    ...(bad ? { severity: "critical" } : {}),
    lines: [
      `${formatCount(total)} in ${formatCount(topics)} ${topics === 1 ? "topic" : "topics"}: ${states.join(", ")}`,
      ...(verbose ? troubledPartitions(observation) : []),
    ],
  };
}

/** A new replica that is in the ISR has arrived; until then it is being copied. */
export function reassignmentSection({ kafka }: Observation, verbose: boolean): Section | undefined {
  const moves = kafka?.reassignments ?? [];
  if (moves.length === 0) return undefined;
  const isrOf = new Map(
    kafka?.topics?.flatMap(({ name, partitions }) => partitions.map((entry) => [`${name}-${entry.partition}`, entry.isr] as const)),
  );
  const arrived = moves.flatMap(({ topic, partition, adding }) =>
    adding.filter((id) => isrOf.get(`${topic}-${partition}`)?.includes(id)),
  ).length;
  const adding = moves.reduce((sum, move) => sum + move.adding.length, 0);
  const detail = moves.map(
    ({ topic, partition, adding: to, removing }) =>
      `${topic}-${partition}: adding ${to.join(", ") || "none"}, removing ${removing.join(", ") || "none"}`,
  );
  return {
    title: "REASSIGNMENTS",
    severity: "info",
    lines: [
      `${formatCount(moves.length)} ${moves.length === 1 ? "partition" : "partitions"} under way, ${formatCount(arrived)} of ${formatCount(adding)} new replicas in sync`,
      ...(verbose ? detail : []),
    ],
  };
}

const until = (certificate: CertificateState, now: number): string => {
  const days = daysUntil(msOf(certificate.notAfter), now);
  return days < 0 ? `expired ${-days} days ago` : `${days} days`;
};

export function certificateSection({ certificates }: Observation, now: number, verbose: boolean): Section | undefined {
  if (certificates.length === 0) return undefined;
  const byEnd = [...certificates].sort((a, b) => msOf(a.notAfter) - msOf(b.notAfter));
  const first = (role: CertificateState["role"]) => byEnd.find((certificate) => certificate.role === role);
  const parts = (
    [
      ["cluster CA", first("clusterCa")],
      ["clients CA", first("clientsCa")],
      ["next leaf", first("leaf")],
    ] as const
  ).flatMap(([name, certificate]) => (certificate === undefined ? [] : [`${name} ${until(certificate, now)}`]));
  const soonest = Math.min(...byEnd.map(({ notAfter }) => daysUntil(msOf(notAfter), now)));
  const severity = soonest < 0 ? "critical" : soonest < 21 ? "warning" : undefined;
  const detail = byEnd.map((certificate) => `${certificate.secret}/${certificate.key}: ${until(certificate, now)}, ${certificate.subject}`);
  return { title: "CERTIFICATES", ...(severity === undefined ? {} : { severity }), lines: [parts.join(", "), ...(verbose ? detail : [])] };
}

export function restartSection({ nodes }: Observation, verbose: boolean): Section | undefined {
  const waiting = nodes.filter(({ restartReasons }) => restartReasons.length > 0);
  if (waiting.length === 0) return undefined;
  const reasons = [...new Set(waiting.flatMap(({ restartReasons }) => restartReasons))].join(", ");
  const detail = waiting.map(({ name, restartReasons }) => `${name}: ${restartReasons.join(", ")}`);
  return {
    title: "RESTARTS",
    severity: "info",
    lines: [`${waiting.length} of ${nodes.length} nodes await a restart: ${reasons}`, ...(verbose ? detail : [])],
  };
}

export function operatorSection({ operator, mode, declared }: Observation): Section | undefined {
  if (operator === undefined) return undefined;
  const version = operator.version === undefined ? "" : ` ${operator.version}`;
  const state = [operator.ready ? "available" : "not available", ...(declared?.paused ? ["reconciliation paused"] : [])];
  return {
    title: "OPERATOR",
    ...(operator.ready && mode.kind === "managed" ? {} : { severity: "warning" }),
    lines: [`${operator.namespace}/${operator.name}${version}, ${state.join(", ")}`],
  };
}
