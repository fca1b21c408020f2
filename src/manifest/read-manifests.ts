import type { KubeObject } from "../model/kube.ts";
import type { Path, Problem } from "../model/problem.ts";
import { checkObject } from "./check-object.ts";
import { type ManifestDocument, problemAt } from "./manifest-document.ts";
import { splitDocuments } from "./split-documents.ts";
import { isRecord } from "./validate.ts";
import { locate, plainValue, readYamlTree, type YamlNode } from "./yaml-tree.ts";

export type Source = { /** The file, "-" for standard input. */ readonly name: string; readonly text: string };

export type Manifests = { readonly documents: readonly ManifestDocument[]; readonly problems: readonly Problem[] };

const maxCharacters = 10_000_000;
/** More problems than a person reads. */
const maxProblems = 100;

/** Lines by offset, found by halving. */
function lineCounter(text: string, first: number): (at: number) => number {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (at) => {
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

function readSource({ name, text }: Source): Manifests {
  const documents: ManifestDocument[] = [];
  const problems: Problem[] = [];
  const whole = { source: name, index: 0, lineOf: () => undefined };
  if (text.length > maxCharacters)
    return { documents, problems: [problemAt(whole, [], { message: `the file is larger than ${maxCharacters / 1e6} MB` })] };
  let index = 0;
  for (const chunk of splitDocuments(text.replace(/^\uFEFF/, ""))) {
    const lineAt = lineCounter(chunk.text, chunk.line);
    const { documents: nodes, faults } = readYamlTree(chunk.text);
    for (const { at, path, ...wrong } of faults)
      problems.push(problemAt({ source: name, index: index + 1, lineOf: () => lineAt(at) }, path, wrong));
    if (nodes.length === 0 && faults.length > 0) index += 1;
    for (const node of nodes) {
      index += 1;
      for (const { value, prefix } of partsOf(node)) {
        const place = { source: name, index, lineOf: (path: Path) => lineAt(locate(node, [...prefix, ...path])) };
        const found = checkObject(value).map(({ path, ...wrong }) => problemAt(place, path, wrong));
        problems.push(...found);
        if (isObject(value))
          documents.push({ ...place, line: place.lineOf([]), object: value, valid: found.length === 0 && faults.length === 0 });
      }
    }
  }
  return { documents, problems };
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
    const found = checkObject(object).map(({ path, ...wrong }) => problemAt(place, path, wrong));
    problems.push(...found);
    return { ...place, object, valid: found.length === 0 };
  });
  return { documents, problems: limited(problems) };
}
