import { AppError } from "../../model/errors.ts";
import type { Gap } from "../../model/observation.ts";
import { findClusters } from "../../observe/find-clusters.ts";
import { observeClusters } from "../../observe/observe-cluster.ts";
import { judge } from "../../plan/health.ts";
import { type ClusterRow, clusterRow, clusterTable, sortRows } from "../../render/cluster-table.ts";
import { renderTable } from "../../render/table.ts";
import { printDocument } from "../output.ts";
import { watchFrames } from "../watch.ts";
import type { ListContext } from "./list-command.ts";

type Found = { readonly rows: readonly ClusterRow[]; readonly gaps: readonly Gap[]; readonly notes: readonly string[] };

async function look({ connections, clock, readCertificates, flags, signal }: ListContext): Promise<Found> {
  const kube = await connections.kube();
  const scope = { namespace: flags.allNamespaces ? undefined : kube.target.namespace };
  const sources = { kube, openKafka: connections.openKafka, clock, readCertificates, signal };
  const [{ observations, gaps }, selected] = await Promise.all([
    observeClusters(sources, scope, { access: {}, disks: false }),
    flags.selector === undefined ? undefined : findClusters(kube, { ...scope, selector: flags.selector }, signal),
  ]);
  const wanted = observations.filter(
    ({ cluster }) => selected === undefined || selected.some((ref) => ref.namespace === cluster.namespace && ref.name === cluster.name),
  );
  const rows = wanted.map((observation) => clusterRow(observation, judge(observation, clock.now())));
  const unseen = wanted.flatMap(({ cluster, gaps: own }) =>
    own.filter(({ part }) => part === "Kafka").map(({ because }) => `${cluster.name}: Kafka not asked: ${because}`),
  );
  const notes = [...gaps.map(({ part, because }) => `not seen: ${part}: ${because}`), ...unseen];
  const refused = gaps.find(({ part }) => part === "pods");
  if (rows.length === 0 && refused !== undefined) throw new AppError("Forbidden", refused.because, { hint: refused.hint });
  return { rows: sortRows(rows, flags.sort), gaps, notes };
}

/** Names are what one copies from here: nothing is cut. */
function page({ rows }: Found, { flags, clock, style }: ListContext): string {
  const { columns, rows: cells } = clusterTable(rows, {
    now: clock.now(),
    wide: flags.output === "wide",
    acrossNamespaces: flags.allNamespaces,
  });
  return `${renderTable(columns, cells, { style })}\n`;
}

async function print(found: Found, context: ListContext): Promise<void> {
  const { flags, terminal } = context;
  for (const note of found.notes) terminal.err(`${note}\n`);
  if (flags.output === "json" || flags.output === "yaml")
    return printDocument(
      terminal,
      { apiVersion: "kubectl-kafka/v1", kind: "ClusterList", items: found.rows, gaps: found.gaps },
      flags.output,
    );
  if (found.rows.length === 0) {
    const kube = await context.connections.kube();
    return terminal.err(
      flags.allNamespaces ? "No Kafka clusters found.\n" : `No Kafka clusters found in namespace ${kube.target.namespace}.\n`,
    );
  }
  if (flags.output === "name") return terminal.out(found.rows.map(({ cluster }) => `kafka.kafka.strimzi.io/${cluster.name}\n`).join(""));
  terminal.out(page(found, context));
}

export async function run(context: ListContext): Promise<number> {
  const { flags } = context;
  if (!flags.watch) {
    await print(await look(context), context);
    return 0;
  }
  if (flags.output !== "table" && flags.output !== "wide")
    throw new AppError("Usage", `--watch shows a table or lines, not ${flags.output}`);
  return watchFrames(context, async () => {
    const found = await look(context);
    const line = found.rows
      .map(({ cluster, health, nodesReady, nodes }) => `${cluster.namespace}/${cluster.name} ${health} ${nodesReady}/${nodes}`)
      .join("  ");
    return { page: page(found, context), line: line || "no Kafka clusters" };
  });
}
