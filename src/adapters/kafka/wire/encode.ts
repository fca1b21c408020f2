import { type Field, type Message, type Primitive, structOf, within } from "./schema.ts";
import {
  newSink,
  type Sink,
  writeBool,
  writeBytes,
  writeCompactLength,
  writeFloat64,
  writeInt8,
  writeInt16,
  writeInt32,
  writeInt64,
  writeText,
  writeUint16,
  writeUint32,
  writeUuid,
  writeVarint,
  written,
} from "./sink.ts";

/** A request asks for something that its version cannot say. */
export class InexpressibleField extends Error {
  override readonly name = "InexpressibleField";
  readonly field: string;

  constructor(field: string, version: number) {
    super(`version ${version} has no field ${field}`);
    this.field = field;
  }
}

type Write<T = unknown> = (sink: Sink, value: T) => void;
type Plan = {
  readonly version: number;
  readonly flexible: boolean /** Fields a version lacks are dropped without a word. */;
  readonly lenient: boolean;
};
type Struct = Readonly<Record<string, unknown>>;

const fixed = {
  bool: writeBool,
  int8: writeInt8,
  int16: writeInt16,
  uint16: writeUint16,
  uint32: writeUint32,
  int32: writeInt32,
  int64: writeInt64,
  float64: writeFloat64,
  uuid: writeUuid,
} as Partial<Record<Primitive, Write<never>>> as Partial<Record<Primitive, Write>>;

function lengthWriter(plan: Plan, type: Field["type"], array: boolean): Write<number> {
  if (plan.flexible) return writeCompactLength;
  return type === "string" && !array ? writeInt16 : writeInt32;
}

/** Refuses null where the version does not allow it, else writes it as a length of -1. */
function counted<T>(plan: Plan, field: Field, write: (sink: Sink, value: T, writeLength: Write<number>) => void): Write {
  const writeLength = lengthWriter(plan, field.type, field.array);
  const nullable = within(field.nullable, plan.version);
  return (sink, value) => {
    if (value !== null) write(sink, value as T, writeLength);
    else if (nullable) writeLength(sink, -1);
    else throw new InexpressibleField(`${field.name} = null`, plan.version);
  };
}

function primitiveWriter(field: Field, plan: Plan): Write {
  const write = fixed[field.type as Primitive];
  if (write) return write;
  if (field.type === "string") {
    return counted<string>(plan, field, (sink, value, writeLength) => {
      writeLength(sink, Buffer.byteLength(value));
      writeText(sink, value);
    });
  }
  return counted<Uint8Array>(plan, field, (sink, value, writeLength) => {
    writeLength(sink, value.length);
    writeBytes(sink, value);
  });
}

function fieldWriter(field: Field, plan: Plan): Write {
  const struct = structOf(field);
  if (field.array) {
    const write = struct ? structWriter(struct, plan) : primitiveWriter({ ...field, array: false, nullable: undefined }, plan);
    return counted<readonly unknown[]>(plan, field, (sink, list, writeLength) => {
      writeLength(sink, list.length);
      for (const element of list) write(sink, element);
    });
  }
  if (!struct) return primitiveWriter(field, plan);
  const write = structWriter(struct, plan);
  if (!within(field.nullable, plan.version)) return write;
  return (sink, value) => {
    writeInt8(sink, value === null ? -1 : 1);
    if (value !== null) write(sink, value);
  };
}

/** Whether a value says no more than the field's absence does. */
function isDefault(field: Field, value: unknown): boolean {
  if (value === undefined || value === field.fallback) return true;
  if (value === null || field.fallback === null) return false;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  const struct = field.array ? undefined : structOf(field);
  return struct?.every((inner) => isDefault(inner, (value as Struct)[inner.name])) ?? false;
}

type Slot = { readonly field: Field; readonly write: Write };

function writeTags(sink: Sink, slots: readonly Slot[], value: Struct): void {
  const carried = slots.filter(({ field }) => !isDefault(field, value[field.name]));
  writeVarint(sink, carried.length);
  for (const { field, write } of carried) {
    const inner = newSink();
    write(inner, value[field.name]);
    writeVarint(sink, field.tag?.number ?? 0);
    writeVarint(sink, inner.at);
    writeBytes(sink, written(inner));
  }
}

function structWriter(fields: readonly Field[], plan: Plan): Write {
  const isTagged = (field: Field): boolean => within(field.tag?.versions, plan.version);
  const slot = (field: Field): Slot => ({ field, write: fieldWriter(field, plan) });
  const present = fields.filter((field) => within(field.versions, plan.version));
  const plain = present.filter((field) => !isTagged(field)).map(slot);
  const tagged = present
    .filter(isTagged)
    .map(slot)
    .sort((a, b) => (a.field.tag?.number ?? 0) - (b.field.tag?.number ?? 0));
  const impossible = plan.lenient ? [] : fields.filter((field) => !field.ignorable && !within(field.versions, plan.version));
  return (sink, value) => {
    const struct = value as Struct;
    for (const field of impossible) if (!isDefault(field, struct[field.name])) throw new InexpressibleField(field.name, plan.version);
    for (const { field, write } of plain) write(sink, struct[field.name] === undefined ? field.fallback : struct[field.name]);
    if (plan.flexible) writeTags(sink, tagged, struct);
  };
}

const compiled = new Map<string, Write>();

/** Appends one message. Throws InexpressibleField where the version cannot say it, RangeError where a value does not fit its type. */
export function encodeMessage(message: Message, version: number, into: { sink: Sink; value: object }): void {
  const key = `${message.name} ${version}`;
  const plan: Plan = { version, flexible: version >= message.flexibleFrom, lenient: message.name.endsWith("Response") };
  const write = compiled.get(key) ?? structWriter(message.fields, plan);
  compiled.set(key, write);
  write(into.sink, into.value);
}
