import { readJournal, rollState } from "../../observe/read-roll.ts";
import { renderRollState } from "../../render/roll-state.ts";
import { chooseCluster } from "../choose-cluster.ts";
import { exitCodes } from "../exit-codes.ts";
import { printDocument } from "../output.ts";
import type { RollStatusContext } from "./roll-status-command.ts";

export async function run(context: RollStatusContext): Promise<number> {
  const { args, flags, connections, env, self, signal, terminal, clock, style, width } = context;
  const kube = await connections.kube();
  const ref = await chooseCluster({ kube, named: args.cluster, env, line: `${self} roll status`, signal });
  const journal = await readJournal(kube, ref, signal);
  if (journal === undefined) {
    terminal.err(`No roll of Kafka ${ref.namespace}/${ref.name} was written down.\n`);
    return exitCodes.done;
  }
  const now = clock.now();
  const state = await rollState(kube, journal, { now, signal });
  const toGoOn = `${self} roll ${ref.name} -n ${ref.namespace} --resume --yes`;
  if (flags.output === "text") terminal.out(renderRollState(state, { style, width, now, toGoOn }));
  else await printDocument(terminal, state, flags.output);
  return exitCodes.done;
}
