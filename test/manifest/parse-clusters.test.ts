import assert from "node:assert/strict";
import { test } from "node:test";
import { configText } from "../../src/manifest/config-values.ts";
import { type ClusterRequest, kafkaManifest, parseStorage } from "../../src/manifest/kafka-manifest.ts";
import { asText, changed, clusterOf, parseObjects, parseText, sound } from "./base.ts";

const probe = { initialDelaySeconds: 15, timeoutSeconds: 5, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
const authority = { generate: true, validityDays: 365, renewalDays: 30, ownerReference: true };

test("a cluster of which little is said gets every default", () => {
  const text = `
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: c}
spec:
  kafka:
    listeners: [{name: plain, port: 9092, type: internal, tls: false}]
---
apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata: {name: all, labels: {strimzi.io/cluster: c}}
spec: {replicas: 1, roles: [controller, broker], storage: {type: ephemeral}}
`;
  assert.deepEqual(parseText(text), {
    problems: [],
    clusters: [
      {
        ref: { namespace: "default", name: "c" },
        labels: {},
        paused: false,
        version: "4.3.1",
        image: "apache/kafka:4.3.1",
        listeners: [{ name: "plain", port: 9092, tls: false }],
        config: {},
        logging: { kind: "inline", loggers: {} },
        livenessProbe: probe,
        readinessProbe: probe,
        clusterCa: authority,
        clientsCa: authority,
        pools: [
          {
            name: "all",
            labels: {},
            replicas: 1,
            roles: ["controller", "broker"],
            volumes: [{ kind: "ephemeral", kraftMetadata: true }],
            jbod: false,
            jvm: { xx: {}, gcLogging: false, systemProperties: [] },
            template: { labels: {}, annotations: {}, spec: {} },
            nodeIds: [],
          },
        ],
      },
    ],
  });
});

test("what is said is taken over", () => {
  const cluster = clusterOf(
    ["Kafka", "metadata.annotations", { "strimzi.io/pause-reconciliation": "true" }],
    ["Kafka", "metadata.uid", "u-1"],
    ["Kafka", "metadata.generation", 7],
    ["Kafka", "status.clusterId", "abc"],
    ["Kafka", "spec.kafka.version", "3.9.1"],
    ["Kafka", "spec.kafka.metadataVersion", "3.9-IV0"],
    ["Kafka", "spec.kafka.logging", { type: "external", valueFrom: { configMapKeyRef: { name: "m", key: "k" } } }],
    ["Kafka", "spec.kafka.readinessProbe.periodSeconds", 3],
    ["Kafka", "spec.clientsCa", { generateCertificateAuthority: false, validityDays: 90, generateSecretOwnerReference: false }],
    ["Kafka", "spec.kafka.config", { "log.retention.hours": 168, "a.b": true, "c.d": "x", "e.f": 0.5 }],
  );
  assert.deepEqual([cluster.paused, cluster.uid, cluster.generation, cluster.clusterId], [true, "u-1", 7, "abc"]);
  assert.deepEqual([cluster.version, cluster.metadataVersion, cluster.image], ["3.9.1", "3.9-IV0", "apache/kafka:3.9.1"]);
  assert.deepEqual(cluster.logging, { kind: "external", configMap: "m", key: "k", optional: false });
  assert.deepEqual(cluster.readinessProbe, { ...probe, periodSeconds: 3 });
  assert.deepEqual(cluster.clientsCa, { generate: false, validityDays: 90, renewalDays: 30, ownerReference: false });
  assert.deepEqual(cluster.config, { "log.retention.hours": "168", "a.b": "true", "c.d": "x", "e.f": "0.5" });
});

test("labels are inherited, but for those that are a matter of the resource itself", () => {
  const labels = { team: "a", "app.kubernetes.io/part-of": "shop", "app.kubernetes.io/name": "x", "kustomize.toolkit.fluxcd.io/name": "y" };
  const inherited = { team: "a", "app.kubernetes.io/part-of": "shop" };
  const { labels: own, pools } = clusterOf(
    ["Kafka", "metadata.labels", labels],
    ["broker", "metadata.labels", { ...labels, "strimzi.io/cluster": "my-cluster" }],
  );
  assert.deepEqual([own, ...pools.map((pool) => pool.labels)], [inherited, inherited, {}]);
});

test("a pool takes over from its Kafka, property by property of the template; its JVM options replace the Kafka's as a whole", () => {
  const cluster = clusterOf(
    ["Kafka", "spec.kafka.jvmOptions", { "-Xmx": "2g", gcLoggingEnabled: true }],
    ["Kafka", "spec.kafka.template", { pod: { priorityClassName: "high" }, kafkaContainer: { securityContext: { runAsUser: 7 } } }],
    ["broker", "spec.jvmOptions", { "-Xms": "1g", "-XX": { UseZGC: "true" }, javaSystemProperties: [{ name: "a", value: "b" }] }],
    ["broker", "spec.template", { pod: { metadata: { labels: { team: "x" } }, tolerations: [{ key: "k" }] } }],
  );
  const [broker, controller] = cluster.pools;
  assert.deepEqual(broker?.jvm, { xms: "1g", xx: { UseZGC: "true" }, gcLogging: false, systemProperties: [{ name: "a", value: "b" }] });
  assert.deepEqual(broker?.template, {
    labels: { team: "x" },
    annotations: {},
    spec: { tolerations: [{ key: "k" }] },
    containerSecurityContext: { runAsUser: 7 },
  });
  assert.deepEqual(controller?.jvm, { xmx: "2g", xx: {}, gcLogging: true, systemProperties: [] });
  assert.deepEqual(controller?.template.containerSecurityContext, { runAsUser: 7 });
});

test("volumes are ordered by id; the lowest has the metadata where none was chosen", () => {
  const storage = {
    type: "jbod",
    volumes: [
      { id: 3, type: "ephemeral", sizeLimit: "1Gi" },
      { id: 1, type: "persistent-claim", size: "1Gi", class: "fast", deleteClaim: true, selector: { a: "b" } },
    ],
  };
  const [broker] = clusterOf(["broker", "spec.storage", storage]).pools;
  assert.deepEqual(broker?.volumes, [
    { id: 1, kraftMetadata: true, kind: "persistent", size: "1Gi", storageClass: "fast", deleteClaim: true, selector: { a: "b" } },
    { id: 3, kraftMetadata: false, kind: "ephemeral", sizeLimit: "1Gi" },
  ]);
});

test("several clusters in a namespace, each with its pools; ids come from the status", () => {
  const other = kafkaManifest({ name: "other", namespace: "kafka", replicas: 1, controllers: "combined", storage: { kind: "ephemeral" } });
  const [, pool] = other;
  if (pool) pool.status = { nodeIds: [4, 5, "x"] };
  const { clusters } = parseObjects([...sound(), ...other]);
  assert.deepEqual(
    clusters.map(({ ref, pools }) => [ref.name, pools.map(({ name, nodeIds }) => `${name}${nodeIds}`)]),
    [
      ["my-cluster", ["broker", "controller"]],
      ["other", ["combined4,5"]],
    ],
  );
});

test("other objects, and the items of a List, are read too", () => {
  const list = { apiVersion: "v1", kind: "List", items: [...sound(), { apiVersion: "v1", kind: "Secret", metadata: { name: "s" } }] };
  assert.equal(parseText(JSON.stringify(list)).clusters.length, 1);
  const [kafka, ...pools] = sound();
  const broken = { ...list, items: [{ ...kafka, spec: {} }, ...pools] };
  assert.deepEqual(
    parseText(JSON.stringify(broken, null, 2)).problems.map(({ line, path, message }) => [line, path, message]),
    [[12, "spec", "the field kafka is missing"]],
  );
});

const asConfig: readonly [value: unknown, text: string | undefined][] = [
  [1, "1"],
  [0.5, "0.5"],
  [1e-4, "1.0E-4"],
  [1.5e-7, "1.5E-7"],
  [12345678.9, "1.23456789E7"],
  [1e21, "1.0E21"],
  [9_007_199_254_740_991, "9007199254740991"],
  [true, "true"],
  ["", ""],
  [null, undefined],
  [{}, undefined],
];

for (const [value, text] of asConfig)
  test(`configuration: ${JSON.stringify(value)} is ${text}`, () => {
    assert.equal(configText(value), text);
  });

const requests: readonly ClusterRequest[] = [1, 2, 3, 5].flatMap((replicas) =>
  (["ephemeral", "5Gi", "jbod=1Gi,2Gi"] as const).flatMap((text) =>
    ([1, 3, "combined"] as const).map((controllers) => ({
      name: "c",
      replicas,
      controllers,
      storage: parseStorage(text) ?? { kind: "ephemeral" },
      storageClass: "fast",
      config: { "log.retention.hours": "7" },
      cpu: "500m",
      memory: "1Gi",
    })),
  ),
);

test("every cluster that create makes is accepted, with replication that its brokers allow", () => {
  for (const request of requests) {
    const { clusters, problems } = parseText(asText(kafkaManifest(request)));
    assert.deepEqual(
      problems.filter(({ severity }) => severity === "error"),
      [],
    );
    const [cluster] = clusters;
    const { replicas } = request;
    assert.equal(cluster?.config["default.replication.factor"], String(Math.min(3, replicas)));
    assert.equal(cluster?.config["min.insync.replicas"], replicas >= 3 ? "2" : "1");
    assert.equal(cluster?.config["log.retention.hours"], "7");
    assert.equal(cluster?.pools.length, request.controllers === "combined" ? 1 : 2);
  }
});

test("storage as a person writes it", () => {
  assert.deepEqual(["ephemeral", "10Gi", "jbod=1Gi,2Gi", "lots", "raid=1"].map(parseStorage), [
    { kind: "ephemeral" },
    { kind: "persistent", size: "10Gi" },
    { kind: "jbod", sizes: ["1Gi", "2Gi"] },
    undefined,
    undefined,
  ]);
});

test("an integer that JSON has already rounded is refused", () => {
  const { problems } = parseObjects(changed(["Kafka", "spec.kafka.config[log.retention.bytes]", 2 ** 63]));
  assert.deepEqual(
    problems.map(({ message }) => message),
    ["9223372036854776000 is too large for a number and may have been rounded"],
  );
});
