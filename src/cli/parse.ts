import yargs from "yargs";
import { type Command, type Face, namesOf, type Positionals } from "./command.ts";
import { type Flags, type FlagValue, flagName, negatedNames, takesValue } from "./flags.ts";
import { globalFlags } from "./global-flags.ts";
import { nearest } from "./nearest.ts";
import { unknownFlag } from "./unknown-flag.ts";
import { usageOf } from "./usage.ts";
import { usageError } from "./usage-error.ts";
import { readValue } from "./values.ts";
import { writeOutFlags } from "./write-out.ts";

type Arguments = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a command line asks for. `command` is left out when no verb was given. */
export type Invocation = {
  readonly command?: Command;
  readonly args: Arguments;
  readonly flags: Readonly<Record<string, FlagValue>>;
  readonly help: boolean;
};

type Parsed = { readonly words: string[]; readonly given: Readonly<Record<string, unknown>>; readonly command: Command | undefined };

/** Every flag of every verb: they are read alike before the verb is known, so one name means one thing in a face. */
const flagsOf = (face: Face): Flags => Object.assign({}, ...face.commands.map(({ flags }) => flags), globalFlags);

const parserConfiguration = {
  "boolean-negation": false,
  "camel-case-expansion": false,
  "dot-notation": false,
  "duplicate-arguments-array": true,
  "greedy-arrays": false,
  "parse-numbers": false,
  "parse-positional-numbers": false,
  "short-option-groups": false,
} as const;

function runYargs(face: Face, flags: Flags, args: readonly string[]): Parsed {
  let command: Command | undefined;
  const named = (withValue: boolean): string[] =>
    Object.entries(flags).flatMap(([key, flag]) => (takesValue(flag) === withValue ? [flagName(key)] : []));
  const parser = yargs()
    .parserConfiguration(parserConfiguration)
    .detectLocale(false)
    .help(false)
    .version(false)
    .exitProcess(false)
    .string(named(true))
    .array(named(true))
    .boolean(named(false));
  for (const one of face.commands.filter(({ name }) => !name.includes(" "))) {
    parser.command([...namesOf(one)], false, {}, () => {
      command = one;
    });
  }
  const { _: words, $0: _program, ...given } = parser.parseSync([...args]);
  return { words: words.map(String).slice(command ? 1 : 0), given, command };
}

/** A verb under a verb takes the place of the first when its second word follows, but not after a "--". */
function withSubVerb({ words, given, command }: Parsed, { commands }: Face, args: readonly string[]): Parsed {
  const [first, ...rest] = words;
  const sub = commands.find(({ name }) => name === `${command?.name} ${first}`);
  const end = args.indexOf("--");
  const isFree = end < 0 || words.length > args.length - end - 1;
  return sub !== undefined && isFree ? { words: rest, given, command: sub } : { words, given, command };
}

function textsOf(given: unknown): string[] {
  if (given === undefined) return [];
  return (Array.isArray(given) ? given : [given]).map(String);
}

/** `typed`: the words as they were before a negation was written out, which is named as it was given. */
function rejectUnknownFlags({ given, typed }: { given: Parsed["given"]; typed: readonly string[] }, known: Flags, label: string): void {
  const names = Object.keys(known).map(flagName);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const isNegated = typed.includes(`--no-${unknown}`);
  throw unknownFlag(isNegated ? `no-${unknown}` : unknown, [...names, ...negatedNames(known)], label);
}

/** yargs reads `--watch=maybe` as false; a person should hear of it. */
function rejectBadBooleans(args: readonly string[], flags: Flags): void {
  const end = args.indexOf("--");
  for (const word of end < 0 ? args : args.slice(0, end)) {
    const match = /^--([^=]+)=(.*)$/s.exec(word);
    const found = match && Object.entries(flags).find(([key]) => flagName(key) === match[1]);
    if (found?.[1].kind === "boolean") readValue(found[0], found[1], [match?.[2] ?? ""]);
  }
}

function bindPositionals(positionals: Positionals, words: readonly string[], label: string): Arguments {
  const entries = Object.entries(positionals);
  const usage = usageOf(positionals);
  if (words.length > entries.length && !entries.at(-1)?.[1].rest) {
    const takes = entries.length === 0 ? "takes no argument" : `takes${usage}`;
    throw usageError(`unexpected argument "${words[entries.length]}"`, `${label} ${takes}`);
  }
  return Object.fromEntries(
    entries.map(([name, { required, choices, rest }], at) => {
      const word = words[at];
      if (rest) return [name, words.slice(at)];
      if (required && word === undefined) throw usageError(`${name.toUpperCase()} is missing`, `${label}${usage}`);
      if (word !== undefined && choices && !choices.includes(word)) {
        throw usageError(`${name.toUpperCase()}: "${word}" is not one of ${choices.join(", ")}`, `${label}${usage}`);
      }
      return [name, word];
    }),
  );
}

function rejectUnknownVerb(face: Face, verb: string, self: string): never {
  const near = nearest(verb, face.commands.flatMap(namesOf));
  throw usageError(`unknown command "${verb}" for ${self}`, near ? `did you mean ${self} ${near}?` : `${self} help lists the commands`);
}

/** Reads the words after the program's name. Throws AppError Usage that names the word which cannot be obeyed. */
export function parseCommandLine(face: Face, args: readonly string[], self: string): Invocation {
  const every = flagsOf(face);
  const long = writeOutFlags(args, every);
  const { words, given, command } = withSubVerb(runYargs(face, every, long), face, long);
  const help = given.help === true;
  if (!command && words[0] !== undefined) rejectUnknownVerb(face, words[0], self);
  if (help) return { ...(command && { command }), args: {}, flags: {}, help };
  const label = command ? `${self} ${command.name}` : self;
  const known: Flags = { ...command?.flags, ...globalFlags };
  rejectUnknownFlags({ given, typed: args }, known, label);
  rejectBadBooleans(long, known);
  const flags = Object.fromEntries(Object.entries(known).map(([key, flag]) => [key, readValue(key, flag, textsOf(given[flagName(key)]))]));
  return { ...(command && { command }), args: command ? bindPositionals(command.positionals, words, label) : {}, flags, help };
}
