import { AppError } from "../../model/errors.ts";
import { msOf, toInstant } from "../../model/instant.ts";
import type { ClusterRef, Observation } from "../../model/observation.ts";
import type { Planned } from "../../model/plan.ts";
import type { RollJournal, RollRequest } from "../../model/roll.ts";
import { observeCluster } from "../../observe/observe-cluster.ts";
import { observeSelected } from "../../observe/observe-selected.ts";
import { readJournal } from "../../observe/read-roll.ts";
import { isUnfinished, type Resumption, resumeRoll } from "../../plan/resume-roll.ts";
import { planRoll } from "../../plan/roll.ts";
import type { AccessCheck, KubeApi } from "../../ports/kube.ts";
import { notFound } from "../choose-cluster.ts";
import { accessOf } from "../kafka-access.ts";
import { defaultTimeoutMs } from "../reconcile.ts";
import type { RollContext } from "./roll-command.ts";
import { isChoice, requestOf } from "./roll-request.ts";

/** Everything that is known before anything restarts. */
export type Look = {
  readonly observation: Observation;
  readonly planned: Planned;
  readonly request: RollRequest;
  /** The roll that goes on, and how far it came. */
  readonly resumed?: { readonly journal: RollJournal; readonly resumption: Resumption };
  /** Whether a journal may be written. */
  readonly mayWrite: boolean;
};

type Once = {
  readonly disks: boolean;
  readonly signal?: AbortSignal;
  /** What was seen first. */
  readonly before?: Observation;
};

/** The pods that --selector means; undefined: a cluster is found by Strimzi's labels. */
export async function selectedOf({ flags, readClientProperties }: RollContext, ref: ClusterRef, { disks, before }: Once) {
  if (flags.selector === undefined) return undefined;
  const { target } = await accessOf(flags, readClientProperties);
  const known = { ...(target === undefined ? {} : { target }), ...(before === undefined ? {} : { before: before.nodes }) };
  return { namespace: ref.namespace, selector: flags.selector, disks, ...known };
}

/** The cluster, with the volumes of its brokers or without. */
export async function observeRoll(context: RollContext, ref: ClusterRef, once: Once): Promise<Observation | undefined> {
  const { connections, clock, readCertificates, flags } = context;
  const { disks, signal } = once;
  const kube = await connections.kube();
  const sources = { kube, openKafka: connections.openKafka, clock, readCertificates, ...(signal === undefined ? {} : { signal }) };
  const selected = await selectedOf(context, ref, once);
  if (selected !== undefined) return observeSelected(sources, ref, selected);
  return observeCluster(sources, ref, { access: await accessOf(flags, context.readClientProperties), disks });
}

async function allowed(kube: KubeApi, check: AccessCheck, signal: AbortSignal): Promise<boolean> {
  try {
    return await kube.canI(check, signal);
  } catch (error) {
    // who may not ask finds out by trying
    if (error instanceof AppError && error.code === "Forbidden") return true;
    throw error;
  }
}

/** The right that restarts pods, and those that write the journal. */
function rightsOf({ mode }: Observation, { evict }: RollRequest, namespace: string) {
  const core = { group: "", namespace };
  const pods = { ...core, resource: "pods" };
  const restart: AccessCheck =
    mode.kind === "managed"
      ? { ...pods, verb: "patch" }
      : evict
        ? { ...pods, verb: "create", subresource: "eviction" }
        : { ...pods, verb: "delete" };
  const journal = ["create", "patch"].map((verb): AccessCheck => ({ ...core, resource: "configmaps", verb }));
  return { restart, journal };
}

const rightText = ({ verb, resource, subresource }: AccessCheck): string =>
  `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`;

/** The journal may be unreadable to us: then there is nothing to go on with. */
async function unfinished(kube: KubeApi, ref: ClusterRef, signal: AbortSignal): Promise<RollJournal | undefined> {
  try {
    const journal = await readJournal(kube, ref, signal);
    return journal !== undefined && isUnfinished(journal) ? journal : undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === "Forbidden") return undefined;
    throw error;
  }
}

/** The roll to go on with: when that was asked for, and when nothing else was. Throws Usage when there is none to go on with. */
async function toResume({ flags, signal, self }: RollContext, ref: ClusterRef, { kube, request }: { kube: KubeApi; request: RollRequest }) {
  if (flags.resume && (isChoice(request) || flags.noResume))
    throw new AppError("Usage", "--resume goes on with the nodes that were asked for then: it goes with no choice of nodes");
  if (flags.noResume || isChoice(request)) return undefined;
  const journal = await unfinished(kube, ref, signal);
  if (journal === undefined && flags.resume)
    throw new AppError("Usage", `no roll of ${ref.namespace}/${ref.name} waits to go on`, {
      hint: `${self} roll status ${ref.name} -n ${ref.namespace}`,
    });
  return journal;
}

/** What was asked for then, in the way that is asked for now, where one is. */
function requestAgain(then: RollRequest, { flags }: RollContext, now: RollRequest): RollRequest {
  return {
    ...then,
    ...(flags.maxUnavailable === undefined ? {} : { maxUnavailable: now.maxUnavailable }),
    ...(flags.evict ? { evict: true } : {}),
    ...(flags.leaderMoves ? {} : { leaderMoves: false }),
  };
}

/** Looks at the cluster, at what may be done and at what was begun, and plans. */
export async function lookAndPlan(context: RollContext, ref: ClusterRef): Promise<Look> {
  const { connections, signal, flags, self } = context;
  const kube = await connections.kube();
  const asked = requestOf(context);
  const journal = await toResume(context, ref, { kube, request: asked });
  const request = journal === undefined ? asked : requestAgain(journal.request, context, asked);
  const observation = await observeRoll(context, ref, { disks: true, signal });
  if (observation === undefined) throw await notFound(kube, ref.name, { line: `${self} roll`, signal });
  const rights = rightsOf(observation, request, ref.namespace);
  const [mayRestart, ...mayJournal] = await Promise.all([rights.restart, ...rights.journal].map((check) => allowed(kube, check, signal)));
  const resumption = journal && resumeRoll(journal, observation);
  const planned = planRoll(observation, request, {
    notPermitted: mayRestart ? [] : [rightText(rights.restart)],
    timeoutMs: flags.timeout ?? defaultTimeoutMs,
    ...(resumption === undefined ? {} : { resumed: resumption }),
  });
  const resumed = journal === undefined || resumption === undefined ? {} : { resumed: { journal, resumption } };
  return { observation, planned, request, mayWrite: mayJournal.every(Boolean), ...resumed };
}

/** "12:03", and the day where it is another. */
function timeText(instant: string, now: number): string {
  const [day = "", time = ""] = toInstant(msOf(instant)).split("T");
  const clock = `${time.slice(0, 5)} UTC`;
  return toInstant(now).startsWith(day) ? clock : `${day} ${clock}`;
}

/** What is said of a roll that goes on. */
export function resumedText({ journal, resumption }: NonNullable<Look["resumed"]>, now: number): string {
  const { done, total } = resumption;
  const who = journal.request.reason === undefined ? "" : ` (${journal.request.reason})`;
  return `Goes on with the roll of ${timeText(journal.startedAt, now)}${who}: ${done} of ${total} nodes are done. --no-resume begins anew.`;
}
