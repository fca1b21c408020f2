import { type Flag, type Flags, flagName, negatedName, takesValue } from "./flags.ts";
import { unknownFlag } from "./unknown-flag.ts";
import { usageError } from "./usage-error.ts";

type Named = { readonly name: string; readonly flag: Flag };
type Known = {
  readonly byLetter: ReadonlyMap<string, Named>;
  readonly byName: ReadonlyMap<string, Named>;
  /** `no-wait` → `wait`. */
  readonly byNegation: ReadonlyMap<string, string>;
};

function indexOf(flags: Flags): Known {
  const all = Object.entries(flags).map(([key, flag]) => ({ name: flagName(key), flag }));
  return {
    byLetter: new Map(all.flatMap((named) => (named.flag.short ? [[named.flag.short, named] as const] : []))),
    byName: new Map(all.map((named) => [named.name, named])),
    byNegation: new Map(
      Object.entries(flags).flatMap(([key, flag]) => {
        const negated = negatedName(key, flag);
        return negated === undefined ? [] : [[negated, flagName(key)] as const];
      }),
    ),
  };
}

type Expansion = { readonly words: readonly string[]; readonly usedNext: boolean };

/** `-`, `-5` and any word without a dash may be a value; what looks like a flag is one. */
const canBeValue = (word: string | undefined): word is string => word !== undefined && !/^-(-|[a-zA-Z])/.test(word);

/** The word after a flag as its value. A level may stand alone. */
function withNext({ name, flag }: Named, next: string | undefined): Expansion {
  if (flag.kind === "level" && !/^\d$/.test(next ?? "")) return { words: [`--${name}=1`], usedNext: false };
  if (!canBeValue(next)) throw usageError(`--${name} needs a value`);
  return { words: [`--${name}=${next}`], usedNext: true };
}

/** Writes one word of short flags out, letter by letter: `-Aw`, `-nkafka`, `-w=false`. */
function expandShort(word: string, next: string | undefined, { byLetter }: Known): Expansion {
  const words: string[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const letter = word.charAt(at);
    const found = byLetter.get(letter);
    const rest = word.slice(at + 1);
    if (!found) throw usageError(`unknown flag -${letter}${word.length > 2 ? ` in ${word}` : ""}`, "COMMAND --help lists the flags");
    if (rest.startsWith("=") || (rest !== "" && takesValue(found.flag))) {
      return { words: [...words, `--${found.name}=${rest.replace(/^=/, "")}`], usedNext: false };
    }
    if (takesValue(found.flag)) {
      const last = withNext(found, next);
      return { words: [...words, ...last.words], usedNext: last.usedNext };
    }
    words.push(`--${found.name}`);
  }
  return { words, usedNext: false };
}

function expand(word: string, next: string | undefined, known: Known): Expansion {
  if (/^-[^-]/.test(word)) return expandShort(word, next, known);
  if (!word.startsWith("--")) return { words: [word], usedNext: false };
  const [name = ""] = word.slice(2).split("=", 1);
  const negated = known.byNegation.get(name);
  if (negated !== undefined && word.includes("=")) throw usageError(`--${name} takes no value`);
  if (negated !== undefined) return { words: [`--${negated}=false`], usedNext: false };
  const found = known.byName.get(name);
  if (!found) throw unknownFlag(name, [...known.byName.keys(), ...known.byNegation.keys()]);
  return takesValue(found.flag) && !word.includes("=") ? withNext(found, next) : { words: [word], usedNext: false };
}

/**
 * Writes kubectl's ways of giving a flag out as one, which every parser reads alike: `-nkafka`, `-n=kafka`, `-n kafka` and `--namespace kafka`
 * become `--namespace=kafka`; `-Aw` becomes two words; a bare `-v` level 1. Words after `--` stay as they are. Throws AppError Usage for a flag
 * that no verb has and for a value that is missing.
 */
export function writeOutFlags(args: readonly string[], flags: Flags): string[] {
  const known = indexOf(flags);
  const words: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    if (word === "--") return [...words, ...args.slice(at)];
    const { words: long, usedNext } = expand(word, args[at + 1], known);
    words.push(...long);
    if (usedNext) at += 1;
  }
  return words;
}
