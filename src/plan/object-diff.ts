import type { KubeObject } from "../model/kube.ts";
import type { FieldChange } from "../model/plan.ts";
import { parseQuantity } from "../model/units.ts";

// What a server-side apply of `desired` would change in `live`.
// 1. Only what we set counts: the API server and others add fields of their own, and those stay.
// 2. The lists that Kubernetes merges are compared entry by entry, and what others added to them stays; every other list is one value, that
//    counts as a whole, in its order and with every field of its entries. So does one whose entries cannot be told apart.
// 3. Quantities count by their worth ("1Gi" is "1024Mi"); an empty object or list is as good as none, and so is an empty text where the API
//    server drops it: everywhere but in maps of texts.
// 4. What we set before (by the field manager's record) and no longer want is removed.
// Values of Secrets never come out: a change there shows its key alone.

type Json = unknown;
type Fields = Readonly<Record<string, Json>>;

const isRecord = (value: Json): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

const isEmpty = (value: Json): boolean =>
  value === undefined || value === null || (Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0);

/** Kubernetes' mergeable lists by where they stand, and the fields that tell their entries apart (its `listMapKey`s). */
const mergeable: readonly (readonly [path: RegExp, keys: readonly string[]])[] = [
  [/(^|\.)ownerReferences$/, ["uid"]],
  [/\.(containers|initContainers|volumes|env|imagePullSecrets)$/, ["name"]],
  [/\.volumeMounts$/, ["mountPath"]],
  [/\.containers\[[^\]]*\]\.ports$/, ["containerPort", "protocol"]],
  [/^spec\.ports$/, ["port", "protocol"]],
  [/\.topologySpreadConstraints$/, ["topologyKey", "whenUnsatisfiable"]],
  [/\.hostAliases$/, ["ip"]],
];

/** What the API server fills in where it is left out, and takes for a part of an entry's key. */
const keyDefaults: Fields = { protocol: "TCP" };

/** How an entry is called: the fields of its key, without those that say what goes without saying. */
const nameOf = (entry: Fields, keys: readonly string[]): string =>
  keys
    .map((key) => entry[key] ?? keyDefaults[key])
    .filter((value, at) => value !== keyDefaults[keys[at] ?? ""])
    .join(",");

type Named = { readonly name: string; readonly entry: Fields };

/** The entries by their names; undefined where one has no key, or two have the same. */
function namedEntries(list: readonly Json[], keys: readonly string[]): Named[] | undefined {
  const named = list.filter(isRecord).map((entry) => ({ name: nameOf(entry, keys), entry }));
  const names = new Set(named.map(({ name }) => name));
  return names.has("") || names.size < list.length ? undefined : named;
}

const isAmount = /\.(limits|requests)\.|\.sizeLimit$/;

/** Quantities, wherever they stand, tell themselves by their unit; "0.5" and "2.0" by their place alone. */
function sameScalar(want: Json, have: Json, path: string): boolean {
  if (want === have) return true;
  if ((typeof want !== "string" && typeof want !== "number") || (typeof have !== "string" && typeof have !== "number")) return false;
  if (typeof want === typeof have && !isAmount.test(path) && !/[a-zA-Z]$/.test(String(want))) return false;
  const [a, b] = [parseQuantity(String(want)), parseQuantity(String(have))];
  // a thousandth is no exact number
  return a !== undefined && b !== undefined && Math.abs(a - b) <= 1e-9 * Math.abs(a);
}

function compareLists(want: readonly Json[], have: Json, path: string): FieldChange[] {
  const present = Array.isArray(have) ? (have as Json[]) : [];
  const keys = mergeable.find(([place]) => place.test(path))?.[1];
  const [wanted, found] = keys === undefined ? [] : [namedEntries(want, keys), namedEntries(present, keys)];
  if (wanted !== undefined && found !== undefined) {
    const byName = new Map(found.map(({ name, entry }) => [name, entry]));
    return wanted.flatMap(({ name, entry }) => compare(entry, byName.get(name), `${path}[${name}]`));
  }
  const isSame =
    want.length === present.length && want.every((entry, index) => compare(entry, present[index], `${path}[${index}]`).length === 0);
  const isMore = !filledIn.test(path) && want.some((entry, index) => hasMore(present[index], entry));
  return isSame && !isMore ? [] : [{ path, ...(isEmpty(have) ? {} : { from: have }), to: want }];
}

/** A list that is one value, but whose entries the API server adds fields to. */
const filledIn = /^spec\.volumeClaimTemplates$/;

/** Something in a value that is not wanted there. */
function hasMore(have: Json, want: Json): boolean {
  if (Array.isArray(have)) return have.some((entry, index) => hasMore(entry, Array.isArray(want) ? want[index] : undefined));
  if (!isRecord(have)) return !isEmpty(have) && want === undefined;
  return Object.entries(have).some(([name, value]) => hasMore(value, isRecord(want) ? want[name] : undefined));
}

const inMapOfTexts = /(^|\.)(labels|annotations|matchLabels|nodeSelector|data)\./;

function compare(want: Json, have: Json, path: string): FieldChange[] {
  if (isEmpty(want) && isEmpty(have)) return [];
  if (isRecord(want)) {
    if (!isRecord(have)) return [{ path, ...(isEmpty(have) ? {} : { from: have }), to: want }];
    return Object.entries(want).flatMap(([name, value]) => compare(value, have[name], path === "" ? name : `${path}.${name}`));
  }
  if (Array.isArray(want)) return compareLists(want, have, path);
  if (want === "" && have === undefined && !inMapOfTexts.test(path)) return [];
  return sameScalar(want, have, path) ? [] : [{ path, ...(have === undefined ? {} : { from: have }), to: want }];
}

type Managed = { manager?: string; operation?: string; subresource?: string; fieldsV1?: Fields };

/** The way to a value: the names of fields, and of an entry of a list the fields that tell it apart. */
type Way = readonly (string | Fields)[];

/** Leaves of a managed-fields set: `f:name` is a field, `k:{"name":"x"}` an entry of a list, `.` the thing itself. */
function ownedWays(fields: Fields, way: Way = []): Way[] {
  const children = Object.entries(fields).filter(([key]) => key !== ".");
  if (children.length === 0) return [way];
  return children.flatMap(([key, value]) => {
    const inner = isRecord(value) ? value : {};
    if (key.startsWith("f:")) return ownedWays(inner, [...way, key.slice(2)]);
    return key.startsWith("k:") ? ownedWays(inner, [...way, JSON.parse(key.slice(2)) as Fields]) : [];
  });
}

const isEntry = (key: Fields, entry: Json): boolean =>
  isRecord(entry) && Object.entries(key).every(([field, value]) => (entry[field] ?? keyDefaults[field]) === value);

const lookUp = (value: Json, way: Way): Json =>
  way.reduce<Json>((current, step) => {
    if (typeof step === "string") return isRecord(current) ? current[step] : undefined;
    return Array.isArray(current) ? current.find((entry) => isEntry(step, entry)) : undefined;
  }, value);

const pathOf = (way: Way): string =>
  way
    .map((step) => (typeof step === "string" ? `.${step}` : `[${nameOf(step, Object.keys(step))}]`))
    .join("")
    .replace(/^\./, "");

/** The first part of the way that is not wanted any more: an entry of a list goes as a whole. */
function removedWay(desired: KubeObject, way: Way): Way {
  const at = way.findIndex((_, index) => typeof way[index] !== "string" && isEmpty(lookUp(desired, way.slice(0, index + 1))));
  return at < 0 ? way : way.slice(0, at + 1);
}

function removedFields(desired: KubeObject, live: KubeObject, manager: string): FieldChange[] {
  const record = (live.metadata as { managedFields?: Managed[] }).managedFields?.find(
    (entry) => entry.manager === manager && entry.operation === "Apply" && entry.subresource === undefined,
  );
  const gone = ownedWays(record?.fieldsV1 ?? {}).filter((way) => isEmpty(lookUp(desired, way)) && !isEmpty(lookUp(live, way)));
  const ways = new Map(gone.map((way) => removedWay(desired, way)).map((way) => [pathOf(way), way]));
  return [...ways].map(([path, way]) => ({ path, from: lookUp(live, way) }));
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
