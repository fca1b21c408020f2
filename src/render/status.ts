import type { Health, Severity, Verdict } from "../model/finding.ts";
import type { ListenerAddress, Observation } from "../model/observation.ts";
import { displayWidth } from "./display-width.ts";
import { describeFinding } from "./finding.ts";
import { everyRank, nodeStatus, nodeTable } from "./node-table.ts";
import {
  certificateSection,
  operatorSection,
  partitionSection,
  quorumSection,
  reassignmentSection,
  restartSection,
  type Section,
} from "./status-sections.ts";
import type { Style, Tone } from "./style.ts";
import { renderTable } from "./table.ts";

export const statusSections = [
  "summary",
  "nodes",
  "quorum",
  "partitions",
  "reassignments",
  "certificates",
  "restarts",
  "operator",
  "issues",
] as const;
export type StatusSection = (typeof statusSections)[number];

export type StatusOptions = {
  readonly style: Style;
  /** Columns of the terminal; Infinity shows every column. */
  readonly width: number;
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
  readonly verbose: boolean;
  /** Empty: all. */
  readonly sections: readonly StatusSection[];
  /** How this program is called, for the commands to copy. */
  readonly self: string;
};

const marks: Readonly<Record<Severity, string>> = { critical: "!!", warning: "! ", info: "i " };

function paint(style: Style, severity: Severity | undefined, text: string): string {
  return style.paint(severity === "critical" ? "bad" : severity === "warning" ? "warn" : "plain", text);
}

const tones: Readonly<Record<Health, Tone>> = { healthy: "good", unhealthy: "bad", unknown: "warn" };

const modeText = ({ mode, operator }: Observation): string => {
  if (mode.kind === "external") return mode.because;
  if (mode.kind === "direct") return "direct mode (no operator)";
  return `managed by Strimzi${operator?.version === undefined ? "" : ` ${operator.version}`}`;
};

/** "my-cluster-kafka-bootstrap.kafka.svc:9092 plain, :9093 tls + scram-sha-512": the host once where it repeats. */
function bootstrapText(listeners: readonly ListenerAddress[]): string {
  let previous = "";
  return listeners
    .map(({ name, bootstrapServers, tls, authentication }) => {
      const [host, port] = bootstrapServers.split(/:(?=\d+$)/);
      const address = host === previous ? `:${port}` : bootstrapServers;
      previous = host ?? "";
      const transport = tls === undefined ? name : tls ? "tls" : "plain";
      return `${address} ${[transport, ...(authentication === undefined ? [] : [authentication])].join(" + ")}`;
    })
    .join(", ");
}

const summaryWidth = 13;

function summary(observation: Observation, verdict: Verdict, { style, verbose, width }: StatusOptions): string[] {
  const { kafka, declared, nodes } = observation;
  const word = verdict.health.toUpperCase();
  const painted = style.paint(tones[verdict.health], word);
  const version = nodes.find((node) => node.version !== undefined)?.version ?? declared?.version;
  const metadata = kafka?.metadataVersion ?? declared?.metadataVersion;
  const facts = [
    ...(version === undefined ? [] : [`Kafka ${version}`]),
    ...(metadata === undefined ? [] : [`metadata ${metadata}`]),
    modeText(observation),
  ];
  const clusterId = kafka?.clusterId ?? declared?.clusterId;
  const rows = [
    ...(clusterId === undefined ? [] : [["Cluster id", clusterId]]),
    ...(observation.listeners.length === 0 ? [] : [["Bootstrap", bootstrapText(observation.listeners)]]),
    ...(verbose && kafka ? [["Asked via", kafka.via]] : []),
    ...(verbose ? [["Mode", observation.mode.because]] : []),
  ];
  return [
    `${style.paint("bold", observation.cluster.name)}  ${painted}  ${facts.join(", ")}`,
    ...rows.flatMap(([name = "", value = ""]) =>
      wrapText(value, width - summaryWidth).map((line, index) => `${(index === 0 ? name : "").padEnd(summaryWidth - 1)} ${line}`),
    ),
  ];
}

/** The widest set of columns that fits; the narrowest where none does. */
function nodesBlock(observation: Observation, options: StatusOptions): string[] {
  const { nodes, mode } = observation;
  const { style, now, width } = options;
  if (nodes.length === 0) return [];
  const ready = nodes.filter((node) => nodeStatus(node) === "ready").length;
  const external = mode.kind === "external";
  const unseen = observation.gaps.some(({ part }) => part === "pods");
  const heading = style.paint(
    "bold",
    external ? `NODES  ${nodes.length}` : unseen ? `NODES  ${nodes.length}, pods not seen` : `NODES  ${ready} of ${nodes.length} ready`,
  );
  const render = (rank: number) => {
    const { columns, rows } = nodeTable(observation, now, rank);
    return renderTable(columns, rows, { style }).split("\n");
  };
  const ranks = Array.from({ length: everyRank + 1 }, (_, index) => everyRank - index);
  const fitting = ranks.map(render).find((lines) => lines.every((line) => displayWidth(line) <= width));
  return [paint(style, ready < nodes.length && !external && !unseen ? "critical" : undefined, heading), ...(fitting ?? render(0))];
}

const labelWidth = 14;

function labelled(sections: readonly (Section | undefined)[], { style, width }: StatusOptions): string[] {
  return sections.flatMap((section) => {
    if (section === undefined) return [];
    const [first = "", ...rest] = section.lines.flatMap((line) => wrapText(line, width - labelWidth));
    const title = style.paint("bold", section.title.padEnd(labelWidth - 1));
    return [`${paint(style, section.severity, title)} ${first}`, ...rest.map((line) => `${" ".repeat(labelWidth)}${line}`)];
  });
}

/** Breaks a text at spaces, so that it stays within the width. */
function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function issues(observation: Observation, verdict: Verdict, options: StatusOptions): string[] {
  const { findings } = verdict;
  if (findings.length === 0) return [];
  const { style } = options;
  const longest = Math.max(...findings.map(({ reason }) => reason.length));
  const indent = " ".repeat(3);
  const body = findings.flatMap((finding) => {
    const { text, next } = describeFinding(finding, observation, options.self);
    const [first = "", ...rest] = wrapText(text, options.width - 4 - longest);
    const margin = " ".repeat(longest + 4);
    return [
      `${paint(style, finding.severity, `${marks[finding.severity]} ${finding.reason.padEnd(longest)}`)} ${first}`,
      ...rest.map((line) => `${margin}${line}`),
      ...(next === undefined ? [] : [`${indent}-> ${next}`]),
    ];
  });
  return [paint(style, findings[0]?.severity, style.paint("bold", `ISSUES  ${findings.length}`)), ...body];
}

const gapTitle = "NOT SEEN  ";

function gaps({ gaps: found, kafka }: Observation, { style, verbose, width }: StatusOptions): string[] {
  const named = found.filter(({ part }) => part !== "Kafka" || kafka !== undefined);
  const indent = " ".repeat(gapTitle.length);
  return named.flatMap(({ part, because, hint }) => {
    const [first = "", ...rest] = wrapText(`${part}: ${because.replace(/\s+/g, " ")}`, width - gapTitle.length);
    const hints = verbose && hint !== undefined ? hint.split("\n") : [];
    return [`${style.paint("bold", gapTitle.trimEnd())}  ${first}`, ...[...rest, ...hints].map((line) => `${indent}${line}`)];
  });
}

/** The status page, ready to print: blocks set apart by nothing but their titles, 80 columns where the names allow. */
export function renderStatus(observation: Observation, verdict: Verdict, options: StatusOptions): string {
  const wanted = (section: StatusSection): boolean => options.sections.length === 0 || options.sections.includes(section);
  const { verbose, now } = options;
  const lines = [
    ...(wanted("summary") ? summary(observation, verdict, options) : []),
    ...(wanted("nodes") ? ["", ...nodesBlock(observation, options)] : []),
    ...labelled(
      [
        wanted("quorum") ? quorumSection(observation, verbose) : undefined,
        wanted("partitions") ? partitionSection(observation, verdict.partitions, verbose) : undefined,
        wanted("reassignments") ? reassignmentSection(observation, verbose) : undefined,
        wanted("certificates") ? certificateSection(observation, now, verbose) : undefined,
        wanted("restarts") ? restartSection(observation, verbose) : undefined,
        wanted("operator") ? operatorSection(observation) : undefined,
      ],
      options,
    ),
    ...(wanted("issues") ? [...issues(observation, verdict, options), ...gaps(observation, options)] : []),
  ];
  const text = lines.join("\n").trim();
  return `${text === "" ? `${options.sections.join(", ")}: nothing to tell` : text}\n`;
}
