import { messages } from "./messages.generated.ts";

/*
 * Grammar of the wire table, one message per line:
 *
 *   Name apiKey min-max flexible+|none field…
 *   field := name ":" "[]"? (primitive | "{" field… "}") "@"versions? "?"nullableVersions? "%"tag(":"taggedVersions)? "="default? "~"?
 *
 * Versions are "3", "0-3" or "4+"; left out they are those of the enclosing struct. "~" marks a field of a request that may be dropped where
 * the version does not have it; any other that carries a value makes the request impossible in that version.
 */

export type Primitive =
  | "bool"
  | "int8"
  | "int16"
  | "uint16"
  | "uint32"
  | "int32"
  | "int64"
  | "float64"
  | "string"
  | "uuid"
  | "bytes"
  | "records";

type Versions = { readonly from: number; readonly to: number };

export type Field = {
  readonly name: string;
  readonly array: boolean;
  readonly type: Primitive | readonly Field[];
  readonly versions: Versions;
  readonly nullable: Versions | undefined;
  readonly tag: { readonly number: number; readonly versions: Versions } | undefined;
  /** What a version without the field, or a request that leaves it out, means. */
  readonly fallback: unknown;
  readonly ignorable: boolean;
};

export type Message = {
  readonly name: string;
  readonly apiKey: number;
  readonly min: number;
  readonly max: number;
  /** First flexible version; Infinity when there is none. */
  readonly flexibleFrom: number;
  readonly fields: readonly Field[];
};

/** A struct's or an array element's fields; undefined for primitives. */
export const structOf = (field: Field): readonly Field[] | undefined => (typeof field.type === "string" ? undefined : field.type);

export const within = (versions: Versions | undefined, version: number): boolean =>
  versions !== undefined && version >= versions.from && version <= versions.to;

/** Kafka writes UUIDs as unpadded URL-safe base64; this one stands for "none". */
export const zeroUuid = "AAAAAAAAAAAAAAAAAAAAAA";

const nothing: readonly never[] = Object.freeze([]);
const always: Versions = { from: 0, to: Number.POSITIVE_INFINITY };

/** The value each field has when nobody gave one. */
export const defaultsOf = (fields: readonly Field[]): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field.name, field.fallback]));

function parseFallback(text: string | undefined, array: boolean, type: Field["type"]): unknown {
  if (text === "null") return null;
  if (array) return nothing;
  if (typeof type !== "string") return defaultsOf(type);
  if (type === "string") return text ?? "";
  if (type === "bool") return text === "true";
  if (type === "uuid") return zeroUuid;
  if (type === "bytes" || type === "records") return Buffer.alloc(0);
  return Number(text ?? 0);
}

function parseVersions(text: string | undefined, enclosing: Versions): Versions | undefined {
  if (text === undefined) return undefined;
  const [from, to] = text.replace("+", "-Infinity").split("-");
  return from === "" ? enclosing : { from: Number(from), to: Number(to ?? from) };
}

const head = /\s*(\w+):(\[\])?(?:(\{)|(\w+))/y;
const tail = /(?:@([\d+-]+))?(?:\?([\d+-]*))?(?:%(\d+):?([\d+-]*))?(?:=([^\s}~]*))?(~)?/y;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Reads fields from `at` up to the end of the text or the brace that closes their struct. */
function parseFields(text: string, at: number): { fields: Field[]; end: number } {
  const fields: Field[] = [];
  let end = at;
  for (let match = matchAt(head, text, end); match; match = matchAt(head, text, end)) {
    end += match[0].length;
    const [, name = "", list, brace, primitive] = match;
    const inner = brace ? parseFields(text, end) : undefined;
    end = inner ? inner.end + 1 : end;
    const type = inner ? inner.fields : (primitive as Primitive);
    const rest = matchAt(tail, text, end);
    end += rest?.[0].length ?? 0;
    const [, versions, nullable, tag, tagged, fallback, ignorable] = rest ?? [];
    const array = list !== undefined;
    fields.push({
      name,
      array,
      type,
      versions: parseVersions(versions, always) ?? always,
      nullable: parseVersions(nullable, always),
      tag: tag === undefined ? undefined : { number: Number(tag), versions: parseVersions(tagged, always) ?? always },
      fallback: parseFallback(fallback, array, type),
      ignorable: ignorable !== undefined,
    });
  }
  return { fields, end };
}

function parseMessage(line: string): Message {
  const [name = "", apiKey, versions = "", flexible = ""] = line.split(" ", 4);
  const [min, max] = versions.split("-");
  const start = `${name} ${apiKey} ${versions} ${flexible}`.length;
  const { fields, end } = parseFields(line, start);
  if (end !== line.length) throw new Error(`wire table, ${name}: cannot read "${line.slice(end, end + 40)}"`);
  return {
    name,
    apiKey: Number(apiKey),
    min: Number(min),
    max: Number(max),
    flexibleFrom: flexible === "none" ? Number.POSITIVE_INFINITY : Number.parseInt(flexible, 10),
    fields,
  };
}

const lines = new Map(
  messages
    .trim()
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf(" ")), line]),
);
const parsed = new Map<string, Message>();

/** Every message of the table, "MetadataRequest" and so on. */
export const messageNames: readonly string[] = [...lines.keys()];

/** The definition of one message, parsed when it is first asked for. */
export function messageOf(name: string): Message {
  const line = lines.get(name);
  if (line === undefined) throw new Error(`the wire table has no ${name}`);
  const message = parsed.get(name) ?? parseMessage(line);
  parsed.set(name, message);
  return message;
}
