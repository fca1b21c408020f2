import type { FieldChange } from "../model/plan.ts";
import { displayWidth, truncate } from "./display-width.ts";
import type { Style } from "./style.ts";

type FieldOptions = { readonly style: Style; readonly width: number; readonly verbose: boolean };

function valueText(value: unknown): string {
  if (typeof value === "string") return /^[\x21-\x7e]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? "";
}

const isText = (value: unknown): value is string => typeof value === "string" && value.includes("\n");

/** Lines that are not in the other text, as they come. */
function ownLines(text: string, other: string): string[] {
  const others = new Set(other.split("\n"));
  return text.split("\n").filter((line) => line.trim() !== "" && !others.has(line));
}

const setting = /^([\w.:/-]+)\s*[=:]/;

/** As files of settings have them: "key=value", "key: value", "[section]", comments. */
const isSetting = (line: string): boolean => setting.test(line) || /^\s*(\[.*\]|[#;].*)\s*$/.test(line);

const byKey = (lines: readonly string[]): Map<string, string> => new Map(lines.map((line) => [setting.exec(line)?.[1] ?? line, line]));

/** A file of settings changes line by line. */
function settingChanges(path: string, removed: readonly string[], added: readonly string[]): FieldChange[] {
  const [before, after] = [byKey(removed), byKey(added)];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const settingOf = (key: string, line: string) => (line === key ? line : line.slice(key.length).replace(/^\s*[=:]\s*/, ""));
  return keys.map((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    return {
      path: `${path}: ${key}`,
      ...(old === undefined ? {} : { from: settingOf(key, old) }),
      ...(now === undefined ? {} : { to: settingOf(key, now) }),
    };
  });
}

/** Changes of texts of settings, taken apart; a script or any other text stays whole. */
export const takenApart = (changes: readonly FieldChange[]): FieldChange[] =>
  changes.flatMap((change) => {
    const { path, from, to } = change;
    if ((!isText(from) && !isText(to)) || typeof from !== "string" || typeof to !== "string") return [change];
    const [removed, added] = [ownLines(from, to), ownLines(to, from)];
    const lines = [...removed, ...added];
    return lines.length > 0 && lines.every(isSetting) ? settingChanges(path, removed, added) : [change];
  });

const lineCount = (lines: readonly string[]): string => (lines.length === 1 ? "1 line" : `${lines.length} lines`);

function textChange(path: string, from: string, to: string): string {
  const [removed, added] = [ownLines(from, to), ownLines(to, from)];
  if (removed.length + added.length === 0) return `${path}: its lines change their order`;
  return `${path}: ${lineCount(removed)} removed, ${added.length} added`;
}

/** "path: old → new" in one line, or in two where one is too narrow; what is wider still is cut. */
export function fieldLines({ path, from, to }: FieldChange, { style, width, verbose }: FieldOptions): string[] {
  const arrow = style.unicode ? "→" : "->";
  const mark = style.unicode ? "…" : "...";
  if (from === "(secret)" && to === "(secret)") return [`${path}: changes (secret)`];
  if (isText(from) && isText(to)) return [textChange(path, from, to)];
  const texts = [...(from === undefined ? [] : [valueText(from)]), to === undefined ? "(removed)" : valueText(to)];
  const whole = `${path}: ${texts.join(` ${arrow} `)}`;
  if (verbose || displayWidth(whole) <= width) return [whole];
  const room = Math.max(16, Math.floor((width - 2 - 3 * (texts.length - 1)) / texts.length));
  return [truncate(`${path}:`, width, mark), `  ${texts.map((text) => truncate(text, room, mark)).join(` ${arrow} `)}`];
}
