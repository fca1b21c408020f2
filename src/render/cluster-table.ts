import type { Health, Verdict } from "../model/finding.ts";
import { msOf } from "../model/instant.ts";
import type { ClusterRef, Mode, Observation } from "../model/observation.ts";
import { formatAge, formatCount } from "../model/units.ts";
import { nodeStatus } from "./node-table.ts";
import type { Tone } from "./style.ts";
import type { Cell, Column } from "./table.ts";

/** One cluster of `list`: what its row shows, and the item of the JSON document. */
export type ClusterRow = {
  readonly cluster: ClusterRef;
  readonly mode: Mode["kind"];
  readonly health: Health;
  readonly version?: string;
  readonly nodes: number;
  readonly nodesReady: number;
  readonly brokers: number;
  readonly controllers: number;
  readonly topics?: number;
  readonly underReplicated?: number;
  readonly createdAt?: string;
  /** The reason of its worst finding. */
  readonly worst?: string;
};

export function clusterRow(observation: Observation, verdict: Verdict): ClusterRow {
  const { nodes, cluster, mode, declared, createdAt } = observation;
  const version = nodes.find((node) => node.version !== undefined)?.version ?? declared?.version;
  const worst = verdict.findings[0]?.reason;
  return {
    cluster,
    mode: mode.kind,
    health: verdict.health,
    nodes: nodes.length,
    nodesReady: nodes.filter((node) => nodeStatus(node) === "ready").length,
    brokers: nodes.filter(({ roles }) => roles.includes("broker")).length,
    controllers: nodes.filter(({ roles }) => roles.includes("controller")).length,
    ...(version === undefined ? {} : { version }),
    ...(verdict.partitions === undefined ? {} : { topics: verdict.partitions.topics, underReplicated: verdict.partitions.underReplicated }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(worst === undefined ? {} : { worst }),
  };
}

const worstFirst: readonly Health[] = ["unhealthy", "unknown", "healthy"];

const byName = (a: ClusterRow, b: ClusterRow): number =>
  a.cluster.namespace < b.cluster.namespace ? -1 : a.cluster.namespace > b.cluster.namespace ? 1 : a.cluster.name < b.cluster.name ? -1 : 1;

/** `health`: worst first; `age`: youngest first; ties by name. */
export function sortRows(rows: readonly ClusterRow[], by: "name" | "health" | "age"): ClusterRow[] {
  const sorted = [...rows].sort(byName);
  if (by === "health") return sorted.sort((a, b) => worstFirst.indexOf(a.health) - worstFirst.indexOf(b.health));
  return by === "age" ? sorted.sort((a, b) => msOf(b.createdAt ?? "") - msOf(a.createdAt ?? "")) : sorted;
}

const dash = "-";
const count = (value: number | undefined): string => (value === undefined ? dash : formatCount(value));

const tones: Readonly<Record<Health, Tone>> = { healthy: "good", unhealthy: "bad", unknown: "warn" };

type RowColumn = Column & { readonly cell: (row: ClusterRow, now: number) => Cell; readonly wide?: true; readonly across?: true };

const columns: readonly RowColumn[] = [
  { title: "NAMESPACE", across: true, cell: ({ cluster }) => cluster.namespace },
  { title: "NAME", cell: ({ cluster }) => cluster.name },
  { title: "MODE", cell: ({ mode }) => mode },
  { title: "VERSION", cell: ({ version }) => version ?? dash },
  { title: "NODES", align: "right", cell: ({ nodesReady, nodes }) => `${nodesReady}/${nodes}` },
  { title: "B/C", align: "right", cell: ({ brokers, controllers }) => `${brokers}/${controllers}` },
  { title: "TOPICS", align: "right", cell: ({ topics }) => count(topics) },
  { title: "UNDER-REPL", align: "right", cell: ({ underReplicated }) => count(underReplicated) },
  { title: "HEALTH", cell: ({ health }) => ({ text: health, tone: tones[health] }) },
  { title: "WORST", wide: true, cell: ({ worst }) => worst ?? dash },
  { title: "AGE", align: "right", cell: ({ createdAt }, now) => (createdAt === undefined ? dash : formatAge(now - msOf(createdAt))) },
];

/** Columns and rows of `list`; the namespace stands in front where several are looked at. */
export function clusterTable(
  rows: readonly ClusterRow[],
  options: { now: number; wide: boolean; acrossNamespaces: boolean },
): { columns: Column[]; rows: Cell[][] } {
  const shown = columns.filter(({ wide, across }) => (!wide || options.wide) && (!across || options.acrossNamespaces));
  return {
    columns: shown.map(({ title, align }) => ({ title, ...(align === undefined ? {} : { align }) })),
    rows: rows.map((row) => shown.map(({ cell }) => cell(row, options.now))),
  };
}
