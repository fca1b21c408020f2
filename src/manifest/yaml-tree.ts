import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from "js-yaml";
import type { Path } from "../model/problem.ts";
import { resolvePlain, resolveTagged } from "./resolve-scalar.ts";

/** A document with the place of everything in it: offsets into its text. Anchors are resolved, so that parts may be shared. */
export type YamlNode = { readonly at: number } & (
  | { readonly kind: "scalar"; readonly value: string | number | boolean | null }
  | { readonly kind: "sequence"; readonly items: readonly YamlNode[] }
  | { readonly kind: "mapping"; readonly entries: readonly Entry[] }
);

export type Entry = { readonly key: string; readonly at: number; readonly value: YamlNode };

export type Fault = { readonly at: number; readonly path: Path; readonly message: string; readonly hint?: string };

/** A document with more values than this, its aliases written out, is refused. */
const maxNodes = 200_000;
const maxDepth = 100;
const tooDeep = `the document has more than ${maxDepth} levels within each other`;

type State = {
  readonly text: string;
  readonly events: readonly Event[];
  readonly faults: Fault[];
  readonly anchors: Map<string, Anchor | "open">;
  next: number;
  /** Values so far. */
  size: number;
  /** Levels above the present value, and the most there were since the last anchor began. */
  depth: number;
  deepest: number;
};

type Anchor = { readonly node: YamlNode; readonly size: number; readonly height: number };

const nothing = (at: number): YamlNode => ({ kind: "scalar", at, value: null });

/** Ends the reading of a document that is made to exhaust its reader. */
class Exhausting extends Error {}

function grow(state: State, nodes: number): void {
  state.size += nodes;
  if (state.size > maxNodes) throw new Exhausting(`the document has more than ${maxNodes} values, its aliases written out`);
}

function descend(state: State, levels: number): void {
  state.deepest = Math.max(state.deepest, state.depth + levels);
  if (state.deepest > maxDepth) throw new Exhausting(tooDeep);
}

type Where = { readonly path: Path /** Where the value would stand if it is empty. */; readonly at: number };

const slice = (state: State, start: number, end: number): string => (start < 0 ? "" : state.text.slice(start, end));

function readScalar(state: State, event: Event & { type: typeof EVENT_ID.SCALAR }, { path, at: otherwise }: Where): YamlNode {
  const at = event.valueStart < 0 ? otherwise : event.valueStart;
  const text = event.valueStart < 0 ? "" : getScalarValue(state.text, event);
  const tag = slice(state, event.tagStart, event.tagEnd);
  if (tag === "" && event.style !== SCALAR_STYLE.PLAIN) return { kind: "scalar", at, value: text };
  const resolved = tag === "" ? resolvePlain(text) : resolveTagged(text, tag);
  if (!resolved.ok) {
    state.faults.push({ at, path, message: resolved.message });
    return nothing(at);
  }
  if (resolved.inexact)
    state.faults.push({ at, path, message: `${text} is too large for a number and would be rounded`, hint: `write "${text}" in quotes` });
  return { kind: "scalar", at, value: resolved.value };
}

function readSequence(state: State, start: number, { path }: Where): YamlNode {
  const items: YamlNode[] = [];
  while (state.events[state.next]?.type !== EVENT_ID.POP) items.push(readNode(state, { path: [...path, items.length], at: start }));
  state.next += 1;
  return { kind: "sequence", at: start, items };
}

const isMergeKey = (state: State, event: Event | undefined): boolean =>
  event?.type === EVENT_ID.SCALAR &&
  event.style === SCALAR_STYLE.PLAIN &&
  event.tagStart < 0 &&
  slice(state, event.valueStart, event.valueEnd) === "<<";

function readMapping(state: State, start: number, { path }: Where): YamlNode {
  const own = new Map<string, Entry>();
  const merged = new Map<string, Entry>();
  for (let event = state.events[state.next]; event && event.type !== EVENT_ID.POP; event = state.events[state.next]) {
    const merge = isMergeKey(state, event);
    const key = readNode(state, { path, at: start });
    const name = key.kind === "scalar" && key.value !== null ? String(key.value) : undefined;
    const value = readNode(state, { path: name === undefined || merge ? path : [...path, name], at: key.at });
    if (merge) readMerge(state, { path, at: key.at, value, own, merged });
    else if (name === undefined) state.faults.push({ at: key.at, path, message: "the name of a field must be a text" });
    // no name in Kubernetes may begin so, and what passes an object on may lose it
    else if (name === "__proto__") state.faults.push({ at: key.at, path: [...path, name], message: "nothing has a field of this name" });
    else if (own.has(name)) state.faults.push({ at: key.at, path: [...path, name], message: "this field is given twice" });
    else own.set(name, { key: name, at: key.at, value });
  }
  state.next += 1;
  const inherited = [...merged.values()].filter(({ key }) => !own.has(key));
  return { kind: "mapping", at: start, entries: [...inherited, ...own.values()] };
}

type Merge = Where & { readonly value: YamlNode; readonly own: ReadonlyMap<string, Entry>; readonly merged: Map<string, Entry> };

function readMerge(state: State, { path, at, value, own, merged }: Merge): void {
  const sources = value.kind === "sequence" ? value.items : [value];
  for (const source of sources) {
    if (source.kind !== "mapping") {
      state.faults.push({ at, path, message: "<< merges mappings, or a list of mappings" });
      continue;
    }
    grow(state, source.entries.length);
    for (const entry of source.entries) {
      // kubectl lets the merge win here, YAML the field
      if (own.has(entry.key))
        state.faults.push({
          at,
          path: [...path, entry.key],
          message: "this field stands before the << that also has it",
          hint: "put << first",
        });
      if (!merged.has(entry.key)) merged.set(entry.key, entry);
    }
  }
}

function readAlias(state: State, event: Event & { type: typeof EVENT_ID.ALIAS }, { path, at }: Where): YamlNode {
  const name = slice(state, event.anchorStart, event.anchorEnd);
  const found = state.anchors.get(name);
  if (found !== undefined && found !== "open") {
    grow(state, found.size);
    descend(state, found.height);
    return found.node;
  }
  const message = found === "open" ? `the anchor &${name} contains itself` : `there is no anchor &${name}`;
  state.faults.push({ at: event.anchorStart, path, message });
  return nothing(at);
}

function readNode(state: State, where: Where): YamlNode {
  const event = state.events[state.next];
  state.next += 1;
  if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return nothing(where.at);
  if (event.type === EVENT_ID.ALIAS) return readAlias(state, event, where);
  grow(state, 1);
  const anchor = slice(state, event.anchorStart, event.anchorEnd);
  if (anchor === "") return readValue(state, event, where);
  const { size, deepest } = state;
  state.anchors.set(anchor, "open");
  state.deepest = state.depth;
  const node = readValue(state, event, where);
  state.anchors.set(anchor, { node, size: state.size - size + 1, height: state.deepest - state.depth });
  state.deepest = Math.max(state.deepest, deepest);
  return node;
}

type ValueEvent = Exclude<Event, { type: typeof EVENT_ID.ALIAS | typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>;

function readValue(state: State, event: ValueEvent, where: Where): YamlNode {
  if (event.type === EVENT_ID.SCALAR) return readScalar(state, event, where);
  state.depth += 1;
  descend(state, 0);
  const node = event.type === EVENT_ID.SEQUENCE ? readSequence(state, event.start, where) : readMapping(state, event.start, where);
  state.depth -= 1;
  return node;
}

function readDocuments(state: State): YamlNode[] {
  const documents: YamlNode[] = [];
  while (state.next < state.events.length) {
    state.anchors.clear();
    // the document's own event, then its content, which an empty document lacks
    const event = state.events[state.next];
    state.next += 1;
    if (event?.type !== EVENT_ID.DOCUMENT) continue;
    if (state.events[state.next]?.type === EVENT_ID.POP) continue;
    documents.push(readNode(state, { path: [], at: 0 }));
  }
  return documents;
}

/** The documents of a text without its empty ones, and everything that kubectl would refuse or misread; after a fault in the syntax, none. */
export function readYamlTree(text: string): { readonly documents: readonly YamlNode[]; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  try {
    const events = parseEvents(text, { maxDepth });
    const documents = readDocuments({ text, events, faults, anchors: new Map(), next: 0, size: 0, depth: 0, deepest: 0 });
    return { documents: documents.filter((node) => node.kind !== "scalar" || node.value !== null), faults };
  } catch (error) {
    return { documents: [], faults: [...faults, faultOf(error)] };
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof Exhausting) return { at: 0, path: [], message: error.message };
  if (!(error instanceof YAMLException)) throw error;
  const message = error.reason.includes("maxDepth") ? tooDeep : `not YAML: ${error.reason}`;
  return { at: error.mark?.position ?? 0, path: [], message };
}

/** The value alone. */
export function plainValue(node: YamlNode): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "sequence":
      return node.items.map(plainValue);
    case "mapping":
      // fromEntries makes "__proto__" a field like any other
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]));
  }
}

/** Where the value at a path stands (a field: its name), or the deepest part of the path that is there. */
export function locate(node: YamlNode, path: Path): number {
  let found = node;
  let at = node.at;
  for (const step of path) {
    if (found.kind === "sequence" && typeof step === "number") {
      const item = found.items[step];
      if (!item) return at;
      found = item;
      at = item.at;
    } else if (found.kind === "mapping") {
      const entry = found.entries.find(({ key }) => key === step);
      if (!entry) return at;
      found = entry.value;
      at = entry.at;
    } else return at;
  }
  return at;
}
