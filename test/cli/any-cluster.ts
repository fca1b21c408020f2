import fc from "fast-check";
import type { KubeObject } from "../../src/model/kube.ts";

// Random clusters "c" as people write them: valid, and with most of what a resource may say. A change takes some fields of another such cluster.

type Fields = Readonly<Record<string, unknown>>;

/** A field that is there or not. */
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 2 });

/** A record of fields that may each be left out. */
const some = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Fields> =>
  fc
    .record(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, maybe(value)])))
    .map((found) => Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)));

const word = fc.constantFrom("a", "b", "disk", "zone-1");
const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength: 3 });
const distinct = <T>(item: fc.Arbitrary<T>, selector: (one: T) => unknown): fc.Arbitrary<T[]> =>
  fc.uniqueArray(item, { minLength: 1, maxLength: 3, selector });
const texts = fc.dictionary(fc.constantFrom("team", "example.com/tier", "note"), fc.constantFrom("", "x", "y"), { maxKeys: 3 });

const topologyKey = fc.constantFrom("kubernetes.io/hostname", "topology.kubernetes.io/zone");
const selector = fc.record({ matchLabels: fc.record({ app: word }) });
const term = fc.record({ topologyKey, labelSelector: selector });
const preferred = fc.record({ weight: fc.integer({ min: 1, max: 100 }), podAffinityTerm: term });
const podTerms = some({
  requiredDuringSchedulingIgnoredDuringExecution: few(term),
  preferredDuringSchedulingIgnoredDuringExecution: few(preferred),
});
const expression = fc.record({ key: word, operator: fc.constantFrom("In", "NotIn"), values: few(word) });
const nodeAffinity = fc.record({
  requiredDuringSchedulingIgnoredDuringExecution: fc.record({ nodeSelectorTerms: few(fc.record({ matchExpressions: few(expression) })) }),
});

const spread = some({ labelSelector: selector, nodeTaintsPolicy: fc.constantFrom("Honor", "Ignore") }).chain((more) =>
  fc
    .record({ maxSkew: fc.integer({ min: 1, max: 3 }), topologyKey, whenUnsatisfiable: fc.constantFrom("DoNotSchedule", "ScheduleAnyway") })
    .map((own) => ({ ...own, ...more })),
);

const toleration = some({
  key: word,
  operator: fc.constantFrom("Exists", "Equal"),
  value: fc.constantFrom("", "x"),
  effect: fc.constantFrom("NoSchedule", "NoExecute"),
  tolerationSeconds: fc.integer({ min: 0, max: 60 }),
});

const podTemplate = some({
  metadata: some({ labels: texts, annotations: texts }),
  affinity: some({ nodeAffinity, podAffinity: podTerms, podAntiAffinity: podTerms }),
  tolerations: few(toleration),
  topologySpreadConstraints: distinct(spread, (one) => `${one.topologyKey} ${one.whenUnsatisfiable}`),
  priorityClassName: fc.constantFrom("", "high", "low"),
  schedulerName: fc.constantFrom("default-scheduler", "other"),
  securityContext: some({ runAsUser: fc.constantFrom(185, 1000), fsGroup: fc.constantFrom(0, 185), supplementalGroups: few(fc.nat(9)) }),
  imagePullSecrets: distinct(fc.record({ name: word }), ({ name }) => name),
  hostAliases: distinct(fc.record({ ip: fc.constantFrom("10.0.0.1", "10.0.0.2"), hostnames: few(word) }), ({ ip }) => ip),
  dnsPolicy: fc.constantFrom("ClusterFirst", "Default"),
  dnsConfig: some({ searches: few(word), options: few(some({ name: word, value: fc.constantFrom("", "2") })) }),
  terminationGracePeriodSeconds: fc.constantFrom(0, 30, 120),
  enableServiceLinks: fc.boolean(),
  hostUsers: fc.boolean(),
});

const template = some({
  pod: podTemplate,
  kafkaContainer: some({ securityContext: some({ readOnlyRootFilesystem: fc.boolean(), capabilities: fc.constant({ drop: ["ALL"] }) }) }),
});

const jvmOptions = some({
  "-Xmx": fc.constantFrom("512m", "600M"),
  "-Xms": fc.constantFrom("128m", "256m"),
  "-XX": fc.constantFrom({ UseG1GC: "true" }, { MaxGCPauseMillis: "20" }),
  gcLoggingEnabled: fc.boolean(),
  javaSystemProperties: few(fc.record({ name: word, value: word })),
});

const amounts = some({ cpu: fc.constantFrom("500m", "0.5", 1), memory: fc.constantFrom("2Gi", "2048Mi", "3Gi") });
const probe = some({
  initialDelaySeconds: fc.nat(90),
  timeoutSeconds: fc.integer({ min: 1, max: 9 }),
  failureThreshold: fc.integer({ min: 1, max: 9 }),
});

const claim = some({ class: fc.constantFrom("standard", "fast"), deleteClaim: fc.boolean(), selector: fc.constant({ disk: "x" }) }).chain(
  (more) => fc.constantFrom("1Gi", "1024Mi", "2Gi").map((size): Fields => ({ type: "persistent-claim", size, ...more })),
);
const empty = some({ sizeLimit: fc.constantFrom("1Gi", "2048Mi") }).map((more): Fields => ({ type: "ephemeral", ...more }));
const volume = fc.oneof({ arbitrary: claim, weight: 3 }, { arbitrary: empty, weight: 1 });
const jbod = fc.tuple(fc.array(volume, { minLength: 1, maxLength: 3 }), fc.nat(2)).map(([volumes, kraft]) => ({
  type: "jbod",
  volumes: volumes.map((one, id) => ({ id, ...one, ...(id === kraft ? { kraftMetadata: "shared" } : {}) })),
}));
const storage = fc.oneof(volume, jbod);

const poolFields = fc
  .record({ replicas: fc.integer({ min: 1, max: 3 }), labels: texts, storage })
  .chain((own) => some({ jvmOptions, resources: some({ limits: amounts }), template }).map((more): Fields => ({ ...own, ...more })));

const listener = fc.record({ name: fc.constantFrom("plain", "tls", "other"), port: fc.constantFrom(9092, 9093, 9095), tls: fc.boolean() });
const listeners = fc
  .uniqueArray(listener, { minLength: 1, maxLength: 3, selector: ({ name }) => name })
  .map((all) =>
    all.filter(({ port }, at) => all.findIndex((one) => one.port === port) === at).map((one) => ({ ...one, type: "internal" })),
  );

const logging = fc.oneof(
  fc
    .dictionary(fc.constantFrom("rootLogger.level", "logger.kafka.level", "logger.mine.name"), fc.constantFrom("INFO", "DEBUG"), {
      minKeys: 1,
    })
    .map((loggers) => ({ type: "inline", loggers })),
  fc.constantFrom("one", "two").map((key) => ({ type: "external", valueFrom: { configMapKeyRef: { name: "logging", key } } })),
);

const authority = some({
  validityDays: fc.constantFrom(90, 365),
  renewalDays: fc.constantFrom(10, 30),
  generateSecretOwnerReference: fc.boolean(),
});

const kafkaFields = fc.record({ listeners }).chain((own) =>
  some({
    version: fc.constantFrom("4.2.1", "4.3.0", "4.3.1"),
    metadataVersion: fc.constantFrom("4.2", "4.2-IV1"),
    image: fc.constantFrom("apache/kafka:4.3.1", "mine/kafka:1"),
    config: fc.dictionary(
      fc.constantFrom("num.partitions", "log.retention.ms", "message.max.bytes", "min.insync.replicas", "num.io.threads"),
      fc.constantFrom(1, "1"),
    ),
    logging,
    livenessProbe: probe,
    readinessProbe: probe,
    jvmOptions,
    template,
  }).map((more): Fields => ({ ...own, ...more })),
);

/** A cluster by its parts: fields of the Kafka, of the resource around it, and of each pool by name. */
export type AnyCluster = {
  readonly labels: Readonly<Record<string, string>>;
  readonly kafka: Fields;
  readonly around: Fields;
  readonly pools: Readonly<Record<string, Fields>>;
};

const rolesOf: Readonly<Record<string, readonly string[]>> = {
  all: ["controller", "broker"],
  control: ["controller"],
  big: ["broker"],
  small: ["broker"],
};

const shape = fc.constantFrom(["all"], ["control", "big"], ["control", "big", "small"], ["all", "small"]);

export const anyCluster: fc.Arbitrary<AnyCluster> = shape.chain((names) =>
  fc.record({
    labels: texts,
    kafka: kafkaFields,
    around: some({ clusterCa: authority, clientsCa: authority }),
    pools: fc.record(Object.fromEntries(names.map((name) => [name, poolFields]))),
  }),
);

/** How a field changes: it takes what the other cluster says, also when that is nothing. */
const taken = (own: Fields, other: Fields, pick: (name: string) => boolean): Fields => {
  const names = [...new Set([...Object.keys(own), ...Object.keys(other)])];
  const entries = names.map((name) => [name, pick(name) ? other[name] : own[name]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
};

/** Nodes are added to brokers and never taken away: that they are refused is told elsewhere. */
function grownPool({ name, mine, theirs }: { name: string; mine: Fields; theirs: Fields }, pick: (name: string) => boolean): Fields {
  const isFixed = rolesOf[name]?.includes("controller");
  const replicas = isFixed ? Number(mine.replicas) : Math.max(Number(mine.replicas), Number(theirs.replicas));
  return { ...taken(mine, theirs, pick), replicas };
}

/** `picks`: one field in how many, by a stream of small numbers. */
export function changedCluster(own: AnyCluster, other: AnyCluster, picks: readonly number[]): AnyCluster {
  let at = 0;
  const pick = (): boolean => picks[(at += 1) % picks.length] === 0;
  const required = (from: Fields, to: Fields): Fields => ({ ...from, ...to });
  const added = Object.keys(other.pools).filter((name) => !rolesOf[name]?.includes("controller") && pick());
  const poolNames = [...new Set([...Object.keys(own.pools), ...added])];
  return {
    labels: pick() ? other.labels : own.labels,
    kafka: required({ listeners: own.kafka.listeners }, taken(own.kafka, other.kafka, pick)),
    around: taken(own.around, other.around, pick),
    pools: Object.fromEntries(
      poolNames.map((name) => {
        const [mine, theirs] = [own.pools[name], other.pools[name]];
        return [name, mine !== undefined && theirs !== undefined ? grownPool({ name, mine, theirs }, pick) : (mine ?? theirs ?? {})];
      }),
    ),
  };
}

/** The resources that ask for it. */
export function documentsOf({ labels, kafka, around, pools }: AnyCluster): KubeObject[] {
  const apiVersion = "kafka.strimzi.io/v1";
  const nodePools = Object.entries(pools).map(([name, { labels: own, ...spec }]): KubeObject => {
    const metadata = { name, namespace: "kafka", labels: { ...(own as Record<string, string>), "strimzi.io/cluster": "c" } };
    return { apiVersion, kind: "KafkaNodePool", metadata, spec: { roles: rolesOf[name], ...spec } };
  });
  return [...nodePools, { apiVersion, kind: "Kafka", metadata: { name: "c", namespace: "kafka", labels }, spec: { kafka, ...around } }];
}
