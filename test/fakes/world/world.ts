import { AppError } from "../../../src/model/errors.ts";
import { toInstant } from "../../../src/model/instant.ts";
import type { KubeObject, ObjectRef, Resource } from "../../../src/model/kube.ts";
import type { OpenKafka } from "../../../src/ports/kafka.ts";
import type { DeleteRequest, KubeApi, ListRequest, PatchRequest } from "../../../src/ports/kube.ts";
import { worldTime } from "../../worlds.ts";
import { type FakeClock, newFakeClock } from "./fake-clock.ts";
import { clusterOf, type FakeKafkaCluster, newKafkaCluster } from "./kafka.ts";
import { type Kubelet, newKubelet, type Times } from "./kubelet.ts";
import { newOperator } from "./operator.ts";
import { reconcileSet, type StatefulSet } from "./stateful-sets.ts";
import { newStore, notFound, placed, refName, type Store } from "./store.ts";

export type WriteVerb = "create" | "apply" | "patch" | "delete" | "evict" | "alter";

/** A change that is about to be made or was just made. */
export type Write = { readonly verb: WriteVerb; readonly what: string; readonly when: "before" | "after"; readonly count: number };

export type FakeWorld = {
  readonly clock: FakeClock;
  readonly kube: KubeApi;
  readonly openKafka: OpenKafka;
  readonly store: Store;
  /** Every change so far: "apply ConfigMap my-cluster-broker". */
  readonly writes: readonly string[];
  /** How many requests were made, reads and changes alike. */
  requests(): number;
  /** Called around each change; what it throws the caller gets. */
  intercept: (write: Write) => void;
  /** Thrown by every request while it is there: the API server, or every broker, does not answer. */
  readonly outage: { kube?: AppError; kafka?: AppError };
  /** What may not be done, and may be asked about: "delete pods", "create pods/eviction". */
  readonly forbidden: Set<string>;
  /** What a disruption budget says to an eviction; undefined: nothing. */
  budget: (pod: string) => string | undefined;
  /** The lines of pods' logs. */
  readonly logs: Map<string, readonly string[]>;
  kafka(cluster: string): FakeKafkaCluster;
  readonly trouble: Kubelet["trouble"];
  /** Lets time pass until every pod is as it will be. */
  settle(): void;
};

export type WorldOptions = {
  readonly objects?: readonly KubeObject[];
  readonly namespace?: string;
  readonly times?: Partial<Times>;
  readonly catchUpMs?: number;
  /** Volumes grow only when their pod restarts. */
  readonly offlineGrowth?: boolean;
  /** Strimzi's custom resources are installed. */
  readonly customResources?: boolean;
  /** An operator looks after pod sets; so often it forgets what it was asked for. */
  readonly operator?: { readonly forgets: number };
};

function matches(selector: string | undefined, labels: Record<string, string> = {}): boolean {
  return (selector ?? "")
    .split(",")
    .filter(Boolean)
    .every((term) => {
      const [key = "", value] = term.split("=");
      return value === undefined ? key in labels : labels[key] === value;
    });
}

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const base = typeof target === "object" && target !== null && !Array.isArray(target) ? { ...(target as Record<string, unknown>) } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete base[key];
    else base[key] = mergePatch(base[key], value);
  }
  return base;
}

const conflict = (what: string): AppError => new AppError("Conflict", `${what} was changed by somebody else meanwhile`);

/**
 * A Kubernetes with a Kafka in it that makes real transitions: what is applied is merged and owned, sets make pods, pods become ready in
 * time, brokers leave and join in-sync sets with their pods. Time passes only while somebody waits.
 */
export function newWorld(options: WorldOptions = {}): FakeWorld {
  const { namespace = "kafka", catchUpMs = 2_000 } = options;
  const times = { startMs: 1_000, readyMs: 2_000, stopMs: 1_000, resizeMs: 3_000, ...options.times };
  const clock = newFakeClock(worldTime);
  const clusters = new Map<string, FakeKafkaCluster>();
  let [busy, again] = [false, false];
  const look = (): void => {
    operator.look();
    for (const set of store.all("StatefulSet")) if (!set.metadata.deletionTimestamp) reconcileSet(store, set as StatefulSet, kubelet.stop);
    collectGarbage(store, kubelet);
    kubelet.look();
    for (const pod of store.all("Pod")) clusterAt(pod.metadata.namespace ?? "", pod.metadata.labels?.["strimzi.io/cluster"] ?? "");
    for (const kafka of clusters.values()) kafka.look();
  };
  const onChange = (): void => {
    again = true;
    if (busy) return;
    busy = true;
    while (again) {
      again = false;
      look();
    }
    busy = false;
  };
  const store = newStore(clock, onChange);
  const kubelet = newKubelet(store, clock, { times, offlineGrowth: options.offlineGrowth ?? false });
  const operator = newOperator(store, clock, { stop: kubelet.stop, forgets: options.operator?.forgets ?? 0 });
  const clusterAt = (where: string, cluster: string): FakeKafkaCluster => {
    const key = `${where}/${cluster}`;
    const kafka = clusters.get(key) ?? newKafkaCluster(store, clock, { namespace: where, cluster, catchUpMs });
    clusters.set(key, kafka);
    return kafka;
  };
  for (const object of options.objects ?? []) store.insert(object);
  const notes = { writes: [] as string[], requests: 0 };
  const world: FakeWorld = {
    clock,
    store,
    writes: notes.writes,
    requests: () => notes.requests,
    intercept: () => {},
    outage: {},
    forbidden: new Set(),
    budget: () => undefined,
    logs: new Map(),
    kafka: (cluster) => clusterAt(namespace, cluster),
    trouble: kubelet.trouble,
    settle: () => clock.advance(600_000),
    kube: undefined as unknown as KubeApi,
    openKafka: async (target) => {
      notes.requests += 1;
      if (world.outage.kafka) throw world.outage.kafka;
      const where = clusterOf(target);
      const kafka = clusterAt(where.namespace, where.cluster);
      const admin = kafka.admin();
      await admin.cluster();
      if (!kafka.accepts(target.security)) throw new AppError("KafkaUnreachable", "TLS: unknown authority");
      const alter =
        <A extends unknown[], R>(what: string, call: (...args: A) => Promise<R>) =>
        (...args: A) =>
          write("alter", what, () => call(...args));
      return {
        ...admin,
        alterConfigs: alter("configs", admin.alterConfigs),
        electLeaders: alter("leaders", admin.electLeaders),
        updateMetadataVersion: alter("metadata version", admin.updateMetadataVersion),
        unregisterBroker: alter("brokers", admin.unregisterBroker),
      };
    },
  };
  const write = async <T>(verb: WriteVerb, what: string, act: () => T | Promise<T>): Promise<T> => {
    notes.requests += 1;
    if (verb !== "alter") refuse(world, verb, what);
    const count = notes.writes.length + 1;
    world.intercept({ verb, what, when: "before", count });
    notes.writes.push(`${verb} ${what}`);
    const result = await act();
    world.intercept({ verb, what, when: "after", count });
    return result;
  };
  const kube = kubeOver({
    world,
    store,
    clock,
    kubelet,
    namespace,
    write,
    count: () => {
      notes.requests += 1;
      if (world.outage.kube) throw world.outage.kube;
    },
    custom: options.customResources ?? true,
  });
  return Object.assign(world, { kube });
}

const plurals: Readonly<Record<string, string>> = { Pod: "pods", ConfigMap: "configmaps", Lease: "leases" };

/** The API server is away, or does not permit it. */
function refuse({ outage, forbidden }: FakeWorld, verb: WriteVerb, what: string): void {
  if (outage.kube) throw outage.kube;
  const plural = plurals[what.split(" ")[0] ?? ""] ?? "";
  const right = verb === "evict" ? `create ${plural}/eviction` : `${verb === "apply" ? "patch" : verb} ${plural}`;
  if (forbidden.has(right)) throw new AppError("Forbidden", `not permitted: ${right}`, { hint: "ask for it" });
}

/** Deletes what nobody owns any more. */
function collectGarbage(store: Store, kubelet: Kubelet): void {
  const uids = new Set(store.all().map(({ metadata }) => metadata.uid));
  for (const object of store.all()) {
    const owners = object.metadata.ownerReferences ?? [];
    if (owners.length === 0 || owners.some(({ uid }) => uids.has(uid))) continue;
    if (object.kind === "Pod") kubelet.stop(object);
    else store.remove(object);
  }
}

type Parts = {
  readonly world: FakeWorld;
  readonly store: Store;
  readonly clock: FakeClock;
  readonly kubelet: Kubelet;
  readonly namespace: string;
  readonly write: <T>(verb: WriteVerb, what: string, act: () => T | Promise<T>) => Promise<T>;
  readonly count: () => void;
  readonly custom: boolean;
};

function kubeOver({ world, store, clock, kubelet, namespace, write, count, custom }: Parts): KubeApi {
  const serve = (resource: Resource): void => {
    if (!custom && resource.group.endsWith("strimzi.io"))
      throw new AppError("NotFound", `the kind ${resource.kind}`, { details: { missing: "type" } });
  };
  const get = (ref: ObjectRef): KubeObject => {
    serve(ref.resource);
    const found = store.find(ref.resource.kind, ref.resource.namespaced ? (ref.namespace ?? namespace) : undefined, ref.name);
    if (found === undefined) throw notFound(refName(ref));
    return found;
  };
  const list = (request: ListRequest): KubeObject[] => {
    serve(request.resource);
    const wanted = /^metadata\.name=(.*)$/.exec(request.fieldSelector ?? "")?.[1];
    return store
      .all(request.resource.kind)
      .filter(({ metadata }) => request.namespace === undefined || metadata.namespace === request.namespace)
      .filter(({ metadata }) => (wanted === undefined || metadata.name === wanted) && matches(request.labelSelector, metadata.labels));
  };
  const remove = ({ ref, propagation, uid, resourceVersion }: DeleteRequest): void => {
    const live = get(ref);
    if (uid !== undefined && live.metadata.uid !== uid) throw conflict(refName(ref));
    if (resourceVersion !== undefined && live.metadata.resourceVersion !== resourceVersion) throw conflict(refName(ref));
    if (live.kind === "Pod") {
      kubelet.stop(live);
      return;
    }
    const strip = ({ metadata }: KubeObject) => metadata.ownerReferences?.filter((owner) => owner.uid !== live.metadata.uid) ?? [];
    const owned = store.all().filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === live.metadata.uid));
    if (propagation !== "Orphan") {
      store.remove(live);
      return;
    }
    const going = store.update({ ...live, metadata: { ...live.metadata, deletionTimestamp: toInstant(clock.now()) } });
    clock.after(500, () => {
      for (const { metadata, kind } of owned) {
        const now = store.find(kind, metadata.namespace, metadata.name);
        if (now !== undefined) store.update({ ...now, metadata: { ...now.metadata, ownerReferences: strip(now) } });
      }
      if (store.find(going.kind, going.metadata.namespace, going.metadata.name)?.metadata.uid === going.metadata.uid) store.remove(going);
    });
  };
  const patch = ({ ref, type, body, subresource }: PatchRequest): KubeObject => {
    if (type !== "merge") throw new Error("this world knows merge patches only");
    const live = get(ref);
    const { resourceVersion, uid } = (body as { metadata?: { resourceVersion?: string; uid?: string } }).metadata ?? {};
    if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) throw conflict(refName(ref));
    if (uid !== undefined && uid !== live.metadata.uid) throw conflict(refName(ref));
    const next = mergePatch(live, subresource === "status" ? { status: (body as { status?: unknown }).status } : body) as KubeObject;
    return store.update(next);
  };
  const unused = (): never => {
    throw new Error("this world does not do that");
  };
  const read = async <T>(what: () => T): Promise<T> => {
    count();
    return what();
  };
  return {
    target: { context: "test", namespace, server: "https://fake", user: "tester" },
    get: (ref) => read(() => get(ref)),
    list: (request) => read(() => ({ items: list(request), resourceVersion: "1" })),
    create: (object, resource) =>
      write("create", `${object.kind} ${object.metadata.name}`, () => store.insert(placed(object, resource, namespace))),
    apply(request) {
      const apply = (): KubeObject => {
        serve(request.resource);
        return store.apply(structuredClone(request), namespace);
      };
      const what = [request.object.kind, request.object.metadata.name, request.subresource].filter(Boolean).join(" ");
      return request.dryRun ? read(apply) : write("apply", what, apply);
    },
    patch: (request) => write("patch", refName(request.ref), () => patch(request)),
    delete: (request) => write("delete", refName(request.ref), () => remove(request)),
    raw: (path) =>
      read(() => {
        if (!custom || !path.endsWith("strimzi.io")) throw notFound(path);
        return { versions: [{ version: "v1" }], preferredVersion: { version: "v1" } };
      }),
    evict: ({ ref, uid }) =>
      write("evict", refName(ref), () => {
        const refusal = world.budget(ref.name);
        if (refusal !== undefined) throw new AppError("TooManyRequests", refusal);
        remove({ ref, propagation: "Background", uid });
      }),
    async *logs({ pod }) {
      count();
      if (world.forbidden.has("get pods/log")) throw new AppError("Forbidden", "not permitted: get pods/log");
      yield* world.logs.get(pod) ?? [];
    },
    watch: unused,
    scale: unused,
    exec: unused,
    canI: async ({ verb, resource, subresource }) =>
      !world.forbidden.has(`${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`),
    close: () => {},
  };
}
