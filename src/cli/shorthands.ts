import { type Flag, type Flags, flagName, takesValue } from "./flags.ts";
import { usageError } from "./usage-error.ts";

type Letters = ReadonlyMap<string, { readonly name: string; readonly flag: Flag }>;

const byLetter = (flags: Flags): Letters =>
  new Map(Object.entries(flags).flatMap(([key, flag]) => (flag.short ? [[flag.short, { name: flagName(key), flag }] as const] : [])));

type Expansion = { readonly words: readonly string[]; readonly usedNext: boolean };

/** `rest` is what stands behind the letter of a flag that takes a value, `next` the following word. */
function withValue({ name, flag }: { name: string; flag: Flag }, rest: string, next: string | undefined): Expansion {
  if (rest !== "") return { words: [`--${name}=${rest.replace(/^=/, "")}`], usedNext: false };
  if (flag.kind === "level" && !/^\d$/.test(next ?? "")) return { words: [`--${name}=1`], usedNext: false };
  return next === undefined ? { words: [`--${name}`], usedNext: false } : { words: [`--${name}=${next}`], usedNext: true };
}

/** Writes one word of short flags out, letter by letter: `-Aw`, `-nkafka`, `-w=false`. */
function expand(word: string, next: string | undefined, letters: Letters): Expansion {
  const words: string[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const letter = word.charAt(at);
    const found = letters.get(letter);
    const rest = word.slice(at + 1);
    if (!found) throw usageError(`unknown flag -${letter}${word.length > 2 ? ` in ${word}` : ""}`, "--help lists the flags of a command");
    if (takesValue(found.flag) || rest.startsWith("=")) {
      const { words: last, usedNext } = withValue(found, rest, next);
      return { words: [...words, ...last], usedNext };
    }
    words.push(`--${found.name}`);
  }
  return { words, usedNext: false };
}

/**
 * Writes kubectl's short forms out: `-nkafka`, `-n=kafka`, `-n kafka`, `-Aw`, `-v6` and a bare `-v` become long flags, which every parser
 * reads alike. Words after `--` and everything else stay as they are.
 */
export function writeOutShorthands(args: readonly string[], flags: Flags): string[] {
  const letters = byLetter(flags);
  const words: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    if (word === "--") return [...words, ...args.slice(at)];
    if (!/^-[^-]/.test(word)) {
      words.push(word);
      continue;
    }
    const { words: long, usedNext } = expand(word, args[at + 1], letters);
    words.push(...long);
    if (usedNext) at += 1;
  }
  return words;
}
