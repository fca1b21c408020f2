import type { ExecuteIo } from "../../execute/execute-io.ts";
import { runRoll } from "../../execute/roll-journal.ts";
import { runPlan } from "../../execute/run-plan.ts";
import { AppError } from "../../model/errors.ts";
import type { RunEvent } from "../../model/event.ts";
import { toInstant } from "../../model/instant.ts";
import type { ClusterRef, Observation } from "../../model/observation.ts";
import type { Plan } from "../../model/plan.ts";
import type { RollJournal } from "../../model/roll.ts";
import { openObserved } from "../../observe/observe-cluster.ts";
import { openSelected } from "../../observe/observe-selected.ts";
import { journalOwner } from "../../observe/read-roll.ts";
import type { KafkaControl } from "../../ports/kafka-cluster.ts";
import { renderEvent } from "../../render/progress.ts";
import { calmLines } from "../calm-lines.ts";
import { holderOf } from "../holder.ts";
import { accessOf } from "../kafka-access.ts";
import { defaultTimeoutMs } from "../reconcile.ts";
import type { RollContext } from "./roll-command.ts";
import { type Look, observeRoll, selectedOf } from "./roll-look.ts";
import { commandLine } from "./roll-request.ts";

export type Roll = { readonly ref: ClusterRef; readonly plan: Plan; readonly look: Look; readonly signal: AbortSignal };

type Again = Pick<Roll, "ref" | "look">;

async function observeAgain(context: RollContext, { ref, look }: Again, signal?: AbortSignal): Promise<Observation> {
  const found = await observeRoll(context, ref, { disks: false, before: look.observation, ...(signal === undefined ? {} : { signal }) });
  if (found === undefined) throw new AppError("ClusterNotFound", `Kafka ${ref.name} is not there any more`);
  return found;
}

async function openRoll(context: RollContext, { ref, look }: Again, signal?: AbortSignal): Promise<KafkaControl> {
  const { connections, flags, readClientProperties } = context;
  const sources = { kube: await connections.kube(), openKafka: connections.openKafka, ...(signal === undefined ? {} : { signal }) };
  const selected = await selectedOf(context, ref, { disks: false, before: look.observation });
  if (selected !== undefined) return openSelected(sources, selected);
  return openObserved(sources, ref, await accessOf(flags, readClientProperties));
}

async function ioOf(context: RollContext, roll: Roll): Promise<ExecuteIo> {
  const { connections, certificateAuthority, clock, flags } = context;
  const { signal } = roll;
  const kube = await connections.kube();
  return {
    kube,
    openKafka: (aborted) => openRoll(context, roll, aborted),
    authority: certificateAuthority,
    clock,
    observe: (aborted) => observeAgain(context, roll, aborted),
    writeStatus: async () => {},
    signal,
    waitMs: flags.timeout ?? defaultTimeoutMs,
  };
}

/** The journal of a roll that begins, or of one that goes on. */
function journalOf({ plan, look, ref }: Roll, holder: string, now: string): RollJournal {
  if (look.resumed !== undefined) {
    const { endedAt: _ended, outcome: _outcome, because: _because, ...journal } = look.resumed.journal;
    return { ...journal, request: look.request, holder, resumedAt: now };
  }
  const targets = plan.waves.flatMap(({ steps }) => steps.flatMap((step) => ("nodes" in step ? step.nodes : [])));
  const nodes = targets.map(({ node, pod, uid, reasons }) => ({ node, pod, uid, reasons }));
  return { apiVersion: "kubectl-kafka/v1", kind: "Roll", cluster: ref, request: look.request, holder, startedAt: now, nodes };
}

async function eventsOf(context: RollContext, roll: Roll): Promise<AsyncIterable<RunEvent>> {
  const io = await ioOf(context, roll);
  if (!roll.look.mayWrite) {
    context.terminal.err("This roll is not written down (not permitted: create and patch configmaps): it cannot be resumed.\n");
    return runPlan(roll.plan, io);
  }
  const owner = await journalOwner(io.kube, roll.ref, roll.signal);
  const journal = journalOf(roll, holderOf(context, io.kube), toInstant(context.clock.now()));
  return runRoll(roll.plan, io, { journal, ...(owner === undefined ? {} : { owner }) });
}

/** Prints events as they come: all as JSON, or what a person wants to read. */
function printer({ terminal, style, flags, clock }: RollContext, plan: Plan): (event: RunEvent) => void {
  const isNews = calmLines(clock);
  return (event) => {
    if (flags.output === "json") return terminal.out(`${JSON.stringify(event)}\n`);
    // the error that follows tells the rest
    const isTold = event.kind === "RunDone" && !event.ok;
    const line = isTold ? undefined : renderEvent(event, plan, { style });
    if (line !== undefined && (event.kind !== "Waiting" || isNews(line))) terminal.out(`${line}\n`);
  };
}

/** Tells whoever pressed Ctrl-C what happens now; returns what ends the listening. */
function onInterruption({ terminal, flags }: RollContext, { signal, look }: Roll): () => void {
  const tell = (): void => {
    if (flags.output !== "text" || !(signal.reason instanceof AppError) || signal.reason.code !== "Interrupted") return;
    const managed = look.observation.mode.kind === "managed";
    const away = "no other node restarts; those that are away are waited for. Ctrl-C again leaves at once.";
    terminal.err(`Interrupted: ${managed ? "the operator goes on with what it was asked for." : away}\n`);
  };
  signal.addEventListener("abort", tell, { once: true });
  return () => signal.removeEventListener("abort", tell);
}

/** Restarts the nodes of a plan, and shows how it goes. Throws what stopped it, with the command that goes on. */
export async function carryOutRoll(context: RollContext, roll: Roll): Promise<void> {
  const stopListening = onInterruption(context, roll);
  try {
    const print = printer(context, roll.plan);
    for await (const event of await eventsOf(context, roll)) print(event);
  } catch (error) {
    if (!(error instanceof AppError) || !roll.look.mayWrite) throw error;
    const on = `${commandLine(context, roll.ref, { resumes: true, yes: true })} goes on from here`;
    const own = error.hint === undefined || error.code === "Interrupted" ? on : `${error.hint}; then ${on}`;
    throw new AppError(error.code, error.message, { hint: own, cause: error.cause, details: error.details });
  } finally {
    stopListening();
  }
}
