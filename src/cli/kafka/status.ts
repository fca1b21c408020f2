import { AppError } from "../../model/errors.ts";
import type { Verdict } from "../../model/finding.ts";
import { msOf } from "../../model/instant.ts";
import type { Observation } from "../../model/observation.ts";
import { observeCluster, observeElsewhere } from "../../observe/observe-cluster.ts";
import { judge } from "../../plan/health.ts";
import { renderStatus, type StatusOptions } from "../../render/status.ts";
import { chooseCluster, notFound } from "../choose-cluster.ts";
import { accessOf } from "../kafka-access.ts";
import { printDocument } from "../output.ts";
import { readObservation } from "../read-observation.ts";
import { watchFrames } from "../watch.ts";
import type { StatusContext } from "./status-command.ts";

const exitCodes: Readonly<Record<Verdict["health"], number>> = { healthy: 0, unhealthy: 10, unknown: 1 };

/** Only the node table shows volumes, and reading them takes a connection to every broker. */
const needsDisks = ({ flags }: StatusContext): boolean =>
  flags.section.length === 0 || flags.section.includes("nodes") || flags.section.includes("issues") || flags.output !== "table";

type Look = () => Promise<Observation>;

/** How to observe, decided once: a Kafka elsewhere by its address, else a cluster of this Kubernetes. */
async function prepare(context: StatusContext): Promise<Look> {
  const { args, env, flags, connections, clock, readCertificates, self, signal } = context;
  const access = await accessOf(flags, context.readClientProperties);
  const disks = needsDisks(context);
  const { openKafka } = connections;
  const { target } = access;
  if (target !== undefined && args.cluster === undefined)
    return () => observeElsewhere({ openKafka, clock, readCertificates, signal }, target, disks);
  const kube = await connections.kube();
  const line = `${self} status`;
  const ref = await chooseCluster({ kube, named: args.cluster, env, line, signal });
  return async () => {
    const observation = await observeCluster({ kube, openKafka, clock, readCertificates, signal }, ref, { access, disks });
    if (observation === undefined) throw await notFound(kube, ref.name, { line, signal });
    return observation;
  };
}

function optionsOf({ style, width, flags, self }: StatusContext, now: number): StatusOptions {
  return {
    style,
    width: flags.output === "wide" ? Number.POSITIVE_INFINITY : width,
    now,
    verbose: flags.v > 0,
    sections: flags.section,
    self,
  };
}

async function show(context: StatusContext, observation: Observation, now: number): Promise<number> {
  const { flags, terminal } = context;
  const verdict = judge(observation, now);
  if (flags.output === "json" || flags.output === "yaml")
    await printDocument(
      terminal,
      { ...observation, health: verdict.health, partitionCounts: verdict.partitions, findings: verdict.findings },
      flags.output,
    );
  else terminal.out(renderStatus(observation, verdict, optionsOf(context, now)));
  return exitCodes[verdict.health];
}

/** One line that changes with health, readiness or findings, but not with ages and offsets. */
function summarize({ cluster, nodes }: Observation, { health, findings }: Verdict): string {
  const ready = nodes.filter(({ pod }) => pod?.ready).length;
  const reasons = findings.map((finding) => ("pod" in finding ? `${finding.reason}(${finding.pod})` : finding.reason)).join(", ");
  return `${cluster.name} ${health.toUpperCase()}  ${ready}/${nodes.length} ready${reasons === "" ? "" : `  ${reasons}`}`;
}

export async function run(context: StatusContext): Promise<number> {
  const { flags, clock, files } = context;
  if (flags.fromFile !== undefined) {
    if (flags.watch || context.args.cluster !== undefined)
      throw new AppError("Usage", "--from-file shows what was saved: it goes with neither a name nor --watch");
    const observation = await readObservation(files, flags.fromFile);
    return show(context, observation, msOf(observation.observedAt));
  }
  const look = await prepare(context);
  if (!flags.watch) return show(context, await look(), clock.now());
  if (flags.output === "json" || flags.output === "yaml") throw new AppError("Usage", `--watch shows a page or lines, not ${flags.output}`);
  return watchFrames(context, async () => {
    const observation = await look();
    const now = clock.now();
    const verdict = judge(observation, now);
    return { page: renderStatus(observation, verdict, optionsOf(context, now)), line: summarize(observation, verdict) };
  });
}
