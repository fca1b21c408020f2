import type { KubeObject } from "../../src/model/kube.ts";

type Labels = Record<string, string>;

const kafkaLabels = (cluster: string): Labels => ({
  "strimzi.io/cluster": cluster,
  "strimzi.io/kind": "Kafka",
  "strimzi.io/name": `${cluster}-kafka`,
});

const roleLabels = (role: "controller" | "broker"): Labels => ({
  "strimzi.io/pool-name": role,
  "strimzi.io/controller-role": String(role === "controller"),
  "strimzi.io/broker-role": String(role === "broker"),
});

const created = "2026-11-11T12:00:00Z";

/** A running, ready pod of a StatefulSet as the API shows it; `changes` replaces whole fields. */
export function podObject(
  cluster: string,
  role: "controller" | "broker",
  id: number,
  changes: Partial<KubeObject> & { annotations?: Labels } = {},
): KubeObject {
  const { annotations, ...rest } = changes;
  const name = `${cluster}-${role}-${id}`;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "kafka",
      uid: `uid-${name}`,
      creationTimestamp: created,
      labels: { ...kafkaLabels(cluster), ...roleLabels(role), "controller-revision-hash": "rev-1" },
      ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: `${cluster}-${role}`, uid: "set", controller: true }],
      ...(annotations ? { annotations } : {}),
    },
    spec: { nodeName: `node-${(id % 3) + 1}`, containers: [{ name: "kafka", image: "apache/kafka:4.3.1" }] },
    status: {
      phase: "Running",
      startTime: created,
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [{ name: "kafka", ready: true, restartCount: 0 }],
    },
    ...rest,
  };
}

export function statefulSetObject(cluster: string, role: "controller" | "broker", start: number, replicas: number): KubeObject {
  const metadata = {
    name: `${cluster}-${role}`,
    namespace: "kafka",
    creationTimestamp: created,
    labels: { ...kafkaLabels(cluster), ...roleLabels(role) },
  };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata,
    spec: { replicas, ordinals: { start } },
    status: { updateRevision: "rev-1" },
  };
}

export function secretObject(cluster: string, name: string, texts: Labels, annotations: Labels = {}): KubeObject {
  const data = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString("base64")]));
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "kafka", labels: kafkaLabels(cluster), annotations }, data };
}

export function hostObject(name: string, zone: string): KubeObject {
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels: { "topology.kubernetes.io/zone": zone } } };
}

/** A cluster of three controllers and three brokers without any custom resource, as direct mode and the e2e fixture make it. */
export function labelledCluster(cluster = "my-cluster"): KubeObject[] {
  const ports = [
    { name: "tcp-replication", port: 9091 },
    { name: "tcp-plain", port: 9092 },
  ];
  return [
    ...[0, 1, 2].map((id) => podObject(cluster, "controller", id)),
    ...[3, 4, 5].map((id) => podObject(cluster, "broker", id)),
    statefulSetObject(cluster, "controller", 0, 3),
    statefulSetObject(cluster, "broker", 3, 3),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: `${cluster}-kafka-bootstrap`, namespace: "kafka", labels: kafkaLabels(cluster) },
      spec: { ports },
    },
    secretObject(
      cluster,
      `${cluster}-cluster-ca-cert`,
      { "ca.crt": "CA", "ca-2025-01-01T00-00-00Z.crt": "OLD CA" },
      { "strimzi.io/ca-cert-generation": "1" },
    ),
    secretObject(cluster, `${cluster}-cluster-operator-certs`, { "cluster-operator.crt": "CERT", "cluster-operator.key": "KEY" }),
    ...[1, 2, 3].map((index) => hostObject(`node-${index}`, `zone-${index}`)),
  ];
}

type KafkaFields = { spec?: object; status?: object; annotations?: Labels };

export function kafkaResource(
  name: string,
  { spec = { kafka: { listeners: [] } }, status = {}, annotations = {} }: KafkaFields = {},
): KubeObject {
  return {
    apiVersion: "kafka.strimzi.io/v1",
    kind: "Kafka",
    metadata: { name, namespace: "kafka", generation: 1, creationTimestamp: created, annotations },
    spec,
    status,
  };
}
