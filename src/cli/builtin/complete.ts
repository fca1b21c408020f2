import { type Command, type Face, namesOf } from "../command.ts";
import { type CompletionSource, choicesOf, type Flag, type Flags, flagName, negatedName, takesValue } from "../flags.ts";
import { globalFlags } from "../global-flags.ts";

/** Cobra's directives, as kubectl reads them in the last line. */
const directives = { files: 0, noSpace: 2, noFiles: 4 } as const;

/** `lookUp`: the values come from a cluster, and begin with `prefix`. */
export type Completion = {
  readonly candidates: readonly string[];
  readonly directive: number;
  readonly lookUp?: { readonly source: Exclude<CompletionSource, "files">; readonly flags: ReadonlyMap<string, string> };
};

type Line = {
  readonly command: Command | undefined;
  readonly positionals: number;
  readonly pending: string | undefined;
  readonly given: Map<string, string>;
};

function knownFlags(face: Face, command: Command | undefined): Flags {
  return command ? { ...command.flags, ...globalFlags } : Object.assign({}, ...face.commands.map(({ flags }) => flags), globalFlags);
}

function findFlag(flags: Flags, word: string): [string, Flag] | undefined {
  const name = word.replace(/^--?/, "").replace(/=.*$/s, "");
  return Object.entries(flags).find(([key, flag]) =>
    word.startsWith("--") ? flagName(key) === name || negatedName(key, flag) === name : flag.short === name,
  );
}

/** The verbs under a verb. */
const subVerbs = ({ commands }: Face, { name: verb }: Command): readonly Command[] =>
  commands.filter(({ name }) => name.startsWith(`${verb} `));

/** The verb that words begin with, the longest: "roll status" before "roll". */
const verbOf = ({ commands }: Face, words: readonly string[]): Command | undefined =>
  commands.find(({ name }) => name === words.slice(0, 2).join(" ")) ?? commands.find((one) => namesOf(one).includes(words[0] ?? ""));

/** What the words before the cursor have settled: the verb, the flags, and a flag that still waits for its value. */
function readLine(face: Face, words: readonly string[]): Line {
  let command: Command | undefined;
  const free: string[] = [];
  let pending: string | undefined;
  const given = new Map<string, string>();
  for (const word of words) {
    if (pending !== undefined) {
      given.set(pending, word);
      pending = undefined;
    } else if (word.startsWith("-")) {
      const found = findFlag(knownFlags(face, command), word);
      const value = /=(.*)$/s.exec(word)?.[1];
      if (found && takesValue(found[1]) && found[1].kind !== "level" && value === undefined) pending = found[0];
      else if (found) given.set(found[0], value ?? "true");
    } else free.push(word);
    command = verbOf(face, free);
  }
  const positionals = Math.max(0, free.length - (command?.name.split(" ").length ?? 0));
  return { command, positionals: command === undefined ? 0 : positionals, pending, given };
}

const described = (name: string, summary: string): string => `${name}\t${summary}`;

function fromSource(source: CompletionSource | undefined, flags: ReadonlyMap<string, string>): Completion {
  if (source === "files") return { candidates: [], directive: directives.files };
  return { candidates: [], directive: directives.noFiles, ...(source && { lookUp: { source, flags } }) };
}

function completeValue(flag: Flag, word: string, { before, given }: { before: string; given: ReadonlyMap<string, string> }): Completion {
  const choices = choicesOf(flag);
  if (choices.length === 0) return fromSource(flag.complete, given);
  // a list is completed item by item
  const head = flag.kind === "list" ? word.slice(0, word.lastIndexOf(",") + 1) : "";
  const taken = head.split(",");
  const candidates = choices.filter((choice) => !taken.includes(choice)).map((choice) => `${before}${head}${choice}`);
  return { candidates, directive: directives.noFiles + (flag.kind === "list" ? directives.noSpace : 0) };
}

function completeFlagName(flags: Flags, given: ReadonlyMap<string, string>): Completion {
  const names = Object.entries(flags).filter(([key, flag]) => !given.has(key) || flag.kind === "list" || flag.kind === "repeated");
  const candidates = names.map(([key, flag]) => described(`--${negatedName(key, flag) ?? flagName(key)}`, flag.summary));
  return { candidates, directive: directives.noFiles };
}

function completePositional(face: Face, { command, positionals, given }: Line): Completion {
  const positional = Object.values(command?.positionals ?? {})[positionals];
  if (positional?.choices) return { candidates: positional.choices, directive: directives.noFiles };
  const subs = command && positionals === 0 ? subVerbs(face, command) : [];
  const candidates = subs.map(({ name, summary }) => described(name.slice((command?.name.length ?? 0) + 1), summary));
  return { ...fromSource(positional?.complete, given), ...(candidates.length === 0 ? {} : { candidates }) };
}

/** What may follow, from the command data alone; `words` ends with the one being typed, which may be empty. */
export function complete(face: Face, words: readonly string[]): Completion {
  const word = words.at(-1) ?? "";
  const line = readLine(face, words.slice(0, -1));
  const flags = knownFlags(face, line.command);
  const narrow = (completion: Completion): Completion => ({
    ...completion,
    candidates: completion.candidates.filter((one) => one.startsWith(word)),
  });
  const pending = line.pending === undefined ? undefined : flags[line.pending];
  if (pending) return narrow(completeValue(pending, word, { before: "", given: line.given }));
  if (/^--[^=]+=/.test(word)) {
    const found = findFlag(flags, word);
    const before = word.slice(0, word.indexOf("=") + 1);
    return found
      ? narrow(completeValue(found[1], word.slice(before.length), { before, given: line.given }))
      : fromSource(undefined, line.given);
  }
  if (word.startsWith("-")) return narrow(completeFlagName(flags, line.given));
  if (line.command) return narrow(completePositional(face, line));
  const verbs = face.commands.filter(({ name }) => !name.includes(" "));
  const names = verbs.flatMap((command) => namesOf(command).map((name) => described(name, command.summary)));
  return narrow({ candidates: names, directive: directives.noFiles });
}
