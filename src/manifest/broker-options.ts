import { distance } from "fastest-levenshtein";

/** How an option's value can change: at a restart of the broker, for one running broker, or for all of them at once. */
export type Scope = "read-only" | "per-broker" | "cluster-wide";

type Type = "boolean" | "int" | "short" | "long" | "double" | "string" | "list" | "class" | "password";

export type BrokerOption = {
  readonly name: string;
  readonly type: Type;
  readonly scope: Scope;
  /** As the table writes it: "1..9|-1" for numbers, "a,b" for texts, "~a,b" for texts in any case, "!" for whatever is not empty. */
  readonly range?: string;
  /** Left out: none. */
  readonly default?: string;
};

/** Everything that can be asked of the options of brokers. A version is Kafka's ("4.3.1"); one the table does not know is taken for its neighbour. */
export type BrokerOptions = {
  readonly find: (name: string, version: string) => BrokerOption | undefined;
  /**
   * Why the value cannot stand there. An option that no version knows may be a plugin's and passes, unless it looks like a slip of the pen;
   * so does a value that a configuration provider fills in later.
   */
  readonly checkOption: (name: string, value: string, version: string) => string | undefined;
  /** What a person should know of an option that Kafka does not: it is passed on for plugins, and means nothing if none reads it. */
  readonly warnOption: (name: string, version: string) => string | undefined;
  /** Kafka does not know a plugin's options: they are read at start. */
  readonly scopeOf: (name: string, version: string) => Scope;
};

type Line = { readonly option: BrokerOption; readonly versions: number };

const types: Readonly<Record<string, Type>> = {
  B: "boolean",
  I: "int",
  H: "short",
  J: "long",
  D: "double",
  S: "string",
  L: "list",
  C: "class",
  P: "password",
};
const scopes: Readonly<Record<string, Scope>> = { r: "read-only", b: "per-broker", c: "cluster-wide" };

const linesOf = (table: string): string[] => table.trim().split("\n");

function parseLine(line: string): Line {
  const [, name = "", type = "", scope = "", versions = "", range = "-", fallback] =
    /^(\S+) (\S) (\S) (\S) (\S+)(?: =(.*))?$/.exec(line) ?? [];
  const option: BrokerOption = {
    name,
    type: types[type] ?? "string",
    scope: scopes[scope] ?? "read-only",
    ...(range === "-" ? {} : { range }),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
  return { option, versions: Number.parseInt(versions, 16) };
}

/** Whether a line of versions ("4.1") begins before a version, or is its own. */
function isUpTo(line: string, version: string): boolean {
  const [[major = 0, minor = 0] = [], [ofMajor = 0, ofMinor = 0] = []] = [line, version].map((text) => text.split(".").map(Number));
  return major < ofMajor || (major === ofMajor && minor <= ofMinor);
}

/** An option of one listener is checked as the option of all. */
const baseName = (name: string): string => name.replace(/^listener\.name\.[^.]+\./, "");

const bounds: Readonly<Partial<Record<Type, readonly [bigint, bigint]>>> = {
  short: [-(2n ** 15n), 2n ** 15n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
};

const bits: Readonly<Partial<Record<Type, number>>> = { short: 16, int: 32, long: 64 };

/** "at least 1", "0 to 1", "1 to 9 or -1" */
function describeRange(range: string): string {
  const [, from = "", to = "", other] = /^(.*)\.\.(.*?)(?:\|(.*))?$/.exec(range) ?? [];
  const between = to === "" ? `at least ${from}` : from === "" ? `at most ${to}` : `${from} to ${to}`;
  return other === undefined ? between : `${between} or ${other}`;
}

function isInRange(value: number, range: string | undefined): boolean {
  const [, from = "", to = "", other] = /^(.*)\.\.(.*?)(?:\|(.*))?$/.exec(range ?? "") ?? [];
  return (other !== undefined && value === Number(other)) || ((from === "" || value >= Number(from)) && (to === "" || value <= Number(to)));
}

function checkNumber({ type, range }: BrokerOption, text: string): string | undefined {
  const whole = type !== "double";
  const within = range === undefined ? "" : `, ${describeRange(range)}`;
  const what = `${whole ? "a whole number" : "a number"}${within}`;
  const form = whole ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[df]?$/i;
  if (!form.test(text)) return what;
  const limits = bounds[type];
  if (limits) {
    const exact = BigInt(text.replace(/^\+/, ""));
    if (exact < limits[0] || exact > limits[1]) return `a whole number of ${bits[type]} bits${within}`;
  }
  return isInRange(Number.parseFloat(text), range) ? undefined : what;
}

function checkText({ type, range }: BrokerOption, text: string): string | undefined {
  if (range === undefined) return undefined;
  if (range === "!") return text === "" ? "a text that is not empty" : undefined;
  const anyCase = range.startsWith("~");
  const values = (anyCase ? range.slice(1) : range).split(",");
  const isOne = (word: string): boolean => values.some((value) => (anyCase ? value.toLowerCase() === word.toLowerCase() : value === word));
  const words = type === "list" ? text.split(/\s*,\s*/).filter((word) => word !== "") : [text];
  return words.every(isOne) ? undefined : `${type === "list" ? "a list of" : "one of"} ${values.join(", ")}`;
}

/** What the value should be; undefined when it is that. */
function wanted(option: BrokerOption, text: string): string | undefined {
  switch (option.type) {
    case "boolean":
      return /^(true|false)$/i.test(text) ? undefined : "true or false";
    case "int":
    case "short":
    case "long":
    case "double":
      return checkNumber(option, text);
    default:
      return checkText(option, text);
  }
}

let loaded: Promise<BrokerOptions> | undefined;

/** The table, loaded when it is first asked for: few commands need it. */
export function loadBrokerOptions(): Promise<BrokerOptions> {
  loaded ??= readTable();
  return loaded;
}

async function readTable(): Promise<BrokerOptions> {
  const { brokerOptions, topicOptions, versions } = await import("./broker-options.generated.ts");
  const table = Map.groupBy(linesOf(brokerOptions).map(parseLine), ({ option }) => option.name);
  const topics = new Map(linesOf(topicOptions).map((line) => line.split(" ") as [string, string]));
  const indexOf = (version: string): number =>
    Math.max(
      0,
      versions.findLastIndex((line) => isUpTo(line, version)),
    );
  const find = (name: string, version: string): BrokerOption | undefined =>
    table.get(baseName(name))?.find((line) => line.versions & (1 << indexOf(version)))?.option;
  const lineOf = (version: string): string => versions[indexOf(version)] ?? version;

  const checkOption = (name: string, value: string, version: string): string | undefined => {
    const option = find(name, version);
    if (option === undefined) {
      if (table.has(baseName(name)) || topics.has(name)) return undefined;
      const near = [...table.keys()].find((known) => Math.abs(known.length - name.length) <= 2 && distance(known, name) <= 2);
      return near === undefined || name.length < 6 ? undefined : `Kafka has no option of this name; did you mean ${near}?`;
    }
    if (/\$\{[^}]*:/.test(value)) return undefined;
    const what = wanted(option, value.trim());
    return what === undefined ? undefined : `must be ${what}`;
  };

  const warnOption = (name: string, version: string): string | undefined => {
    if (find(name, version) !== undefined) return undefined;
    const broker = topics.get(name);
    if (broker !== undefined) return `topics have this option; brokers call it ${broker}`;
    const line = lineOf(version);
    const others = versions.filter((_, index) => table.get(baseName(name))?.some((each) => each.versions & (1 << index)));
    const history = others.length > 0 ? ` (${others.join(", ")} did)` : "";
    return `Kafka ${line} does not know this option${history}: it means nothing unless a plugin reads it`;
  };

  return { find, checkOption, warnOption, scopeOf: (name, version) => find(name, version)?.scope ?? "read-only" };
}
