import type { ClusterRef } from "../../model/observation.ts";
import type { MaxUnavailable, RollRequest } from "../../model/roll.ts";
import { usageError } from "../usage-error.ts";
import type { RollContext } from "./roll-command.ts";

type Given = Pick<RollContext, "args" | "flags">;

function parseMaxUnavailable(text: string | undefined): MaxUnavailable {
  if (text === undefined) return 1;
  if (text === "rack") return "rack";
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw usageError(`--max-unavailable: "${text}" is neither a number from 1 on nor "rack"`);
}

/** The words after the verb: no cluster has a number for a name, and pods that are selected need none. */
export function wordsOf({ args, flags }: Given): { readonly cluster: string | undefined; readonly nodes: readonly string[] } {
  const { cluster, node } = args;
  const isNode = cluster !== undefined && (flags.selector !== undefined || /^\d+$/.test(cluster));
  return isNode ? { cluster: undefined, nodes: [cluster, ...node] } : { cluster, nodes: node };
}

export function requestOf(given: Given): RollRequest {
  const { flags } = given;
  return {
    nodes: wordsOf(given).nodes,
    pools: flags.pool,
    roles: flags.role,
    racks: flags.rack,
    onlyPending: flags.onlyPending,
    ...(flags.reason === undefined ? {} : { reason: flags.reason }),
    maxUnavailable: parseMaxUnavailable(flags.maxUnavailable),
    evict: flags.evict,
    leaderMoves: flags.leaderMoves,
  };
}

/** Whether some nodes were chosen, in the place of all. */
export const isChoice = ({ nodes, pools, roles, racks, onlyPending }: RollRequest): boolean =>
  onlyPending || [nodes, pools, roles, racks].some(({ length }) => length > 0);

const quote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

type Meant = {
  /** It goes on with a roll that was begun. */
  readonly resumes: boolean;
  /** Consent is given. */
  readonly yes?: true;
};

/** The command that asks for the same, to copy. */
export function commandLine({ self, args, flags }: RollContext, ref: ClusterRef, { resumes, yes }: Meant): string {
  const list = (name: string, values: readonly string[]) => (values.length === 0 ? [] : [`--${name}`, values.join(",")]);
  const one = (name: string, value: string | undefined) => (value === undefined ? [] : [`--${name}`, value]);
  const set = (name: string, value: boolean) => (value ? [`--${name}`] : []);
  const choice = [
    ...list("pool", flags.pool),
    ...list("role", flags.role),
    ...list("rack", flags.rack),
    ...set("only-pending", flags.onlyPending),
  ];
  const how = [
    ...one("max-unavailable", flags.maxUnavailable),
    ...set("evict", flags.evict),
    ...set("no-leader-moves", !flags.leaderMoves),
    ...one("as-user", flags.asUser),
    ...list("bootstrap-server", flags.bootstrapServer),
    ...one("command-config", flags.commandConfig),
  ];
  const nodes = resumes ? [] : wordsOf({ args, flags }).nodes;
  const name = ref.name === "status" ? ["-- status"] : [ref.name];
  const words = [...(flags.selector === undefined ? name : []), ...nodes];
  const rest = resumes ? ["--resume"] : [...choice, ...one("reason", flags.reason), ...set("no-resume", flags.noResume)];
  const flagWords = ["-n", ref.namespace, ...one("selector", flags.selector), ...rest, ...how, ...set("yes", yes ?? false)].map(quote);
  // words after "--" come last
  return words[0] === "-- status" ? [self, "roll", ...flagWords, ...words].join(" ") : [self, "roll", ...words, ...flagWords].join(" ");
}
