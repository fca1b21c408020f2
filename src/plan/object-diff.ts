import type { KubeObject } from "../model/kube.ts";
import type { FieldChange } from "../model/plan.ts";
import { parseQuantity } from "../model/units.ts";

// What a server-side apply of `desired` would change in `live`.
// 1. Only what we set counts: the API server and others add fields of their own, and those stay.
// 2. Lists of named things are compared by name, as Kubernetes merges them; other lists as a whole.
// 3. Quantities count by their worth ("1Gi" is "1024Mi"); an empty object or list is as good as none.
// 4. What we set before (by the field manager's record) and no longer want is removed.
// Values of Secrets never come out: a change there shows its key alone.

type Json = unknown;
type Fields = Readonly<Record<string, Json>>;

const isRecord = (value: Json): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

const isEmpty = (value: Json): boolean =>
  value === undefined || value === null || (Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0);

/** Fields that tell the entries of Kubernetes' mergeable lists apart, the first that there is. */
const keyFields = ["name", "containerPort", "uid", "topologyKey"] as const;

function keyOf(entry: Json): string | undefined {
  if (!isRecord(entry)) return undefined;
  const field = keyFields.find((candidate) => entry[candidate] !== undefined);
  return field === undefined ? undefined : String(entry[field]);
}

const isKeyed = (list: readonly Json[]): boolean => list.length > 0 && list.every((entry) => keyOf(entry) !== undefined);

function sameScalar(want: Json, have: Json): boolean {
  if (want === have) return true;
  if ((typeof want !== "string" && typeof want !== "number") || (typeof have !== "string" && typeof have !== "number")) return false;
  const [a, b] = [parseQuantity(String(want)), parseQuantity(String(have))];
  return typeof want !== typeof have || /[a-zA-Z]$/.test(String(want)) ? a !== undefined && a === b : false;
}

function compareLists(want: readonly Json[], have: Json, path: string): FieldChange[] {
  const present = Array.isArray(have) ? (have as Json[]) : [];
  if (isKeyed(want)) {
    const byKey = new Map(present.map((entry) => [keyOf(entry), entry]));
    return want.flatMap((entry) => compare(entry, byKey.get(keyOf(entry)), `${path}[${keyOf(entry)}]`));
  }
  if (want.length !== present.length) return [{ path, ...(isEmpty(have) ? {} : { from: have }), to: want }];
  const inner = want.flatMap((entry, index) => compare(entry, present[index], `${path}[${index}]`));
  return inner.length === 0 ? [] : [{ path, from: have, to: want }];
}

function compare(want: Json, have: Json, path: string): FieldChange[] {
  if (isEmpty(want) && isEmpty(have)) return [];
  if (isRecord(want)) {
    if (!isRecord(have)) return [{ path, ...(isEmpty(have) ? {} : { from: have }), to: want }];
    return Object.entries(want).flatMap(([name, value]) => compare(value, have[name], path === "" ? name : `${path}.${name}`));
  }
  if (Array.isArray(want)) return compareLists(want, have, path);
  return sameScalar(want, have) ? [] : [{ path, ...(have === undefined ? {} : { from: have }), to: want }];
}

type Managed = { manager?: string; operation?: string; subresource?: string; fieldsV1?: Fields };

/** Leaves of a managed-fields set as paths: `f:name` fields and `k:{"name":"x"}` entries; `.` is the thing itself. */
function ownedPaths(fields: Fields, path = ""): string[] {
  const children = Object.entries(fields).filter(([key]) => key !== ".");
  if (children.length === 0) return [path];
  return children.flatMap(([key, value]) => {
    const inner = isRecord(value) ? value : {};
    if (key.startsWith("f:")) return ownedPaths(inner, path === "" ? key.slice(2) : `${path}.${key.slice(2)}`);
    if (key.startsWith("k:")) return ownedPaths(inner, `${path}[${keyOf(JSON.parse(key.slice(2)))}]`);
    return [];
  });
}

function lookUp(value: Json, path: string): Json {
  const parts = path.match(/[^.[\]]+|\[[^\]]*\]/g) ?? [];
  return parts.reduce<Json>((current, part) => {
    if (part.startsWith("[")) return Array.isArray(current) ? current.find((entry) => keyOf(entry) === part.slice(1, -1)) : undefined;
    return isRecord(current) ? current[part] : undefined;
  }, value);
}

/** Paths with dots in a key (labels, annotations) cannot be split again: those maps are compared as wholes. */
const maps = /^((?:.*\.)?(?:labels|annotations|matchLabels|data|nodeSelector))\.(.+)$/;

function removedFields(desired: KubeObject, live: KubeObject, manager: string): FieldChange[] {
  const record = (live.metadata as { managedFields?: Managed[] }).managedFields?.find(
    (entry) => entry.manager === manager && entry.operation === "Apply" && entry.subresource === undefined,
  );
  return ownedPaths(record?.fieldsV1 ?? {}).flatMap((path) => {
    const [, map, key] = maps.exec(path) ?? [];
    const holder = map === undefined || key === undefined ? undefined : { want: lookUp(desired, map), have: lookUp(live, map), key };
    const want = holder ? (holder.want as Fields | undefined)?.[holder.key] : lookUp(desired, path);
    const have = holder ? (holder.have as Fields | undefined)?.[holder.key] : lookUp(live, path);
    return isEmpty(want) && !isEmpty(have) ? [{ path, from: have }] : [];
  });
}

const secretText = /^(data|stringData)(\.|$)/;

const hideSecrets = ({ path, from, to }: FieldChange): FieldChange => {
  if (!secretText.test(path)) return { path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  return { path, ...(from === undefined ? {} : { from: "(secret)" }), ...(to === undefined ? {} : { to: "(secret)" }) };
};

/** The changes that bring `live` to `desired`; none when it is there. `manager`: the field manager we apply as. */
export function objectChanges(desired: KubeObject, live: KubeObject, manager: string): FieldChange[] {
  const { apiVersion: _version, kind, ...wanted } = desired;
  const changes = [...compare(wanted, live, ""), ...removedFields(desired, live, manager)].filter(
    ({ path }) => path !== "metadata.namespace",
  );
  return kind === "Secret" ? changes.map(hideSecrets) : changes;
}
