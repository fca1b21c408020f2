import { AppError } from "../model/errors.ts";
import type { RunEvent } from "../model/event.ts";
import { toInstant } from "../model/instant.ts";
import type { KubeObject, OwnerReference } from "../model/kube.ts";
import type { Plan } from "../model/plan.ts";
import type { JournaledNode, RollJournal } from "../model/roll.ts";
import { journalKey, journalRef } from "../observe/read-roll.ts";
import type { ExecuteIo } from "./execute-io.ts";
import { runPlan } from "./run-plan.ts";

// Carries out a roll and writes down in the cluster how far it came.
// 1. Before the first restart: what was asked for, by whom, and each node with the pod it has. Without that nothing restarts.
// 2. Whenever nodes are back, and at the end, however it ends. Such a write may fail: the pods themselves tell what was restarted.

/** Where a journal is written. */
export type Book = { readonly journal: RollJournal; readonly owner?: OwnerReference };

function documentOf({ owner }: Book, journal: RollJournal): KubeObject {
  const { namespace, name } = journalRef(journal.cluster);
  const labels = { "app.kubernetes.io/managed-by": "kubectl-kafka" };
  const metadata = { name, namespace, labels, ...(owner === undefined ? {} : { ownerReferences: [owner] }) };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { [journalKey]: JSON.stringify(journal) } };
}

async function write({ kube }: ExecuteIo, book: Book, journal: RollJournal): Promise<void> {
  const { resource } = journalRef(journal.cluster);
  await kube.apply({ object: documentOf(book, journal), resource, fieldManager: "kubectl-kafka", force: true });
}

type Found = ReadonlyMap<number, Pick<JournaledNode, "outcome" | "ms">>;

/** The nodes that an event tells to be back. */
function backIn(event: RunEvent, plan: Plan): Found {
  if (event.kind === "Waiting")
    return new Map((event.nodes ?? []).flatMap(({ node, phase }) => (phase === "back" ? [[node, { outcome: "restarted" }]] : [])));
  if (event.kind !== "StepDone" || (event.outcome !== "changed" && event.outcome !== "alreadyDone")) return new Map();
  const step = plan.waves.flatMap(({ steps }) => steps).find(({ id }) => id === event.step);
  const isWait = step?.kind === "WaitFor" && step.condition.kind === "NodesBack";
  const nodes = step?.kind === "RestartNodes" || step?.kind === "AskOperatorToRestart" ? step.nodes : isWait ? step.condition.nodes : [];
  const outcome = event.outcome === "changed" ? "restarted" : "alreadyDone";
  const times = new Map(event.nodes?.map(({ node, ms }) => [node, ms]));
  return new Map(
    nodes.map(({ node }) => {
      const ms = times.get(node);
      return [node, { outcome, ...(ms === undefined ? {} : { ms }) }];
    }),
  );
}

/** The journal with what an event tells; the very same when it tells nothing new. */
export function record(journal: RollJournal, event: RunEvent, plan: Plan): RollJournal {
  const found = backIn(event, plan);
  const isNew = ({ node, outcome, ms }: JournaledNode): boolean => {
    const now = found.get(node);
    return now !== undefined && (outcome === undefined || (ms === undefined && now.ms !== undefined));
  };
  if (!journal.nodes.some(isNew)) return journal;
  return { ...journal, nodes: journal.nodes.map((node) => (isNew(node) ? { ...node, ...found.get(node.node) } : node)) };
}

function ended(journal: RollJournal, at: string, fault?: unknown): RollJournal {
  if (fault === undefined) return { ...journal, endedAt: at, outcome: "done" };
  const outcome = fault instanceof AppError && fault.code === "Interrupted" ? "interrupted" : "failed";
  return { ...journal, endedAt: at, outcome, because: fault instanceof Error ? fault.message : String(fault) };
}

/** Carries out the plan of a roll, as `runPlan` does, and keeps its journal. */
export async function* runRoll(plan: Plan, io: ExecuteIo, book: Book): AsyncGenerator<RunEvent, void> {
  let { journal } = book;
  await write(io, book, journal);
  const note = async (next: RollJournal): Promise<void> => {
    if (next === journal) return;
    journal = next;
    await write(io, book, journal).catch(() => {});
  };
  try {
    for await (const event of runPlan(plan, io)) {
      await note(record(journal, event, plan));
      yield event;
    }
  } catch (error) {
    await note(ended(journal, toInstant(io.clock.now()), error));
    throw error;
  }
  await note(ended(journal, toInstant(io.clock.now())));
}
