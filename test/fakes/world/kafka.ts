import { AppError } from "../../../src/model/errors.ts";
import type { PartitionRef } from "../../../src/model/finding.ts";
import type { KafkaTarget, Security } from "../../../src/model/kafka-target.ts";
import type { KubeObject } from "../../../src/model/kube.ts";
import type { Topic } from "../../../src/model/topic.ts";
import type { FilledLogDir, QuorumReplica } from "../../../src/ports/kafka.ts";
import type { KafkaControl } from "../../../src/ports/kafka-cluster.ts";
import type { ConfigChange, Refusals } from "../../../src/ports/kafka-topics.ts";
import { compareFakeCertificates } from "./authority.ts";
import type { FakeClock } from "./fake-clock.ts";
import { isReady, isTerminating } from "./stateful-sets.ts";
import type { Store } from "./store.ts";

type Partition = { partition: number; leader: number; replicas: number[]; isr: number[] };
type Broker = {
  readonly pod: string;
  uid: string | undefined;
  caughtUp: boolean;
  readonly cameAt: number;
  /** The authority it was started with, and the certificate it shows; left out: it was given none. */
  readonly trusted?: string;
  readonly certificate?: string;
};

export type NewTopic = { readonly name: string; readonly minIsr: number; readonly partitions: readonly (readonly number[])[] };

/** One cluster's Kafka: it lives in the pods, and keeps what a volume would keep. */
export type FakeKafkaCluster = {
  clusterId: string | undefined;
  metadataVersion: string;
  /** Cluster-wide dynamic settings of brokers. */
  readonly dynamic: Map<string, string>;
  /** Dynamic settings of single brokers, by id. */
  readonly overrides: Map<number, Map<string, string>>;
  /** Options that Kafka refuses to change, and its words. */
  readonly refused: Map<string, string>;
  /** Racks of brokers, by id. */
  readonly racks: Map<number, string>;
  /** Log directories that a broker lost, by its id: its replicas do not come back. */
  readonly lost: Map<number, string>;
  createTopic(topic: NewTopic): void;
  topics(): Topic[];
  /** A broker that is up and in sync or not, by id; a node falls out of the ISRs while its pod runs, and comes back. */
  lag(id: number, behind: boolean): void;
  registered(): number[];
  /** Leadership goes to the first replica, where that is in sync; left out: of all partitions. */
  electPreferred(partitions: readonly PartitionRef[] | undefined): Refusals;
  /** The active controller; -1: the quorum has none. */
  leader(): number;
  /** Called whenever pods may have changed. */
  look(): void;
  admin(): KafkaControl;
  /** Whether a broker that is up and a client who shows and trusts this trust each other. A node trusts what it was started with. */
  accepts(security: Security): boolean;
};

const { isSignedBy } = compareFakeCertificates;

const newest: Readonly<Record<string, string>> = { "4.3": "4.3-IV0", "4.2": "4.2-IV1", "4.1": "4.1-IV1", "3.9": "3.9-IV0" };

/** A metadata version by its name, or by a release or a version of Kafka, whose newest it is. */
const versionNamed = (text: string): string => newest[text.split(".").slice(0, 2).join(".")] ?? text;

const idOf = (pod: KubeObject): number => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1]);
const hasRole = (pod: KubeObject, role: string): boolean => pod.metadata.labels?.[`strimzi.io/${role}-role`] === "true";

type Where = { readonly namespace: string; readonly cluster: string; readonly catchUpMs: number };

export function newKafkaCluster(store: Store, clock: FakeClock, { namespace, cluster, catchUpMs }: Where): FakeKafkaCluster {
  const nodes = new Map<number, Broker>();
  const brokers = new Set<number>();
  const lastCaughtUp = new Map<number, number>();
  const laggards = new Set<number>();
  const list: { name: string; minIsr: number; partitions: Partition[] }[] = [];
  const dynamic = new Map<string, string>();
  const lost = new Map<number, string>();
  const pods = (): KubeObject[] =>
    store.all("Pod").filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.["strimzi.io/cluster"] === cluster);
  const up = (): KubeObject[] => pods().filter((pod) => isReady(pod) && !isTerminating(pod));
  const voterIds = (): number[] => {
    const podSets = store.all("StrimziPodSet") as (KubeObject & { spec?: { pods?: KubeObject[] } })[];
    const inPodSets = podSets.flatMap(({ spec }) => spec?.pods ?? []).filter((pod) => hasRole(pod, "controller"));
    const sets = store
      .all("StatefulSet")
      .filter((set) => set.metadata.namespace === namespace && set.metadata.labels?.["strimzi.io/cluster"] === cluster);
    const ids = sets
      .filter((set) => hasRole(set, "controller"))
      .flatMap((set) => {
        const { ordinals, replicas = 1 } = set.spec as { ordinals?: { start?: number }; replicas?: number };
        return Array.from({ length: replicas }, (_, at) => (ordinals?.start ?? 0) + at);
      });
    return [...ids, ...inPodSets.map(idOf)].sort((a, b) => a - b);
  };
  const secretText = (name: string, key: string): string | undefined => {
    const { data } = (store.find("Secret", namespace, name) ?? {}) as { data?: Record<string, string> };
    return data?.[key] === undefined ? undefined : atob(data[key]);
  };
  const formattedAs = ({ metadata: { name, annotations } }: KubeObject): string => {
    const { data } = (store.find("ConfigMap", namespace, name.replace(/-\d+$/, "")) ?? {}) as { data?: Record<string, string> };
    return versionNamed(data?.["metadata.version"] ?? annotations?.["strimzi.io/kafka-version"] ?? "4.3.1");
  };
  const each = (act: (partition: Partition) => void): void => list.forEach(({ partitions }) => void partitions.forEach(act));
  const elect = (partition: Partition): void => {
    const led = (id: number) => partition.isr.includes(id) && nodes.get(id)?.uid !== undefined;
    if (!led(partition.leader)) partition.leader = partition.replicas.find(led) ?? -1;
  };
  const leave = (id: number): void =>
    each((partition) => {
      if (partition.isr.length > 1) partition.isr = partition.isr.filter((replica) => replica !== id);
      elect(partition);
    });
  const join = (id: number): void =>
    each((partition) => {
      if (partition.replicas.includes(id))
        partition.isr = partition.replicas.filter((replica) => replica === id || partition.isr.includes(replica));
      elect(partition);
    });
  const come = (pod: KubeObject): void => {
    const id = idOf(pod);
    const { uid = "", name } = pod.metadata;
    const trusted = secretText(`${cluster}-cluster-ca-cert`, "ca.crt");
    const certificate = secretText(name.replace(/-\d+$/, ""), `${name}.crt`);
    nodes.set(id, {
      pod: name,
      uid,
      caughtUp: false,
      cameAt: clock.now(),
      ...(trusted ? { trusted } : {}),
      ...(certificate ? { certificate } : {}),
    });
    if (hasRole(pod, "broker")) brokers.add(id);
    each(elect);
    clock.after(catchUpMs, () => {
      const now = nodes.get(id);
      if (now?.uid !== uid || laggards.has(id)) return;
      now.caughtUp = true;
      if (!lost.has(id)) join(id);
    });
  };
  const fake: FakeKafkaCluster = {
    clusterId: undefined,
    metadataVersion: "4.3-IV0",
    dynamic,
    overrides: new Map(),
    refused: new Map(),
    racks: new Map(),
    lost,
    registered: () => [...brokers].sort((a, b) => a - b),
    leader() {
      const voters = voterIds();
      const running = voters.filter((id) => nodes.get(id)?.caughtUp);
      return running.length > voters.length / 2 ? (running[0] ?? -1) : -1;
    },
    createTopic({ name, minIsr, partitions }) {
      const made = partitions.map((replicas, partition) => ({
        partition,
        leader: -1,
        replicas: [...replicas],
        isr: replicas.filter((id) => nodes.get(id)?.caughtUp),
      }));
      for (const partition of made) {
        if (partition.isr.length === 0) partition.isr = [...partition.replicas];
        elect(partition);
      }
      list.push({ name, minIsr, partitions: made });
    },
    electPreferred(partitions) {
      const isWanted = (topic: string, partition: number) =>
        partitions?.some((one) => one.topic === topic && one.partition === partition) ?? true;
      const refusals = new Map<string, { error: string; message: string }>();
      for (const { name, partitions: own } of list)
        for (const one of own.filter(({ partition }) => isWanted(name, partition))) {
          const [preferred = -1] = one.replicas;
          if (one.isr.includes(preferred) && nodes.get(preferred)?.uid !== undefined) one.leader = preferred;
          else refusals.set(`${name}-${one.partition}`, { error: "PREFERRED_LEADER_NOT_AVAILABLE", message: "" });
        }
      return refusals;
    },
    topics: () =>
      list.map((topic) => ({
        ...topic,
        internal: false,
        partitions: topic.partitions.map((one) => ({ ...one, replicas: [...one.replicas], isr: [...one.isr] })),
      })),
    lag(id, behind) {
      const node = nodes.get(id);
      if (behind) laggards.add(id);
      else laggards.delete(id);
      if (node === undefined || node.uid === undefined) return;
      node.caughtUp = !behind;
      lastCaughtUp.set(id, clock.now());
      (behind ? leave : join)(id);
    },
    look() {
      const running = new Map(up().map((pod) => [idOf(pod), pod]));
      for (const [id, node] of nodes) {
        if (node.uid === undefined || running.get(id)?.metadata.uid === node.uid) continue;
        lastCaughtUp.set(id, clock.now());
        node.uid = undefined;
        node.caughtUp = false;
        leave(id);
      }
      for (const [id, pod] of running) if (nodes.get(id)?.uid === undefined) come(pod);
      const kafka = store.find("Kafka", namespace, cluster);
      const [first] = running.values();
      if (first !== undefined && fake.clusterId === undefined) fake.metadataVersion = formattedAs(first);
      if (first !== undefined) fake.clusterId ??= (kafka?.status as { clusterId?: string } | undefined)?.clusterId ?? "made-up-cluster-id";
    },
    accepts: ({ tls }) =>
      [...nodes].some(([id, { uid, trusted, certificate }]) => {
        if (uid === undefined || !brokers.has(id)) return false;
        const knowsClient = tls?.cert === undefined || trusted === undefined || isSignedBy(tls.cert, trusted);
        return knowsClient && (tls?.ca === undefined || certificate === undefined || isSignedBy(certificate, tls.ca));
      }),
    admin: () => adminOf(fake, { brokers, nodes, voterIds, lastCaughtUp, clock, cluster, namespace }),
  };
  return fake;
}

type Inside = {
  readonly brokers: Set<number>;
  readonly nodes: ReadonlyMap<number, Broker>;
  readonly voterIds: () => number[];
  readonly lastCaughtUp: ReadonlyMap<number, number>;
  readonly clock: FakeClock;
  readonly cluster: string;
  readonly namespace: string;
};

function adminOf(fake: FakeKafkaCluster, { brokers, nodes, voterIds, lastCaughtUp, clock, cluster, namespace }: Inside): KafkaControl {
  const isUp = (id: number): boolean => nodes.get(id)?.uid !== undefined;
  const alive = <T>(value: () => T): Promise<T> => {
    if (fake.registered().some(isUp)) return Promise.resolve().then(value);
    return Promise.reject(new AppError("KafkaUnreachable", `no broker of ${cluster} answers`));
  };
  const replica = (id: number): QuorumReplica => ({
    id,
    logEndOffset: nodes.get(id)?.caughtUp ? 1_000 : 0,
    lastFetchMs: clock.now(),
    lastCaughtUpMs: nodes.get(id)?.caughtUp ? clock.now() : (lastCaughtUp.get(id) ?? -1),
  });
  /** A broker copies at the same pace until it is caught up. */
  const logDirs = (ids: readonly number[]) =>
    alive(() => ({
      dirs: ids.map((brokerId): FilledLogDir => {
        const { cameAt = 0, caughtUp = false } = nodes.get(brokerId) ?? {};
        const replicas = { replicaBytes: 1_000_000 * (clock.now() - cameAt), recordsBehind: caughtUp ? 0 : 1_000 };
        const path = fake.lost.get(brokerId);
        const volume = { totalBytes: 100e9, usableBytes: 50e9 };
        if (path === undefined) return { brokerId, path: "/data/kafka-0", ...volume, ...replicas };
        return { brokerId, path, totalBytes: -1, usableBytes: -1, replicaBytes: 0, recordsBehind: 0, error: "KAFKA_STORAGE_ERROR" };
      }),
      errors: new Map(),
    }));
  const entry = (name: string, value: string, source: string) => ({ name, value, source, readOnly: false, sensitive: false });
  const calls: Partial<KafkaControl> = {
    cluster: () =>
      alive(() => ({
        clusterId: fake.clusterId ?? "",
        controllerId: fake.leader(),
        brokers: fake.registered().map((id) => ({
          id,
          host: `${nodes.get(id)?.pod}.${cluster}-kafka-brokers.${namespace}.svc`,
          port: 9091,
          ...(fake.racks.has(id) ? { rack: fake.racks.get(id) ?? "" } : {}),
          ...(isUp(id) ? {} : { fenced: true }),
        })),
      })),
    features: () => alive(() => ({ metadataVersion: fake.metadataVersion, level: 30 })),
    topics: (names) =>
      alive(() => fake.topics().flatMap(({ minIsr: _, ...topic }) => (names === undefined || names.includes(topic.name) ? [topic] : []))),
    configs: ({ type, names }) =>
      alive(() => {
        const minIsr = new Map(fake.topics().map((topic) => [topic.name, String(topic.minIsr)]));
        const entriesOf = (name: string) =>
          type === "topic"
            ? [entry("min.insync.replicas", minIsr.get(name) ?? "1", "DEFAULT_CONFIG")]
            : [
                ...[...(fake.overrides.get(Number(name || -1)) ?? [])].map(([key, value]) => entry(key, value, "DYNAMIC_BROKER_CONFIG")),
                ...[...fake.dynamic].map(([key, value]) => entry(key, value, "DYNAMIC_DEFAULT_BROKER_CONFIG")),
              ];
        return { entries: new Map(names.map((name) => [name, entriesOf(name)])), errors: new Map() };
      }),
    quorum: () =>
      alive(() => ({ leaderId: fake.leader(), leaderEpoch: 1, highWatermark: 1_000, voters: voterIds().map(replica), observers: [] })),
    logDirs,
    filledLogDirs: logDirs,
    reassignments: () => alive(() => []),
    alterConfigs: (changes) => alive(() => alter(fake, changes)),
    electLeaders: (_kind, partitions) => alive(() => fake.electPreferred(partitions)),
    updateMetadataVersion: (version) => alive(() => void (fake.metadataVersion = versionNamed(version))),
    unregisterBroker: (id) =>
      alive(() => {
        if (!brokers.delete(id))
          throw new AppError("KafkaError", `Broker ${id}: BROKER_ID_NOT_REGISTERED`, { details: { error: "BROKER_ID_NOT_REGISTERED" } });
      }),
    close: () => {},
  };
  return calls as KafkaControl;
}

/** Changes settings one after the other, up to the first that Kafka refuses. */
function alter({ dynamic, overrides, refused }: FakeKafkaCluster, changes: readonly ConfigChange[]): Refusals {
  for (const { name, set = {}, remove = [] } of changes) {
    const bad = Object.keys(set).find((key) => refused.has(key));
    if (bad !== undefined) return new Map([[`broker ${name}`, { error: "INVALID_CONFIG", message: refused.get(bad) ?? "" }]]);
    const values = name === "" ? dynamic : (overrides.get(Number(name)) ?? new Map<string, string>());
    for (const [key, value] of Object.entries(set)) values.set(key, value);
    for (const key of remove) values.delete(key);
  }
  return new Map();
}

/** Which cluster a target means: by the brokers' names. */
export function clusterOf({ bootstrap }: KafkaTarget): { namespace: string; cluster: string } {
  const [, cluster = "", namespace = ""] = /\.(.+)-kafka-brokers\.(.+)\.svc$/.exec(bootstrap[0]?.host ?? "") ?? [];
  return { namespace, cluster };
}
