/** Where the shell's completion finds values that no table holds. */
export type CompletionSource = "clusters" | "namespaces" | "files";

type FlagText = {
  /** One letter, as in `-n`. */
  readonly short?: string;
  readonly summary: string;
  /** Stands for the value in help: `--namespace NAME`. */
  readonly placeholder?: string;
  readonly complete?: CompletionSource;
};

/**
 * A flag as data. Its key in a `Flags` record is camelCase; a person types it in kebab-case.
 * `boolean` starts as false, unless `initial` is true: then `--no-NAME` turns it off.
 * `enum` takes one of `choices` and starts as `initial`; `list` may be repeated and holds commas; `repeated` may be repeated and keeps them;
 * `duration` is in milliseconds ("10s", "1m30s", whole seconds); `level` is 0 to 9, and 1 when no number follows.
 */
export type Flag = FlagText &
  (
    | { readonly kind: "string" | "number" | "duration" | "level" | "repeated" }
    | { readonly kind: "boolean"; readonly initial?: true }
    | { readonly kind: "enum"; readonly choices: readonly string[]; readonly initial: string }
    | { readonly kind: "list"; readonly choices?: readonly string[] }
  );

export type Flags = Readonly<Record<string, Flag>>;

export type FlagValue = string | number | boolean | readonly string[] | undefined;

type ValueOf<F extends Flag> = F extends { kind: "boolean" }
  ? boolean
  : F extends { kind: "level" }
    ? number
    : F extends { kind: "number" | "duration" }
      ? number | undefined
      : F extends { kind: "enum"; choices: readonly (infer Choice)[] }
        ? Choice
        : F extends { kind: "list"; choices: readonly (infer Choice)[] }
          ? readonly Choice[]
          : F extends { kind: "list" | "repeated" }
            ? readonly string[]
            : string | undefined;

/** What a command's run receives for its flags. */
export type FlagValues<F extends Flags> = { readonly [Key in keyof F]: ValueOf<F[Key]> };

/** `asGroup` → `as-group`. */
export const flagName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The name that turns a flag off which is on from the start: `no-wait`. */
export const negatedName = (key: string, flag: Flag): string | undefined =>
  flag.kind === "boolean" && flag.initial ? `no-${flagName(key)}` : undefined;

/** The negations of a verb's flags. */
export const negatedNames = (flags: Flags): string[] => Object.entries(flags).flatMap(([key, flag]) => negatedName(key, flag) ?? []);

/** True when a word must follow: `--name VALUE`. */
export const takesValue = (flag: Flag): boolean => flag.kind !== "boolean";

/** The values a flag admits, where they are few and known. */
export const choicesOf = (flag: Flag): readonly string[] => ("choices" in flag && flag.choices ? flag.choices : []);
