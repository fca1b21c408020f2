import type { Field, Message, Versions } from "./definitions.ts";

const types: Readonly<Record<string, string>> = {
  bool: "boolean",
  string: "string",
  uuid: "string",
  bytes: "Uint8Array",
  records: "Uint8Array",
};

const isPartial = (versions: Versions, within: Versions): boolean => versions.from > within.from || versions.to < within.to;

/** A request may leave out what has a default of its own, is tagged or is not in every version; a response has every field. */
function renderField(field: Field, within: Versions, request: boolean): string {
  const optional = request && (field.default !== undefined || field.tagged !== undefined || isPartial(field.versions, within));
  const element = field.fields ? `{ ${renderFields(field.fields, field.versions, request)} }` : (types[field.primitive ?? ""] ?? "number");
  const type = field.array ? `readonly ${element}[]` : element;
  return `${field.name}${optional ? "?" : ""}: ${type}${field.nullable ? " | null" : ""}`;
}

const renderFields = (fields: readonly Field[], within: Versions, request: boolean): string =>
  fields.map((field) => renderField(field, within, request)).join("; ");

/** The message as a TypeScript type, on one line. */
export function renderType(message: Message): string {
  const body = renderFields(message.fields, message.versions, message.name.endsWith("Request"));
  return `export type ${message.name} = ${body === "" ? "Record<string, never>" : `{ ${body} }`};`;
}
