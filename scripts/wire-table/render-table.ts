import type { Field, Message, Versions } from "./definitions.ts";

const covers = (a: Versions, b: Versions): boolean => a.from <= b.from && a.to >= b.to;

/** "4+", "3" or "0-3", as seen from the versions of what holds it; empty when it covers them all. */
function renderVersions(versions: Versions, within: Versions): string {
  if (covers(versions, within)) return "";
  if (versions.to === within.to) return `${versions.from}+`;
  return versions.from === versions.to ? String(versions.from) : `${versions.from}-${versions.to}`;
}

const prefixed = (prefix: string, text: string): string => (text === "" ? "" : prefix + text);

const zero = (field: Field): string | undefined =>
  field.array || field.fields ? undefined : field.primitive === "string" ? "" : field.primitive === "bool" ? "false" : "0";

function renderField(field: Field, within: Versions, request: boolean): string {
  const type = field.fields ? `{${renderFields(field.fields, field.versions, request)}}` : field.primitive;
  const tagged = field.tagged && `%${field.tag}${prefixed(":", renderVersions(field.tagged, field.versions))}`;
  return [
    `${field.name}:${field.array ? "[]" : ""}${type}`,
    prefixed("@", renderVersions(field.versions, within)),
    field.nullable ? `?${renderVersions(field.nullable, field.versions)}` : "",
    tagged ?? "",
    field.default === undefined || field.default === zero(field) ? "" : `=${field.default}`,
    request && field.ignorable && !covers(field.versions, within) ? "~" : "",
  ].join("");
}

const renderFields = (fields: readonly Field[], within: Versions, request: boolean): string =>
  fields.map((field) => renderField(field, within, request)).join(" ");

/** One line of the wire table; its grammar is explained where it is read (wire/schema.ts). */
export function renderMessage(message: Message): string {
  const { from, to } = message.versions;
  const flexible = message.flexible ? `${message.flexible.from}+` : "none";
  const request = message.name.endsWith("Request");
  return `${message.name} ${message.apiKey} ${from}-${to} ${flexible} ${renderFields(message.fields, message.versions, request)}`.trimEnd();
}
