import type { Path } from "../model/problem.ts";
import { quantityPattern } from "./crds/open-api.ts";
import type { Schema } from "./crds/schema.ts";
import { nearestName } from "./nearest-name.ts";

export type Misfit = { readonly path: Path; readonly message: string; readonly hint?: string | undefined };

type Report = (misfit: Misfit) => void;
type Place = { readonly value: unknown; readonly path: Path; readonly report: Report };

/** Compiled patterns; there are few of them. */
const patterns = new Map<string, RegExp>();

function matches(pattern: string, text: string): boolean {
  const found = patterns.get(pattern) ?? new RegExp(pattern);
  patterns.set(pattern, found);
  return found.test(text);
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const words: Readonly<Record<Schema["kind"], string>> = {
  string: "a string",
  integer: "an integer",
  number: "a number",
  boolean: "true or false",
  quantity: "a quantity such as 500m or 10Gi",
  list: "a list",
  map: "an object",
  object: "an object",
  freeObject: "an object",
  any: "a value",
};

/** A value in a message: short, on one line. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}

/** What a person most likely forgot, where a scalar has another type than is asked for. */
function conversion(schema: Schema, value: unknown): string | undefined {
  if (schema.kind === "string" && (typeof value === "number" || typeof value === "boolean")) return `write "${value}" in quotes`;
  if (typeof value !== "string") return undefined;
  if ((schema.kind === "integer" || schema.kind === "number") && /^-?\d+(\.\d+)?$/.test(value)) return `write ${value} without quotes`;
  return schema.kind === "boolean" && /^(true|false)$/.test(value) ? `write ${value} without quotes` : undefined;
}

function checkString({ choices, pattern }: Schema & { kind: "string" }, { value, path, report }: Place): void {
  const text = String(value);
  if (choices && !choices.includes(text)) {
    const near = nearestName(text, choices);
    report({ path, message: `${shown(text)} is not one of ${choices.join(", ")}`, hint: near && `did you mean ${near}?` });
  }
  if (pattern && !matches(pattern, text)) report({ path, message: `${shown(text)} does not match ${pattern}` });
}

function checkNumber(schema: Schema & { kind: "integer" | "number" }, { value, path, report }: Place): void {
  const { minimum, maximum } = schema;
  if (minimum !== undefined && Number(value) < minimum) report({ path, message: `${value} is less than ${minimum}` });
  if (maximum !== undefined && Number(value) > maximum) report({ path, message: `${value} is more than ${maximum}` });
}

function checkList({ items, minItems = 0 }: Schema & { kind: "list" }, { value, path, report }: Place): void {
  const entries = value as readonly unknown[];
  if (entries.length < minItems) report({ path, message: `at least ${minItems} ${minItems === 1 ? "item is" : "items are"} needed` });
  entries.forEach((item, index) => {
    validate(items, { value: item, path: [...path, index], report });
  });
}

function checkObject(schema: Schema & { kind: "object" }, { value, path, report }: Place): void {
  const given = value as Readonly<Record<string, unknown>>;
  let sound = true;
  const own: Report = (misfit) => {
    sound = false;
    report(misfit);
  };
  for (const [name, field] of Object.entries(given)) {
    const known = Object.hasOwn(schema.fields, name) ? schema.fields[name] : undefined;
    if (known) validate(known, { value: field, path: [...path, name], report: own });
    else own(unknownField(name, path, Object.keys(schema.fields)));
  }
  for (const name of schema.required) if (!Object.hasOwn(given, name)) own({ path, message: `the field ${name} is missing` });
  if (sound) for (const { holds, message } of schema.rules) if (!holds(given)) report({ path, message });
}

function unknownField(name: string, path: Path, known: readonly string[]): Misfit {
  const near = nearestName(name, known);
  return { path: [...path, name], message: "there is no such field", hint: near && `did you mean ${near}?` };
}

function fits(schema: Schema, value: unknown): boolean {
  switch (schema.kind) {
    case "string":
      return typeof value === "string";
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "quantity":
      return typeof value === "number" || (typeof value === "string" && matches(quantityPattern, value));
    case "list":
      return Array.isArray(value);
    case "map":
    case "object":
    case "freeObject":
      return isRecord(value);
    case "any":
      return value !== undefined;
  }
}

/** Reports everything in a value that the API server would refuse or drop, by the same schema. */
export function validate(schema: Schema, place: Place): void {
  const { value, path, report } = place;
  if (!fits(schema, value)) {
    report({ path, message: `must be ${words[schema.kind]}, not ${shown(value)}`, hint: conversion(schema, value) });
    return;
  }
  if (schema.kind === "string") checkString(schema, place);
  else if (schema.kind === "integer" || schema.kind === "number") checkNumber(schema, place);
  else if (schema.kind === "list") checkList(schema, place);
  else if (schema.kind === "object") checkObject(schema, place);
  else if (schema.kind === "map" && isRecord(value))
    for (const [name, item] of Object.entries(value)) validate(schema.values, { value: item, path: [...path, name], report });
}
