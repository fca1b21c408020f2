import type { Context } from "./context.ts";
import type { CompletionSource, Flags } from "./flags.ts";

export type Positional = {
  readonly summary: string;
  readonly required: boolean;
  readonly complete?: CompletionSource;
  readonly choices?: readonly string[];
  /** All words that are left, none included; the last of its verb. */
  readonly rest?: true;
};

/** Words after the verb, in order; the key in lower case is what a person reads in capitals. */
export type Positionals = Readonly<Record<string, Positional>>;

export type Example = { readonly text: string /** Without the program's name: `status -n kafka`. */; readonly line: string };

/** Headings of the help page, in its order. */
export type Group = "Look" | "Run" | "Day two" | "Data" | "Shell";

export type CommandText = {
  /** Two words name a verb under another: "roll status". */
  readonly name: string;
  /** Other names for the same. */
  readonly aliases?: readonly string[];
  readonly group: Group;
  /** One line; a longer text may follow in `details`. */
  readonly summary: string;
  readonly details?: string;
  readonly examples: readonly Example[];
  /** What the verb must be allowed to do, as readable lines; "(optional)" where it goes on without. */
  readonly rbac: readonly string[];
};

/** Returns the exit code of the process. Written as a method, so that a verb may ask for its own flags' types. */
export type RunModule<C> = { run(context: C): Promise<number> };

/** A verb as data: parsing, help and completion read it; only `run` loads code. */
export type Command<P extends Positionals = Positionals, F extends Flags = Flags> = CommandText & {
  readonly positionals: P;
  readonly flags: F;
  readonly run: () => Promise<RunModule<Context<P, F>>>;
};

/** Everything a verb answers to, its own name first. */
export const namesOf = ({ name, aliases = [] }: CommandText): readonly string[] => [name, ...aliases];

/** A program of the suite: the name it is run as and its verbs. */
export type Face = { readonly name: string; readonly summary: string; readonly commands: readonly Command[] };
