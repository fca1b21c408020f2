import assert from "node:assert/strict";
import { test } from "node:test";
import { asText, type Change, changed, parseObjects, parseText } from "./base.ts";

const root = "spec.kafka";

/** One change to a sound cluster → where and what the problem is. */
const refused: readonly [change: Change, problem: string][] = [
  // structure
  [["Kafka", "kind", "Kafak"], 'kind: kafka.strimzi.io has no kind "Kafak"; did you mean Kafka?'],
  [
    ["Kafka", "apiVersion", "kafka.strimzi.io/v1beta2"],
    "apiVersion: kafka.strimzi.io/v1beta2 is not read any more; write kafka.strimzi.io/v1, and its fields",
  ],
  [["Kafka", "spec", undefined], "the field spec is missing"],
  [["Kafka", root, undefined], "spec: the field kafka is missing"],
  [["Kafka", "metadata.name", undefined], "metadata: the field name is missing"],
  [["Kafka", "metadata.name", 7], 'metadata.name: must be a string, not 7; write "7" in quotes'],
  [["Kafka", "metadata.name", "My_Cluster"], 'metadata.name: "My_Cluster" is not a name: use lower-case letters, digits, "-" and "."'],
  [["Kafka", "metadata.namespace", "a.b"], 'metadata.namespace: "a.b" is not the name of a namespace'],
  [["Kafka", "metadata.labels.a", "-x"], 'metadata.labels.a: "-x" cannot be the value of a label'],
  [
    ["Kafka", "metadata.annotations", { "strimzi.io/pause-reconciliation": true }],
    'metadata.annotations[strimzi.io/pause-reconciliation]: must be a string, not true; write "true" in quotes',
  ],
  [["Kafka", "spec.kafka.listners", []], "spec.kafka.listners: there is no such field; did you mean listeners?"],
  [["Kafka", "spec.kafka.Version", "4.3.1"], "spec.kafka.Version: there is no such field; did you mean version?"],
  [["Kafka", "spec.kafka.listeners", []], "spec.kafka.listeners: at least 1 item is needed"],
  [["Kafka", "spec.kafka.listeners", {}], "spec.kafka.listeners: must be a list, not an object"],
  [
    ["Kafka", "spec.kafka.listeners[0].tls", "false"],
    'spec.kafka.listeners[0].tls: must be true or false, not "false"; write false without quotes',
  ],
  [["Kafka", "spec.kafka.listeners[0].tls", undefined], "spec.kafka.listeners[0]: the field tls is missing"],
  [["Kafka", "spec.kafka.listeners[0].name", "UPPER"], 'spec.kafka.listeners[0].name: "UPPER" does not match ^[a-z0-9]{1,11}$'],
  [["Kafka", "spec.kafka.listeners[0].port", 80], "spec.kafka.listeners[0].port: 80 is less than 9092"],
  [["Kafka", "spec.kafka.listeners[0].port", 70_000], "spec.kafka.listeners[0].port: 70000 is more than 65535"],
  [["Kafka", "spec.kafka.listeners[0].port", 9092.5], "spec.kafka.listeners[0].port: must be an integer, not 9092.5"],
  [
    ["Kafka", "spec.kafka.listeners[0].type", "intern"],
    'spec.kafka.listeners[0].type: "intern" is not one of internal, cluster-ip, nodeport, loadbalancer, route, tlsroute, ingress; did you mean internal?',
  ],
  [["Kafka", "spec.kafka.jvmOptions", { "-Xmx": "1 GB" }], 'spec.kafka.jvmOptions[-Xmx]: "1 GB" does not match ^[0-9]+[mMgG]?$'],
  [
    ["Kafka", "spec.kafka.jvmOptions", { "-XX": { UseG1GC: true } }],
    'spec.kafka.jvmOptions[-XX].UseG1GC: must be a string, not true; write "true" in quotes',
  ],
  [
    ["Kafka", "spec.kafka.rack", { type: "environment-variable" }],
    "spec.kafka.rack: envVarName is required for the type environment-variable",
  ],
  [["Kafka", "spec.kafka.rack", {}], "spec.kafka.rack: topologyKey is required for the type topology-label"],
  [["broker", "spec.replicas", -1], "spec.replicas: -1 is less than 0"],
  [["broker", "spec.replicas", 2 ** 60], `spec.replicas: must be an integer, not ${2 ** 60}`],
  [
    ["broker", "spec.resources", { limits: { memory: "2 GB" } }],
    'spec.resources.limits.memory: must be a quantity such as 500m or 10Gi, not "2 GB"',
  ],
  [["broker", "spec.storage", { type: "persistent-claim" }], "spec.storage: size is required for the type persistent-claim"],
  [["broker", "spec.storage", { type: "jbod" }], "spec.storage: volumes is required for the type jbod"],
  // listeners
  [["Kafka", "spec.kafka.listeners[1].name", "plain"], "spec.kafka.listeners[1].name: another listener has the name plain"],
  [["Kafka", "spec.kafka.listeners[1].port", 9092], "spec.kafka.listeners[1].port: another listener has the port 9092"],
  [["Kafka", "spec.kafka.listeners[1].port", 9404], "spec.kafka.listeners[1].port: port 9404 is kept for metrics"],
  [["Kafka", "spec.kafka.listeners[1].port", 9999], "spec.kafka.listeners[1].port: port 9999 is kept for JMX"],
  // versions
  [["Kafka", "spec.kafka.version", "4.4.0"], 'spec.kafka.version: Kafka "4.4.0" is not known; known are 4.3.x, 4.2.x, 4.1.x, 3.9.x'],
  [["Kafka", "spec.kafka.version", "4.3"], 'spec.kafka.version: Kafka "4.3" is not known; known are 4.3.x, 4.2.x, 4.1.x, 3.9.x'],
  [["Kafka", "spec.kafka.metadataVersion", "four"], 'spec.kafka.metadataVersion: "four" is not a metadata version; write 4.3 or 4.3-IV0'],
  [["Kafka", "spec.kafka.metadataVersion", "5.0"], "spec.kafka.metadataVersion: 5.0 is newer than Kafka 4.3.1"],
  [["Kafka", "spec.kafka.metadataVersion", "3.2-IV0"], "spec.kafka.metadataVersion: 3.2-IV0 is older than KRaft, which begins with 3.3"],
  [["Kafka", "spec.kafka.image", "my image"], 'spec.kafka.image: "my image" is not an image'],
  // configuration
  [
    ["Kafka", "spec.kafka.config.listeners", "PLAINTEXT://:9092"],
    "spec.kafka.config.listeners: this option may not be set: it follows from spec.kafka.listeners",
  ],
  [
    ["Kafka", "spec.kafka.config[ssl.keystore.location]", "/x"],
    "spec.kafka.config[ssl.keystore.location]: this option may not be set: certificates are managed",
  ],
  [["Kafka", "spec.kafka.config[Node.ID]", 1], "spec.kafka.config[Node.ID]: this option may not be set: ids of nodes are managed"],
  [
    ["Kafka", "spec.kafka.config[controller.quorum.voters]", "1@a:1"],
    "spec.kafka.config[controller.quorum.voters]: this option may not be set: the metadata quorum is managed",
  ],
  [
    ["Kafka", "spec.kafka.config[log.retention.hours]", null],
    'spec.kafka.config[log.retention.hours]: the option has no value; write "" for an empty one',
  ],
  [
    ["Kafka", "spec.kafka.config[log.retention.hours]", [1]],
    "spec.kafka.config[log.retention.hours]: must be a text, a number, true or false, not a list",
  ],
  [
    ["Kafka", "spec.kafka.config[log.retention.hours]", "1\nsuper.users=User:eve"],
    "spec.kafka.config[log.retention.hours]: a value must be on one line",
  ],
  [["Kafka", "spec.kafka.config", { "a b": 1 }], 'spec.kafka.config[a b]: "a b" is not the name of an option'],
  [
    ["Kafka", "spec.kafka.config[default.replication.factor]", 4],
    "spec.kafka.config[default.replication.factor]: 4 is more than the 3 brokers of the cluster",
  ],
  [
    ["Kafka", "spec.kafka.config[min.insync.replicas]", "9"],
    "spec.kafka.config[min.insync.replicas]: 9 is more than the 3 brokers of the cluster",
  ],
  // the rest of a Kafka
  [
    ["Kafka", "metadata.name", "9lives"],
    `metadata.name: the name of a cluster is part of Services' names: begin with a letter, go on with letters, digits and "-"`,
  ],
  [["Kafka", "metadata.name", "a".repeat(48)], "metadata.name: the name of a cluster has at most 47 characters, this has 48"],
  [
    ["Kafka", "spec.kafka.logging", { type: "external" }],
    "spec.kafka.logging: external logging needs valueFrom.configMapKeyRef with name and key",
  ],
  [
    ["Kafka", "spec.kafka.logging", { type: "inline", loggers: { "a\nb": "INFO" } }],
    "spec.kafka.logging.loggers[a\nb]: a logger and its level must be on one line",
  ],
  [
    ["Kafka", "spec.kafka.livenessProbe", { successThreshold: 2 }],
    "spec.kafka.livenessProbe.successThreshold: Kubernetes knows no other success threshold than 1 for liveness",
  ],
  [
    ["Kafka", "spec.kafka.jvmOptions", { javaSystemProperties: [{ name: "a", value: "b\nc" }] }],
    "spec.kafka.jvmOptions.javaSystemProperties[0]: the value of a system property is on one line",
  ],
  [
    ["Kafka", "spec.kafka.template", { pod: { metadata: { labels: { "strimzi.io/cluster": "x" } } } }],
    "spec.kafka.template.pod.metadata.labels[strimzi.io/cluster]: labels of strimzi.io cannot be chosen",
  ],
  [
    ["broker", "spec.template", { pod: { metadata: { labels: { "app.kubernetes.io/part-of": "shop" } } } }],
    "spec.template.pod.metadata.labels[app.kubernetes.io/part-of]: this label is set for every pod and cannot be chosen",
  ],
  [
    ["broker", "spec.template", { pod: { metadata: { annotations: { "strimzi.io/kafka-version": "5" } } } }],
    "spec.template.pod.metadata.annotations[strimzi.io/kafka-version]: annotations of strimzi.io cannot be chosen",
  ],
  [
    [
      "broker",
      "spec.template",
      {
        pod: { topologySpreadConstraints: [1, 2].map((maxSkew) => ({ maxSkew, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule" })) },
      },
    ],
    "spec.template.pod.topologySpreadConstraints[1]: there is another entry with the same topologyKey and whenUnsatisfiable",
  ],
  [["broker", "spec.jvmOptions", { "-Xms": "2g", "-Xmx": "1g" }], "spec.jvmOptions[-Xms]: -Xms 2g is more than -Xmx 1g"],
  [
    ["broker", "spec.jvmOptions", { "-Xms": "1500m" }],
    "spec.jvmOptions[-Xms]: -Xms 1500m is more than half of the memory 2Gi, which is -Xmx",
  ],
  [
    ["broker", "spec.jvmOptions", { "-Xmx": "3g" }],
    "spec.jvmOptions[-Xmx]: -Xmx 3g is more than the memory limit 2Gi: the node would be killed",
  ],
  [
    ["broker", "spec.storage", { type: "persistent-claim", size: "1Gi", volumes: [{ id: 0, type: "ephemeral" }] }],
    "spec.storage.volumes: storage of the type persistent-claim is one volume; for several, write type: jbod",
  ],
  [
    ["Kafka", "spec.clusterCa", { validityDays: 20 }],
    "spec.clusterCa: certificates live for 20 days and would be renewed 30 days before their end",
  ],
  // pools
  [
    ["broker", "metadata.labels", undefined],
    "metadata: the label strimzi.io/cluster is missing, which names the Kafka that the pool belongs to",
  ],
  [
    ["broker", "metadata.labels", { "strimzi.io/cluster": "my-clutser" }],
    "metadata.labels[strimzi.io/cluster]: there is no Kafka my-clutser in the namespace kafka; did you mean my-cluster?",
  ],
  [["broker", "metadata.namespace", "other"], "metadata.labels[strimzi.io/cluster]: there is no Kafka my-cluster in the namespace other"],
  [["broker", "metadata.name", "a.b"], 'metadata.name: the name of a pool is part of host names: use lower-case letters, digits and "-"'],
  [["broker", "metadata.name", "b".repeat(42)], `metadata.name: "my-cluster-${"b".repeat(42)}" has 53 characters, at most 52 are possible`],
  [["broker", "metadata.name", "controller"], "metadata.name: there is another KafkaNodePool controller"],
  [["broker", "spec.roles", []], "spec.roles: a pool needs a role: controller, broker or both"],
  [["broker", "spec.roles", ["broker", "broker"]], "spec.roles[1]: the role broker is given twice"],
  [
    ["broker", "spec.roles", ["controller"]],
    "the cluster has no broker: no pool of it has this role and replicas; make a KafkaNodePool with the label strimzi.io/cluster: my-cluster",
  ],
  [
    ["controller", "spec.replicas", 0],
    "the cluster has no controller: no pool of it has this role and replicas; make a KafkaNodePool with the label strimzi.io/cluster: my-cluster",
  ],
  [["broker", "spec.replicas", 1001], "spec.replicas: 1001 nodes are more than a pool can have (1000)"],
  [["broker", "spec.storage.volumes[1].id", 0], "spec.storage.volumes[1].id: another volume has the id 0"],
  [
    ["broker", "spec.storage.volumes[1].kraftMetadata", "shared"],
    "spec.storage.volumes[1].kraftMetadata: another volume has the KRaft metadata; only one can",
  ],
  [["broker", "spec.storage.volumes", []], "spec.storage.volumes: JBOD storage needs at least one volume"],
  [["broker", "spec.storage.size", "10Gi"], "spec.storage.size: for the type jbod, size belongs to its volumes"],
  [["broker", "spec.storage.volumes[0].size", "much"], 'spec.storage.volumes[0].size: "much" is not a size; write 10Gi, or 500Mi'],
  [["broker", "spec.storage.volumes[0].size", "0"], 'spec.storage.volumes[0].size: "0" is too small'],
  [["broker", "spec.storage", { type: "ephemeral", size: "1Gi" }], "spec.storage.size: a volume of the type ephemeral has no size"],
  [
    ["broker", "spec.resources", { requests: { cpu: 2 }, limits: { cpu: "1500m" } }],
    'spec.resources.requests.cpu: 2 is more than the limit "1500m"',
  ],
];

const short = (text: string): string => text.slice(0, 110).replaceAll("\n", " ");

for (const [change, want] of refused)
  test(`refused: ${short(want)}`, () => {
    const { clusters, problems } = parseText(asText(changed(change)));
    const errors = problems.filter(({ severity }) => severity === "error");
    const texts = errors.map(({ path, message, hint }) => `${path}${path && ": "}${message}${hint ? `; ${hint}` : ""}`);
    assert.ok(texts.includes(want), texts.join("\n"));
    assert.ok(errors.every(({ line }) => line !== undefined && line > 0));
    assert.deepEqual(clusters, []);
  });

/** Fields and values that this version does not serve. */
const unsupported: readonly [change: Change, path: string][] = [
  [["Kafka", "spec.kafka.listeners[1].type", "nodeport"], "spec.kafka.listeners[1].type"],
  [["Kafka", "spec.kafka.listeners[1].authentication", { type: "tls" }], "spec.kafka.listeners[1].authentication"],
  [["Kafka", "spec.kafka.authorization", { type: "simple" }], "spec.kafka.authorization"],
  [["Kafka", "spec.kafka.rack", { topologyKey: "zone" }], "spec.kafka.rack"],
  [["Kafka", "spec.kafka.metricsConfig", { type: "strimziMetricsReporter" }], "spec.kafka.metricsConfig"],
  [["Kafka", "spec.entityOperator", {}], "spec.entityOperator"],
  [["Kafka", "spec.cruiseControl", {}], "spec.cruiseControl"],
  [["Kafka", "spec.maintenanceTimeWindows", []], "spec.maintenanceTimeWindows"],
  [["Kafka", "spec.clusterCa", { certificateExpirationPolicy: "replace-key" }], "spec.clusterCa.certificateExpirationPolicy"],
  [["Kafka", "spec.kafka.template", { pod: { volumes: [] } }], "spec.kafka.template.pod.volumes"],
  [["broker", "spec.template.kafkaContainer", { env: [] }], "spec.template.kafkaContainer.env"],
  [["broker", "spec.storage.volumes[1].volumeAttributesClass", "x"], "spec.storage.volumes[1].volumeAttributesClass"],
  [["broker", "metadata.annotations", { "strimzi.io/next-node-ids": "[0]" }], "metadata.annotations[strimzi.io/next-node-ids]"],
];

for (const [change, path] of unsupported)
  test(`not supported: ${path}`, () => {
    const { clusters, problems } = parseText(asText(changed(change)));
    assert.deepEqual(
      problems.filter(({ message }) => message.startsWith("not supported by this version: ")).map((problem) => problem.path),
      [path],
    );
    assert.deepEqual(clusters, []);
  });

test("every problem of several documents at once", () => {
  const changes: Change[] = [
    ["Kafka", "spec.kafka.listeners[1].port", 9092],
    ["Kafka", "spec.kafka.rack", { topologyKey: "zone" }],
    ["Kafka", "spec.kafka.config.port", 1],
    ["broker", "spec.replicas", "3"],
    ["controller", "spec.storage.size", "x"],
  ];
  const { problems } = parseText(asText(changed(...changes)));
  assert.deepEqual(
    problems.map(({ document, path }) => `${document} ${path}`),
    ["3 spec.replicas", "1 spec.kafka.rack", "1 spec.kafka.listeners[1].port", "1 spec.kafka.config.port", "2 spec.storage.size"],
  );
});

const warned: readonly [changes: readonly Change[], warning: string][] = [
  [[["controller", "spec.replicas", 4]], "4 controllers survive no more failures than 3 would"],
  [
    [["Kafka", "spec.kafka.config[default.replication.factor]", undefined]],
    "config has no default.replication.factor: new topics have one replica, and are lost with its broker",
  ],
  [
    [["Kafka", "spec.kafka.config[min.insync.replicas]", undefined]],
    "config has no min.insync.replicas: a record may be confirmed by one broker alone",
  ],
];

for (const [changes, want] of warned)
  test(`warned: ${want}`, () => {
    const { clusters, problems } = parseText(asText(changed(...changes)));
    assert.deepEqual(
      problems.map(({ severity, message }) => [severity, message]),
      [["warning", want]],
    );
    assert.equal(clusters.length, 1);
  });

test("options of the broker are asked of the caller, with the version", () => {
  const asked: string[] = [];
  const checkOption = (name: string, value: string, version: string) => {
    asked.push(`${name}=${value} ${version}`);
    return name === "log.retention.hours" ? "too long" : undefined;
  };
  const objects = changed(["Kafka", "spec.kafka.config", { "log.retention.hours": 7, "my.plugin": 0.5 }]);
  const warnOption = (name: string) => (name === "my.plugin" ? "for plugins" : undefined);
  const { problems } = parseText(asText(objects), { namespace: "kafka", checkOption, warnOption });
  assert.ok(problems.some(({ severity, message }) => severity === "warning" && message === "for plugins"));
  assert.deepEqual(asked, ["log.retention.hours=7 4.3.1", "my.plugin=0.5 4.3.1"]);
  assert.deepEqual(
    problems.filter(({ severity }) => severity === "error").map(({ path, message }) => `${path}: ${message}`),
    ["spec.kafka.config[log.retention.hours]: too long"],
  );
});

test("objects of the API server are named, since they have no file", () => {
  const { problems } = parseObjects(changed(["broker", "spec.replicas", -1]));
  assert.deepEqual(problems, [
    { severity: "error", source: "KafkaNodePool kafka/broker", document: 1, path: "spec.replicas", message: "-1 is less than 0" },
  ]);
});
