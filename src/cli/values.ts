import { assertNever } from "../model/errors.ts";
import { type Flag, type FlagValue, flagName } from "./flags.ts";
import { nearest } from "./nearest.ts";
import { usageError } from "./usage-error.ts";

const unitMs: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Go's durations as kubectl takes them ("10s", "1m30s", "1.5h"), and whole seconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)) total += Number(amount) * (unitMs[unit ?? ""] ?? 0);
  return total;
}

function parseBoolean(text: string): boolean | undefined {
  if (/^(true|1)$/i.test(text)) return true;
  return /^(false|0)$/i.test(text) ? false : undefined;
}

const parseLevel = (text: string): number | undefined => (/^\d$/.test(text) ? Number(text) : undefined);
const parseNumber = (text: string): number | undefined => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined);

type Reader<T> = { readonly parse: (text: string) => T | undefined; readonly what: string };

/** The last text, or `otherwise` when there is none. */
function readLast<T, Otherwise>(name: string, texts: readonly string[], { parse, what, otherwise }: Reader<T> & { otherwise: Otherwise }) {
  const last = texts.at(-1);
  if (last === undefined) return otherwise;
  const value = parse(last);
  if (value === undefined) throw usageError(`--${name}: "${last}" is not ${what}`);
  return value;
}

function choose(name: string, text: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text;
  const near = nearest(text, choices);
  throw usageError(`--${name}: "${text}" is not one of ${choices.join(", ")}`, near && `did you mean --${name}=${near}?`);
}

const splitCommas = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => text.split(",").map((item) => item.trim())).filter((item) => item !== "");

/** One typed value of the texts a flag was given, in order (none: it was left out). Throws AppError Usage that names the flag. */
export function readValue(key: string, flag: Flag, texts: readonly string[]): FlagValue {
  const name = flagName(key);
  switch (flag.kind) {
    case "string":
      return texts.at(-1);
    case "repeated":
      return texts;
    case "list":
      return splitCommas(texts).map((item) => (flag.choices ? choose(name, item, flag.choices) : item));
    case "enum":
      return choose(name, texts.at(-1) ?? flag.initial, flag.choices);
    case "boolean":
      return readLast(name, texts, { parse: parseBoolean, what: "true or false", otherwise: flag.initial ?? false });
    case "level":
      return readLast(name, texts, { parse: parseLevel, what: "a number from 0 to 9", otherwise: 0 });
    case "number":
      return readLast(name, texts, { parse: parseNumber, what: "a number", otherwise: undefined });
    case "duration":
      return readLast(name, texts, { parse: parseDuration, what: "a duration such as 10s or 1m30s", otherwise: undefined });
    default:
      return assertNever(flag);
  }
}
