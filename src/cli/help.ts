import type { Style } from "../render/style.ts";
import { wrapColumns, wrapText } from "./columns.ts";
import { type Command, type Face, type Group, namesOf } from "./command.ts";
import { choicesOf, type Flag, type Flags, flagName, negatedName, takesValue } from "./flags.ts";
import { connectionFlags, displayFlags, ignoredFlags } from "./global-flags.ts";
import { nearest } from "./nearest.ts";
import { usageOf } from "./usage.ts";
import { usageError } from "./usage-error.ts";

type Reader = { readonly self: string; readonly style: Style };

const width = 80;
const groups: readonly Group[] = ["Look", "Run", "Day two", "Data", "Shell"];

const indent = (text: string): string => `  ${text}`;
const wrap = (text: string): string => wrapText(text, width);

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : [`${style.paint("bold", `${title}:`)}\n${lines.join("\n")}`];
}

const twoColumns = (rows: readonly (readonly [string, string])[]): string[] => (rows.length === 0 ? [] : [wrapColumns(rows, width)]);

function flagRow([key, flag]: [string, Flag]): readonly [string, string] {
  const value = takesValue(flag) ? ` ${flag.placeholder ?? "VALUE"}` : "";
  const choices = choicesOf(flag);
  const facts = [...(choices.length === 0 ? [] : [choices.join(", ")]), ...(flag.kind === "enum" ? [`default ${flag.initial}`] : [])];
  return [
    indent(`${flag.short ? `-${flag.short}, ` : "    "}--${negatedName(key, flag) ? "[no-]" : ""}${flagName(key)}${value}`),
    `${flag.summary}${facts.length === 0 ? "" : ` (${facts.join("; ")})`}${flag.kind === "list" ? "; may be repeated" : ""}`,
  ];
}

const flagRows = (flags: Flags): string[] => twoColumns(Object.entries(flags).map(flagRow));

function commandHelp(command: Command, { self, style }: Reader): string {
  const { summary, details, positionals, flags, examples, rbac } = command;
  const words = Object.entries(positionals).map(([word, { summary: text }]) => [indent(word.toUpperCase()), text] as const);
  return [
    wrap(`${summary}.`),
    ...(details === undefined ? [] : [wrap(details)]),
    ...section(
      "Usage",
      namesOf(command).map((name) => indent(`${self} ${name}${usageOf(positionals)}${Object.keys(flags).length === 0 ? "" : " [flags]"}`)),
      style,
    ),
    ...section("Arguments", twoColumns(words), style),
    ...section(
      "Examples",
      [examples.map(({ text, line }) => `${indent(style.paint("dim", `# ${text}`))}\n${indent(`${self} ${line}`)}`).join("\n\n")].filter(
        Boolean,
      ),
      style,
    ),
    ...section("Flags", flagRows(flags), style),
    ...section("Permissions in Kubernetes", twoColumns(rbac.map((line) => [indent("-"), line] as const)), style),
    wrap(`"${self} options" lists the flags that every command takes.`),
  ].join("\n\n");
}

function faceHelp({ summary, commands }: Face, { self, style }: Reader): string {
  const inGroup = (group: Group) =>
    commands.filter((command) => command.group === group).map((command) => [indent(namesOf(command).join(", ")), command.summary] as const);
  const verbs = commands.filter(({ group }) => group !== "Shell").length;
  return [
    wrap(summary),
    ...section("Usage", [indent(`${self} COMMAND [flags]`)], style),
    ...groups.flatMap((group) => section(group, twoColumns(inGroup(group)), style)),
    ...(verbs === 0 ? [`${self} has no verbs of its own yet.`] : []),
    wrap(`"${self} COMMAND --help" explains a command, "${self} options" lists the flags that every command takes.`),
  ].join("\n\n");
}

/** The help page of a command, or of the whole program. Throws AppError Usage for a command that does not exist. */
export function renderHelp(face: Face, name: string | undefined, reader: Reader): string {
  if (name === undefined) return `${faceHelp(face, reader)}\n`;
  const command = face.commands.find((one) => namesOf(one).includes(name));
  if (command) return `${commandHelp(command, reader)}\n`;
  const near = nearest(name, face.commands.flatMap(namesOf));
  throw usageError(
    `unknown command "${name}" for ${reader.self}`,
    near ? `did you mean ${reader.self} help ${near}?` : `${reader.self} help lists the commands`,
  );
}

/** The flags that every command takes. */
export function renderOptions({ self, style }: Reader): string {
  return `${[
    wrap(`Every command of ${self} takes these flags, after the plugin's name.`),
    ...section("Connection to Kubernetes", flagRows({ ...connectionFlags, ...ignoredFlags }), style),
    ...section("Output", flagRows(displayFlags), style),
  ].join("\n\n")}\n`;
}
