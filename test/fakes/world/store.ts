import { isDeepStrictEqual } from "node:util";
import { AppError } from "../../../src/model/errors.ts";
import { toInstant } from "../../../src/model/instant.ts";
import type { KubeObject, ObjectMeta, ObjectRef, Resource } from "../../../src/model/kube.ts";
import type { ApplyRequest } from "../../../src/ports/kube.ts";
import { withDefaults } from "./defaults.ts";
import type { FakeClock } from "./fake-clock.ts";
import { refuseUpdate } from "./immutable.ts";
import { conflictsOf, type Fields, fieldsOf, merged, surrendered, without } from "./server-side-apply.ts";

type ManagedFields = { manager: string; operation: "Apply"; subresource?: string; fieldsType: "FieldsV1"; fieldsV1: Fields };
type Meta = ObjectMeta & { managedFields?: ManagedFields[] };

/** Every object of a cluster, with what the API server does to each on its way in. */
export type Store = {
  all(kind?: string): KubeObject[];
  find(kind: string, namespace: string | undefined, name: string): KubeObject | undefined;
  insert(object: KubeObject): KubeObject;
  /** Writes an object over the one that is there, unless it is the same. Throws AppError Invalid for a field that may not change. */
  update(object: KubeObject): KubeObject;
  remove(object: KubeObject): void;
  apply(request: ApplyRequest, namespace: string): KubeObject;
};

const keyOf = (kind: string, namespace: string | undefined, name: string): string => `${kind}/${namespace ?? ""}/${name}`;
const keyOfObject = ({ kind, metadata }: KubeObject): string => keyOf(kind, metadata.namespace, metadata.name);

/** Kinds whose status is a thing of its own, which a write of the rest does not touch. */
const withStatus = new Set([
  "StatefulSet",
  "Pod",
  "PersistentVolumeClaim",
  "PodDisruptionBudget",
  "Kafka",
  "KafkaNodePool",
  "KafkaTopic",
  "KafkaUser",
]);
const withGeneration = new Set([
  "StatefulSet",
  "PodDisruptionBudget",
  "NetworkPolicy",
  "Kafka",
  "KafkaNodePool",
  "KafkaTopic",
  "KafkaUser",
]);

export const notFound = (what: string): AppError => new AppError("NotFound", `${what} does not exist`, { details: { missing: "object" } });

/** The part of a document that a write to this subresource may touch. */
function partOf(object: KubeObject, subresource: string | undefined): KubeObject {
  const { status, ...rest } = object;
  if (subresource !== "status") return (withStatus.has(object.kind) ? rest : object) as KubeObject;
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, metadata: { name: metadata.name, ...(metadata.namespace ? { namespace: metadata.namespace } : {}) }, status };
}

function ownedBy(object: KubeObject, custom: boolean): Fields {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object;
  const { name: _name, namespace: _namespace, ...meta } = metadata;
  return fieldsOf({ metadata: meta, ...rest }, custom);
}

/** Readers share what is stored: nobody may write into it. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

export function newStore(clock: FakeClock, onChange: () => void): Store {
  const objects = new Map<string, KubeObject>();
  let version = 0;
  let uids = 0;
  const put = (object: KubeObject): KubeObject => {
    version += 1;
    const stored = frozen({ ...object, metadata: { ...object.metadata, resourceVersion: String(version) } });
    objects.set(keyOfObject(stored), stored);
    onChange();
    return stored;
  };
  const born = (object: KubeObject): KubeObject => {
    if (objects.has(keyOfObject(object))) throw new AppError("AlreadyExists", `${object.kind} ${object.metadata.name} exists already`);
    uids += 1;
    const metadata = {
      ...object.metadata,
      uid: `uid-${uids}`,
      creationTimestamp: toInstant(clock.now()),
      ...(withGeneration.has(object.kind) ? { generation: 1 } : {}),
    };
    return withDefaults({ ...object, metadata });
  };
  const changed = (object: KubeObject): KubeObject => {
    const live = objects.get(keyOfObject(object));
    if (live === undefined) throw notFound(`${object.kind} ${object.metadata.name}`);
    const next = withDefaults(object);
    refuseUpdate(live, next);
    if (isDeepStrictEqual(next, live)) return live;
    const bumped = withGeneration.has(object.kind) && !isDeepStrictEqual(next.spec, live.spec);
    const generation = bumped ? { generation: (live.metadata.generation ?? 1) + 1 } : {};
    return { ...next, metadata: { ...next.metadata, ...generation } };
  };
  const store: Store = {
    all: (kind) => [...objects.values()].filter((object) => kind === undefined || object.kind === kind),
    find: (kind, namespace, name) => objects.get(keyOf(kind, namespace, name)),
    insert: (object) => put(born(object)),
    update(object) {
      const next = changed(object);
      return next === objects.get(keyOfObject(object)) ? next : put(next);
    },
    remove(object) {
      objects.delete(keyOfObject(object));
      version += 1;
      onChange();
    },
    apply: (request, namespace) =>
      applyTo(request.dryRun ? { ...store, insert: born, update: changed } : store, {
        ...request,
        object: placed(request.object, request.resource, namespace),
      }),
  };
  return store;
}

export function placed(object: KubeObject, resource: Resource, namespace: string): KubeObject {
  if (!resource.namespaced) return object;
  return { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? namespace } };
}

function applyTo(store: Store, { object, resource, fieldManager, force, subresource }: ApplyRequest): KubeObject {
  const custom = resource.group.endsWith("strimzi.io");
  const wanted = partOf(object, subresource);
  const live = store.find(wanted.kind, wanted.metadata.namespace, wanted.metadata.name);
  if (live === undefined && subresource !== undefined) throw notFound(`${wanted.kind} ${wanted.metadata.name}`);
  const fieldsV1 = ownedBy(wanted, custom);
  const entries = (live?.metadata as Meta | undefined)?.managedFields ?? [];
  const isOurs = (entry: ManagedFields): boolean => entry.manager === fieldManager && entry.subresource === subresource;
  const before = entries.find(isOurs)?.fieldsV1 ?? {};
  if (!force)
    refuseConflicts(
      wanted,
      live,
      entries.filter((entry) => !isOurs(entry)),
    );
  const others = entries
    .filter((entry) => !isOurs(entry))
    .map((entry) => (force ? { ...entry, fieldsV1: surrendered(entry.fieldsV1, subtract(fieldsV1, before)) } : entry));
  const own: ManagedFields = {
    manager: fieldManager,
    operation: "Apply",
    ...(subresource ? { subresource } : {}),
    fieldsType: "FieldsV1",
    fieldsV1,
  };
  const managedFields = [...others, own].sort((a, b) => `${a.manager}${a.subresource}`.localeCompare(`${b.manager}${b.subresource}`));
  if (live === undefined) return store.insert({ ...wanted, metadata: { ...wanted.metadata, managedFields } as Meta });
  const kept = without(
    live,
    before,
    fieldsV1,
    others.map((entry) => entry.fieldsV1),
  ) as KubeObject;
  const next = merged(kept, wanted, custom) as KubeObject;
  return store.update({ ...next, metadata: { ...next.metadata, managedFields } as Meta });
}

/** In the words of the real adapter. */
function refuseConflicts(wanted: KubeObject, live: KubeObject | undefined, others: readonly ManagedFields[]): void {
  if (live === undefined) return;
  const found = others.flatMap(({ manager, fieldsV1 }) => conflictsOf(fieldsV1, wanted, live).map((path) => `${path} (${manager})`));
  if (found.length === 0) return;
  const fields = found.join(", ");
  const { kind, metadata } = wanted;
  throw new AppError("Conflict", `${kind} ${metadata.namespace}/${metadata.name} has fields that others manage: ${fields}`, {
    hint: "leave these fields out, or apply with force to take them over",
    details: { fields },
  });
}

/** Fields that are new to this manager: what it may have to take from others. Shared fields stay shared. */
const subtract = (fields: Fields, before: Fields): Fields => surrendered(fields, before);

export const refName = ({ resource, name }: ObjectRef): string => `${resource.kind} ${name}`;
