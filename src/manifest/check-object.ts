import { apiGroup, customKinds } from "./crds/kinds.ts";
import { anyValue, integer, list, map, object, string } from "./crds/schema.ts";
import { nearestName } from "./nearest-name.ts";
import { isRecord, type Misfit, shown, validate } from "./validate.ts";

/** What the API server keeps of an object's metadata. */
const metadata = object({
  name: string(),
  generateName: string(),
  namespace: string(),
  labels: map(string()),
  annotations: map(string()),
  finalizers: list(string()),
  ownerReferences: list(anyValue()),
  managedFields: list(anyValue()),
  uid: string(),
  resourceVersion: string(),
  generation: integer(),
  creationTimestamp: anyValue(),
  deletionTimestamp: anyValue(),
  deletionGracePeriodSeconds: integer(),
  selfLink: string(),
});

const dnsName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** A label's value: at most 63 characters, letters and digits at both ends. */
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

type Fields = Readonly<Record<string, unknown>>;

function checkName(value: Fields): Misfit[] {
  const { name, namespace } = value;
  const misfits: Misfit[] = [];
  if (name === undefined) misfits.push({ path: ["metadata"], message: "the field name is missing" });
  else if (typeof name === "string" && (name.length > 253 || !dnsName.test(name)))
    misfits.push({ path: ["metadata", "name"], message: `${shown(name)} is not a name: use lower-case letters, digits, "-" and "."` });
  if (typeof namespace === "string" && (namespace.length > 63 || !dnsName.test(namespace) || namespace.includes(".")))
    misfits.push({ path: ["metadata", "namespace"], message: `${shown(namespace)} is not the name of a namespace` });
  return misfits;
}

function checkLabels({ labels }: Fields): Misfit[] {
  if (!isRecord(labels)) return [];
  return Object.entries(labels)
    .filter(([, value]) => typeof value === "string" && !labelValue.test(value))
    .map(([key, value]) => ({ path: ["metadata", "labels", key], message: `${shown(value)} cannot be the value of a label` }));
}

function checkMetadata(value: unknown): Misfit[] {
  if (value === undefined) return [{ path: [], message: "the field metadata is missing" }];
  const misfits: Misfit[] = [];
  validate(metadata, { value, path: ["metadata"], report: (misfit) => void misfits.push(misfit) });
  return isRecord(value) ? [...misfits, ...checkName(value), ...checkLabels(value)] : misfits;
}

function checkKind(value: Fields): Misfit[] {
  const { apiVersion, kind } = value;
  const misfits: Misfit[] = [];
  for (const [name, field] of Object.entries({ apiVersion, kind })) {
    if (field === undefined) misfits.push({ path: [], message: `the field ${name} is missing` });
    else if (typeof field !== "string" || field === "") misfits.push({ path: [name], message: `must be a string, not ${shown(field)}` });
  }
  return misfits;
}

/** Objects of other groups are for the API server to judge. */
function checkCustom(value: Fields, group: string, version: string): Misfit[] {
  const kinds = customKinds.map(({ kind }) => kind);
  const known = customKinds.find(({ kind }) => kind === value.kind);
  const near = nearestName(String(value.kind), kinds);
  if (!known) return [{ path: ["kind"], message: `${group} has no kind ${shown(value.kind)}`, hint: near && `did you mean ${near}?` }];
  if (version !== "v1")
    return [{ path: ["apiVersion"], message: `${value.apiVersion} is not read any more`, hint: `write ${group}/v1, and its fields` }];
  const misfits: Misfit[] = [];
  const envelope = object({ apiVersion: string(), kind: string(), metadata: anyValue(), spec: known.spec, status: anyValue() }, ["spec"]);
  validate(envelope, { value, path: [], report: (misfit) => void misfits.push(misfit) });
  return misfits;
}

/** Everything that is wrong with one object of a manifest, by the schema of its kind. */
export function checkObject(value: unknown): Misfit[] {
  if (!isRecord(value)) return [{ path: [], message: `a document must be an object, not ${shown(value)}` }];
  const misfits = checkKind(value);
  if (misfits.length > 0) return misfits;
  const [group = "", version = ""] = String(value.apiVersion).split("/");
  return [...checkMetadata(value.metadata), ...(group === apiGroup ? checkCustom(value, group, version) : [])];
}
