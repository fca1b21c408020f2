import {
  type Cursor,
  cursorOver,
  readBool,
  readBytes,
  readCompactLength,
  readFloat64,
  readInt8,
  readInt16,
  readInt32,
  readInt64,
  readInts,
  readText,
  readUint16,
  readUint32,
  readUuid,
  readVarint,
  remaining,
  take,
} from "./cursor.ts";
import { defaultsOf, type Field, type Message, type Primitive, structOf, within } from "./schema.ts";

/**
 * What to make of array elements, by the dotted path of the array ("topics.partitions"): called for each element in place of keeping it. The
 * element is one scratch object for all of them, so take its values and let go of it.
 */
export type ElementMaps = Readonly<Record<string, (element: never) => unknown>>;

type Read = (cursor: Cursor) => unknown;
type Plan = { readonly version: number; readonly flexible: boolean; readonly maps: ElementMaps };

const fixed: Readonly<Partial<Record<Primitive, Read>>> = {
  bool: readBool,
  int8: readInt8,
  int16: readInt16,
  uint16: readUint16,
  uint32: readUint32,
  int32: readInt32,
  int64: readInt64,
  float64: readFloat64,
  uuid: readUuid,
};

function lengthReader(plan: Plan, type: Field["type"], array: boolean): (cursor: Cursor) => number {
  if (plan.flexible) return readCompactLength;
  return type === "string" && !array ? readInt16 : readInt32;
}

/** Wraps a reader of counted things with the length before it and what a length of -1 means. */
function counted(plan: Plan, field: Field, read: (cursor: Cursor, length: number) => unknown): Read {
  const readLength = lengthReader(plan, field.type, field.array);
  const nullable = within(field.nullable, plan.version);
  return (cursor) => {
    const length = readLength(cursor);
    if (length >= 0) return read(cursor, length);
    if (nullable && length === -1) return null;
    throw new RangeError(`${field.name} is null or of length ${length}`);
  };
}

function arrayReader(field: Field, read: Read): (cursor: Cursor, count: number) => unknown {
  return (cursor, count) => {
    if (count > remaining(cursor)) throw new RangeError(`${field.name} announces ${count} elements in ${remaining(cursor)} bytes`);
    const list: unknown[] = [];
    for (let index = 0; index < count; index += 1) list.push(read(cursor));
    return list;
  };
}

function elementReader(field: Field, plan: Plan, path: string): Read {
  const struct = structOf(field);
  if (!struct) return primitiveReader({ ...field, array: false, nullable: undefined }, plan);
  const map = plan.maps[path];
  if (!map) return structReader(struct, plan, `${path}.`);
  const scratch = defaultsOf(struct);
  const fill = structFiller(struct, plan, `${path}.`);
  return (cursor) => {
    fill(cursor, scratch);
    return map(scratch as never);
  };
}

function primitiveReader(field: Field, plan: Plan): Read {
  const read = fixed[field.type as Primitive];
  return read ?? counted(plan, field, field.type === "string" ? readText : readBytes);
}

function fieldReader(field: Field, plan: Plan, path: string): Read {
  if (field.array) return counted(plan, field, field.type === "int32" ? readInts : arrayReader(field, elementReader(field, plan, path)));
  const struct = structOf(field);
  if (!struct) return primitiveReader(field, plan);
  const read = structReader(struct, plan, `${path}.`);
  if (!within(field.nullable, plan.version)) return read;
  return (cursor) => (readInt8(cursor) < 0 ? null : read(cursor));
}

type Slot = { readonly name: string; readonly read: Read; readonly fallback: unknown };

/** Reads the tagged fields that end a flexible struct; unknown ones are skipped by their size. */
function readTags(cursor: Cursor, slots: ReadonlyMap<number, Slot>, into: Record<string, unknown>): void {
  for (let left = readVarint(cursor); left > 0; left -= 1) {
    const slot = slots.get(readVarint(cursor));
    const size = readVarint(cursor);
    const end = take(cursor, size) + size;
    if (!slot) continue;
    cursor.at = end - size;
    into[slot.name] = slot.read(cursor);
    if (cursor.at !== end) throw new RangeError(`tagged field ${slot.name} is not of the ${size} bytes it announces`);
  }
}

/** Reads a struct into an object that has a key for every field; keys the version does not have are left as they are. */
function structFiller(fields: readonly Field[], plan: Plan, path: string): (cursor: Cursor, into: Record<string, unknown>) => void {
  const present = fields.filter((field) => within(field.versions, plan.version));
  const slot = (field: Field): Slot => ({ name: field.name, read: fieldReader(field, plan, path + field.name), fallback: field.fallback });
  const isTagged = (field: Field): boolean => within(field.tag?.versions, plan.version);
  const plain = present.filter((field) => !isTagged(field)).map(slot);
  const tagged = new Map(present.filter(isTagged).map((field) => [field.tag?.number ?? -1, slot(field)]));
  return (cursor, into) => {
    for (const { name, read } of plain) into[name] = read(cursor);
    if (!plan.flexible) return;
    for (const { name, fallback } of tagged.values()) into[name] = fallback;
    readTags(cursor, tagged, into);
  };
}

function structReader(fields: readonly Field[], plan: Plan, path: string): Read {
  const template = defaultsOf(fields);
  const fill = structFiller(fields, plan, path);
  return (cursor) => {
    const value = { ...template };
    fill(cursor, value);
    return value;
  };
}

const none: ElementMaps = {};
const compiled = new Map<string, Read>();

function readerOf(message: Message, version: number, maps: ElementMaps): Read {
  const compile = (): Read => structReader(message.fields, { version, flexible: version >= message.flexibleFrom, maps }, "");
  if (maps !== none) return compile();
  const key = `${message.name} ${version}`;
  const read = compiled.get(key) ?? compile();
  compiled.set(key, read);
  return read;
}

/** Reads one message that takes up `bytes` from `at` to their end. Throws RangeError where they are no such message. */
export function decodeMessage(
  message: Message,
  version: number,
  source: { bytes: Buffer; at?: number; maps?: ElementMaps | undefined },
): unknown {
  const cursor = cursorOver(source.bytes, source.at);
  const value = readerOf(message, version, source.maps ?? none)(cursor);
  if (remaining(cursor) > 0) throw new RangeError(`${remaining(cursor)} bytes are left over`);
  return value;
}
