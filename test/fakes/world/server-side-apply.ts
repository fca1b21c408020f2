import { isDeepStrictEqual } from "node:util";

// Kubernetes' server-side apply, as far as our objects need it: who owns which field, keyed lists, and fields that go when nobody wants them.

import { AppError } from "../../../src/model/errors.ts";

export type Fields = { [key: string]: Fields };
type Json = Record<string, unknown>;

const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** Lists that are merged by keys rather than replaced. Custom resources' lists are replaced. */
function listKeys(name: string, list: readonly unknown[]): readonly string[] | undefined {
  const [first] = list;
  if (!isRecord(first)) return undefined;
  switch (name) {
    case "containers":
    case "initContainers":
    case "volumes":
    case "env":
    case "imagePullSecrets":
      return ["name"];
    case "ports":
      if (first.containerPort !== undefined) return ["containerPort", "protocol"];
      return first.targetPort !== undefined || first.name !== undefined ? ["port", "protocol"] : undefined;
    case "volumeMounts":
      return ["mountPath"];
    case "ownerReferences":
      return ["uid"];
    case "topologySpreadConstraints":
      return ["topologyKey", "whenUnsatisfiable"];
    case "hostAliases":
      return ["ip"];
    case "conditions":
      return ["type"];
    default:
      return undefined;
  }
}

function keyOf(entry: unknown, keys: readonly string[]): string {
  const values: Json = { ...(keys.includes("protocol") ? { protocol: "TCP" } : {}), ...(isRecord(entry) ? entry : {}) };
  return `k:${JSON.stringify(Object.fromEntries(keys.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]]))))}`;
}

/** The fields a document sets, as `managedFields` records them. */
export function fieldsOf(value: unknown, custom: boolean, name = ""): Fields {
  if (Array.isArray(value)) {
    const keys = custom && name !== "ownerReferences" ? undefined : listKeys(name, value);
    if (keys === undefined) return {};
    if (new Set(value.map((entry) => keyOf(entry, keys))).size < value.length)
      throw new AppError("Invalid", `failed to create typed patch object: .${name}: duplicate entries for key`);
    return Object.fromEntries(value.map((entry) => [keyOf(entry, keys), { ".": {}, ...fieldsOf(entry, custom) }]));
  }
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined && inner !== null)
      .map(([key, inner]) => [`f:${key}`, fieldsOf(inner, custom, key)]),
  );
}

/** `live` with what `wanted` says; nothing is taken away. */
export function merged(live: unknown, wanted: unknown, custom: boolean, name = ""): unknown {
  if (isRecord(wanted)) {
    const base = isRecord(live) ? live : {};
    const changes = Object.entries(wanted).filter(([, value]) => value !== undefined && value !== null);
    return { ...base, ...Object.fromEntries(changes.map(([key, value]) => [key, merged(base[key], value, custom, key)])) };
  }
  if (!Array.isArray(wanted)) return wanted;
  const keys = custom && name !== "ownerReferences" ? undefined : listKeys(name, wanted);
  if (keys === undefined) return wanted;
  const present = Array.isArray(live) ? live : [];
  const byKey = new Map(present.map((entry) => [keyOf(entry, keys), entry]));
  const changed = new Map(wanted.map((entry) => [keyOf(entry, keys), merged(byKey.get(keyOf(entry, keys)), entry, custom)]));
  return [
    ...present.map((entry) => changed.get(keyOf(entry, keys)) ?? entry),
    ...[...changed].filter(([key]) => !byKey.has(key)).map(([, entry]) => entry),
  ];
}

const isLeaf = (fields: Fields): boolean => Object.keys(fields).every((key) => key === ".");

/** `live` without what was owned before and is wanted no more, unless somebody else owns it too. */
export function without(live: unknown, before: Fields, now: Fields, others: readonly Fields[]): unknown {
  if (Array.isArray(live)) {
    const keyed = Object.keys(before).find((key) => key.startsWith("k:"));
    if (keyed === undefined) return live;
    const keys = Object.keys(JSON.parse(keyed.slice(2)) as Json);
    return live.flatMap((entry) => {
      const key = keyOf(entry, keys);
      const owned = before[key];
      if (owned === undefined) return [entry];
      if (now[key] === undefined && !others.some((fields) => fields[key])) return [];
      return [without(entry, owned, now[key] ?? {}, inside(others, key))];
    });
  }
  if (!isRecord(live)) return live;
  return Object.fromEntries(
    Object.entries(live).flatMap(([key, value]) => {
      const owned = before[`f:${key}`];
      if (owned === undefined) return [[key, value]];
      const wanted = now[`f:${key}`];
      const kept = inside(others, `f:${key}`);
      if (wanted === undefined && kept.length === 0 && (isLeaf(owned) || !isRecord(value))) return [];
      const rest = without(value, owned, wanted ?? {}, kept);
      const emptied = wanted === undefined && isRecord(rest) && Object.keys(rest).length === 0;
      return emptied ? [] : [[key, rest]];
    }),
  );
}

const inside = (others: readonly Fields[], key: string): Fields[] => others.flatMap((fields) => fields[key] ?? []);

/** Fields that another owns and that would get another value: ".spec.replicas". Lists are one value each. */
export function conflictsOf(theirs: Fields, wanted: unknown, live: unknown, path = ""): string[] {
  if (!isRecord(wanted)) return [];
  return Object.entries(theirs).flatMap(([key, inner]) => {
    const name = key.slice(2);
    const want = key.startsWith("f:") ? wanted[name] : undefined;
    if (want === undefined || want === null) return [];
    const have = isRecord(live) ? live[name] : undefined;
    if (isRecord(want)) return conflictsOf(inner, want, have, `${path}.${name}`);
    return isDeepStrictEqual(want, have) ? [] : [`${path}.${name}`];
  });
}

/** Without what both own: another manager's fields that were taken by force. */
export function surrendered(fields: Fields, taken: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, inner]) => {
      const other = taken[key];
      if (other === undefined) return [[key, inner]];
      const rest = surrendered(inner, other);
      return Object.keys(rest).length === 0 ? [] : [[key, rest]];
    }),
  );
}
