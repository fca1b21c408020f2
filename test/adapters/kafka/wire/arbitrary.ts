import fc from "fast-check";
import { decodeMessage } from "../../../../src/adapters/kafka/wire/decode.ts";
import { encodeMessage } from "../../../../src/adapters/kafka/wire/encode.ts";
import {
  type Field,
  type Message,
  messageNames,
  messageOf,
  type Primitive,
  structOf,
  within,
} from "../../../../src/adapters/kafka/wire/schema.ts";
import { newSink, written } from "../../../../src/adapters/kafka/wire/sink.ts";

const bytes = fc.uint8Array({ maxLength: 6 }).map((array) => Buffer.from(array));

const primitives: Readonly<Record<Primitive, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  int8: fc.integer({ min: -0x80, max: 0x7f }),
  int16: fc.integer({ min: -0x8000, max: 0x7fff }),
  uint16: fc.integer({ min: 0, max: 0xffff }),
  uint32: fc.integer({ min: 0, max: 0xffff_ffff }),
  int32: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  int64: fc.maxSafeInteger(),
  float64: fc.double({ noNaN: true }),
  string: fc.string({ unit: "grapheme", maxLength: 8 }),
  uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((array) => Buffer.from(array).toString("base64url")),
  bytes,
  records: bytes,
};

function element(field: Field, version: number): fc.Arbitrary<unknown> {
  const struct = structOf(field);
  return struct ? structArbitrary(struct, version) : primitives[field.type as Primitive];
}

function fieldArbitrary(field: Field, version: number): fc.Arbitrary<unknown> {
  if (!within(field.versions, version)) return fc.constant(field.fallback);
  const one = element(field, version);
  const value = field.array ? fc.array(one, { maxLength: 3 }) : one;
  return within(field.nullable, version) ? fc.option(value, { nil: null, freq: 4 }) : value;
}

const structArbitrary = (fields: readonly Field[], version: number): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(fields.map((field) => [field.name, fieldArbitrary(field, version)])), { noNullPrototype: true });

/** Anything a message can carry in a version; what the version does not have is as nobody gave it. */
export const messageArbitrary = (message: Message, version: number): fc.Arbitrary<object> => structArbitrary(message.fields, version);

/** Every message in every version. */
export const everyVersion: readonly { message: Message; version: number }[] = messageNames
  .map(messageOf)
  .flatMap((message) => Array.from({ length: message.max - message.min + 1 }, (_, index) => ({ message, version: message.min + index })));

export function encode(message: Message, version: number, value: object): Buffer {
  const sink = newSink(1);
  encodeMessage(message, version, { sink, value });
  return written(sink);
}

export const decode = (message: Message, version: number, source: Buffer): unknown => decodeMessage(message, version, { bytes: source });
