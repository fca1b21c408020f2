/** Inclusive range of message versions. */
export type Versions = { readonly from: number; readonly to: number };

/** One field, its version ranges cut to those of what holds it. Exactly one of `primitive` and `fields` is there. */
export type Field = {
  readonly name: string;
  readonly array: boolean;
  readonly primitive?: string;
  readonly fields?: readonly Field[];
  readonly versions: Versions;
  readonly nullable?: Versions;
  readonly tag?: number;
  readonly tagged?: Versions;
  readonly default?: string;
  readonly ignorable: boolean;
};

export type Message = {
  readonly name: string;
  readonly apiKey: number;
  readonly versions: Versions;
  /** Left out: no version is flexible. */
  readonly flexible?: Versions;
  readonly fields: readonly Field[];
};

type RawField = {
  name: string;
  type: string;
  versions: string;
  nullableVersions?: string;
  taggedVersions?: string;
  tag?: number;
  default?: string | number | boolean;
  ignorable?: boolean;
  fields?: RawField[];
};

type RawStruct = { name: string; fields: RawField[] };

type RawMessage = RawStruct & {
  apiKey: number;
  validVersions: string;
  flexibleVersions: string;
  latestVersionUnstable?: boolean;
  commonStructs?: RawStruct[];
};

const primitives = new Set([
  "bool",
  "int8",
  "int16",
  "uint16",
  "uint32",
  "int32",
  "int64",
  "float64",
  "string",
  "uuid",
  "bytes",
  "records",
]);

/** What the reader below understands; anything else in a definition must stop the generator instead of being lost. */
const known = new Set([
  "name",
  "type",
  "about",
  "versions",
  "nullableVersions",
  "taggedVersions",
  "tag",
  "default",
  "ignorable",
  "fields",
  "mapKey",
  "entityType",
  "zeroCopy",
]);

function parseVersions(text: string | undefined, within: Versions): Versions | undefined {
  if (text === undefined || text === "none") return undefined;
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text.trim());
  if (!match) throw new Error(`version range "${text}" is of an unknown form`);
  const from = Number(match[1]);
  const to = match[2] ? Number.POSITIVE_INFINITY : Number(match[3] ?? from);
  const cut = { from: Math.max(from, within.from), to: Math.min(to, within.to) };
  return cut.from <= cut.to ? cut : undefined;
}

function readDefault(raw: RawField): string | undefined {
  if (raw.default === undefined) return undefined;
  const text = String(raw.default).trim();
  return text.startsWith("0x") ? String(Number(text)) : text;
}

function readField(raw: RawField, within: Versions, common: ReadonlyMap<string, RawStruct>): Field | undefined {
  const stranger = Object.keys(raw).find((key) => !known.has(key));
  if (stranger) throw new Error(`field ${raw.name} has the unknown attribute ${stranger}`);
  const versions = parseVersions(raw.versions, within);
  if (!versions) return undefined;
  const type = raw.type.trim();
  const array = type.startsWith("[]");
  const element = array ? type.slice(2) : type;
  const fields = raw.fields ?? common.get(element)?.fields;
  if (!fields && !primitives.has(element)) throw new Error(`field ${raw.name} has the unknown type ${type}`);
  const nullable = parseVersions(raw.nullableVersions, versions);
  const tagged = parseVersions(raw.taggedVersions, versions);
  const fallback = readDefault(raw);
  return {
    name: raw.name.charAt(0).toLowerCase() + raw.name.slice(1),
    array,
    ...(fields ? { fields: readFields(fields, versions, common) } : { primitive: element }),
    versions,
    ...(nullable && { nullable }),
    ...(tagged && raw.tag !== undefined && { tag: raw.tag, tagged }),
    ...(fallback !== undefined && { default: fallback }),
    ignorable: raw.ignorable ?? false,
  };
}

const readFields = (raws: readonly RawField[], within: Versions, common: ReadonlyMap<string, RawStruct>): Field[] =>
  raws.map((raw) => readField(raw, within, common)).filter((field) => field !== undefined);

/** Reads one of Kafka's message definitions: JSON with `//` comments. A newest version that is still unstable is left out. */
export function readMessage(text: string): Message {
  const raw = JSON.parse(text.replace(/^\s*\/\/.*$/gm, "")) as RawMessage;
  const all = parseVersions(raw.validVersions, { from: 0, to: Number.POSITIVE_INFINITY });
  if (!all) throw new Error(`${raw.name} has no valid versions`);
  const versions = { from: all.from, to: raw.latestVersionUnstable ? all.to - 1 : all.to };
  const flexible = parseVersions(raw.flexibleVersions, versions);
  const common = new Map((raw.commonStructs ?? []).map((struct) => [struct.name, struct]));
  return { name: raw.name, apiKey: raw.apiKey, versions, ...(flexible && { flexible }), fields: readFields(raw.fields, versions, common) };
}
