import type { Path, Problem } from "../model/problem.ts";
import { type ManifestDocument, problemAt } from "./manifest-document.ts";
import { type Unsupported, unsupportedFields } from "./unsupported.ts";
import { isRecord } from "./validate.ts";

/** "a[].b[c.d]" → a, [], b, c.d */
const stepsOf = (path: string): string[] => [...path.matchAll(/\[\]|\[([^\]]+)\]|[^.[\]]+/g)].map(([whole, named]) => named ?? whole);

/** Every place in a value that a path of the table stands for. */
function placesOf(value: unknown, steps: readonly string[], path: Path = []): { readonly path: Path; readonly value: unknown }[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [{ path, value }];
  if (step === "[]") return Array.isArray(value) ? value.flatMap((item, index) => placesOf(item, rest, [...path, index])) : [];
  return isRecord(value) && Object.hasOwn(value, step) ? placesOf(value[step], rest, [...path, step]) : [];
}

const refused = (document: ManifestDocument, { path, except = [], reason }: Unsupported): Problem[] =>
  placesOf(document.object, stepsOf(path))
    .filter(({ value }) => !except.includes(value))
    .map(({ path: place }) => problemAt(document, place, { message: `not supported by this version: ${reason}` }));

/** Fields that this version would pass over are refused by name. */
export const checkUnsupported = (document: ManifestDocument): Problem[] =>
  unsupportedFields.filter(({ kind }) => kind === document.object.kind).flatMap((field) => refused(document, field));
