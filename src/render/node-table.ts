import { msOf } from "../model/instant.ts";
import type { NodeState, Observation } from "../model/observation.ts";
import { formatAge, formatBytes, formatBytesOf, formatCount } from "../model/units.ts";
import type { Cell, Column } from "./table.ts";

type Row = {
  readonly node: NodeState;
  readonly now: number;
  readonly quorumLeader: number /** False: pods could not be listed, and none is known to be missing. */;
  readonly podsSeen: boolean;
};

/** A column of the node table; `rank` tells which to leave out first where the terminal is narrow (highest first). */
type NodeColumn = Column & { readonly rank: number; readonly podsOnly?: true; readonly cell: (row: Row) => Cell };

const dash = "-";

/** The active controller carries a star. */
function role({ node, quorumLeader }: Row): string {
  const roles = node.roles.length === 2 ? "combined" : (node.roles[0] ?? dash);
  return node.id === quorumLeader ? `${roles}*` : roles;
}

/** "ready", or the one word that says why not. */
export function nodeStatus(node: NodeState): string {
  if (node.pod === undefined) return "missing";
  if (node.pod.terminating) return "stopping";
  if (node.pod.phase === "Pending") return "pending";
  if (!node.pod.ready) return "not ready";
  return node.registration === "fenced" ? "fenced" : "ready";
}

function disk({ disk: volume }: NodeState): string {
  if (volume === undefined) return dash;
  return volume.usedBytes === undefined ? formatBytes(volume.sizeBytes) : formatBytesOf(volume.usedBytes, volume.sizeBytes);
}

/** A node that is not ready has no age that tells anything: its state stands there instead. */
function age({ node, now, podsSeen }: Row): Cell {
  if (!podsSeen) return dash;
  const status = nodeStatus(node);
  if (status !== "ready") return { text: status, tone: "bad" };
  return node.pod?.startedAt === undefined ? dash : formatAge(now - msOf(node.pod.startedAt));
}

const count = (value: number | undefined): string => (value === undefined ? dash : formatCount(value));

const columns: readonly NodeColumn[] = [
  { title: "ID", align: "right", rank: 0, cell: ({ node }) => String(node.id) },
  { title: "POD", rank: 0, cell: ({ node }) => node.name },
  { title: "ROLE", rank: 0, podsOnly: true, cell: role },
  { title: "RACK", rank: 1, cell: ({ node }) => node.rack ?? dash },
  { title: "NODE", rank: 5, podsOnly: true, cell: ({ node }) => node.pod?.host ?? dash },
  { title: "READY", rank: 3, podsOnly: true, cell: ({ node, podsSeen }) => (podsSeen ? (node.pod?.ready ? "yes" : "no") : dash) },
  { title: "RESTARTS", align: "right", rank: 4, podsOnly: true, cell: ({ node }) => count(node.pod?.restarts) },
  { title: "LEADS", align: "right", rank: 0, cell: ({ node }) => count(node.leaders) },
  { title: "REPL", align: "right", rank: 0, cell: ({ node }) => count(node.replicas) },
  { title: "DISK", align: "right", rank: 2, cell: ({ node }) => disk(node) },
  { title: "VERSION", rank: 6, podsOnly: true, cell: ({ node }) => node.version ?? dash },
  { title: "AGE", align: "right", rank: 0, podsOnly: true, cell: age },
];

/** The rank that shows every column. */
export const everyRank = Math.max(...columns.map(({ rank }) => rank));

/** Columns and rows of the node table, down to a rank. Nodes of a Kafka elsewhere have a host in place of a pod. */
export function nodeTable(observation: Observation, now: number, maxRank: number): { columns: Column[]; rows: Cell[][] } {
  const quorumLeader = observation.kafka?.quorum?.leaderId ?? -1;
  const external = observation.mode.kind === "external";
  const podsSeen = !observation.gaps.some(({ part }) => part === "pods");
  const shown = columns.filter(({ rank, podsOnly }) => rank <= maxRank && !(external && podsOnly));
  const rows = observation.nodes.map((node) => shown.map(({ cell }) => cell({ node, now, quorumLeader, podsSeen })));
  const titled = shown.map(({ title, align }) => ({
    title: external && title === "POD" ? "HOST" : title,
    ...(align === undefined ? {} : { align }),
  }));
  return { columns: titled, rows };
}
