import type { KubeObject } from "../model/kube.ts";
import type { Path, Problem } from "../model/problem.ts";
import { checkObject } from "./check-object.ts";
import { type ManifestDocument, problemAt } from "./manifest-document.ts";
import { type Chunk, splitDocuments } from "./split-documents.ts";
import { isRecord } from "./validate.ts";
import { locate, plainValue, readYamlTree, type YamlNode } from "./yaml-tree.ts";

export type Source = { /** The file, "-" for standard input. */ readonly name: string; readonly text: string };

export type Manifests = { readonly documents: readonly ManifestDocument[]; readonly problems: readonly Problem[] };

const maxCharacters = 10_000_000;
const maxDocuments = 10_000;
/** More problems than a person reads. */
const maxProblems = 100;

/** Lines by offset, found by halving. */
function lineCounter(text: string, first: number): (at: number) => number {
  let starts: readonly number[] | undefined;
  return (at) => {
    starts ??= [0, ...text.matchAll(/\n/g).map(({ index }) => index + 1)];
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return first + low;
  };
}

type Part = { readonly node: YamlNode; readonly value: unknown; readonly prefix: Path };

/** The objects of a document: itself, or the items of a List. */
function partsOf(node: YamlNode): Part[] {
  const value = plainValue(node);
  if (!isRecord(value) || value.kind !== "List" || value.apiVersion !== "v1" || !Array.isArray(value.items))
    return [{ node, value, prefix: [] }];
  return value.items.map((item, index) => ({ node, value: item, prefix: ["items", index] }));
}

type Reading = { readonly name: string; readonly documents: ManifestDocument[]; readonly problems: Problem[]; index: number };

/** One document of a text, with everything in it. */
function readDocument(reading: Reading, { node, lineAt, sound }: { node: YamlNode; lineAt: (at: number) => number; sound: boolean }): void {
  const { name, documents, problems, index } = reading;
  for (const { value, prefix } of partsOf(node)) {
    const place = { source: name, index, lineOf: (path: Path) => lineAt(locate(node, [...prefix, ...path])) };
    const found = checkObject(value);
    for (const { path, ...wrong } of found) problems.push(problemAt(place, path, wrong));
    if (isObject(value)) documents.push({ ...place, line: place.lineOf([]), object: value, valid: found.length === 0 && sound });
  }
}

function readChunk(reading: Reading, chunk: Chunk): void {
  const lineAt = lineCounter(chunk.text, chunk.line);
  const { documents, faults } = readYamlTree(chunk.text);
  for (const { at, path, ...wrong } of faults)
    reading.problems.push(problemAt({ source: reading.name, index: reading.index + 1, lineOf: () => lineAt(at) }, path, wrong));
  if (documents.length === 0 && faults.length > 0) reading.index += 1;
  for (const node of documents) {
    reading.index += 1;
    readDocument(reading, { node, lineAt, sound: faults.length === 0 });
  }
}

function readSource({ name, text }: Source): Manifests {
  const reading: Reading = { name, documents: [], problems: [], index: 0 };
  const refuse = (message: string) =>
    reading.problems.unshift(problemAt({ source: name, index: 0, lineOf: () => undefined }, [], { message }));
  if (text.length > maxCharacters) {
    refuse(`the file is larger than ${maxCharacters / 1e6} MB`);
    return reading;
  }
  let chunks = 0;
  for (const chunk of splitDocuments(text.replace(/^\uFEFF/, ""))) {
    chunks += 1;
    if (chunks > maxDocuments) {
      refuse(`the file has more than ${maxDocuments} documents`);
      break;
    }
    readChunk(reading, chunk);
  }
  return reading;
}

const isObject = (value: unknown): value is KubeObject =>
  isRecord(value) &&
  typeof value.apiVersion === "string" &&
  typeof value.kind === "string" &&
  isRecord(value.metadata) &&
  typeof value.metadata.name === "string";

function limited(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= maxProblems) return problems;
  const more = { source: problems[maxProblems]?.source ?? "", index: 0, lineOf: () => undefined };
  const rest = `and ${problems.length - maxProblems} more problems`;
  return [...problems.slice(0, maxProblems), problemAt(more, [], { message: rest })];
}

/**
 * The objects of YAML and JSON texts, read as kubectl reads them and checked against the schemas of our own kinds, and everything that is wrong
 * with them. Documents that are wrong but name themselves are among the results (`valid: false`). Never throws.
 */
export function readManifests(sources: readonly Source[]): Manifests {
  const read = sources.map(readSource);
  return { documents: read.flatMap(({ documents }) => documents), problems: limited(read.flatMap(({ problems }) => problems)) };
}

/** Objects of the cluster as documents, checked in the same way; a problem names the object in place of a file. */
export function documentsOf(objects: readonly KubeObject[]): Manifests {
  const problems: Problem[] = [];
  const documents = objects.map((object): ManifestDocument => {
    const { namespace, name } = object.metadata;
    const source = `${object.kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
    const place = { source, index: 1, lineOf: () => undefined };
    const found = checkObject(object);
    for (const { path, ...wrong } of found) problems.push(problemAt(place, path, wrong));
    return { ...place, object, valid: found.length === 0 };
  });
  return { documents, problems: limited(problems) };
}
