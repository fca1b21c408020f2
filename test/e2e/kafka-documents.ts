import { makeAuthority } from "./certificates.ts";

type Role = "controller" | "broker";

/** A pool of nodes with one contiguous range of ids. */
export type PoolSpec = { name: string; roles: readonly Role[]; firstId: number; replicas: number };

/** A listener for clients, beside 9090 and 9091, which every cluster has. */
export type ListenerSpec = { name: string; port: number; tls: boolean; authentication?: "tls" | "scram-sha-512" };

export type ClusterSpec = {
  namespace: string;
  name: string;
  image: string;
  pools: readonly PoolSpec[];
  listeners: readonly ListenerSpec[];
  heap: string;
  /** Days the leaf certificates live; the default is a year. */
  leafDays?: number;
};

type Document = { apiVersion: string; kind: string; metadata: Record<string, unknown>; [field: string]: unknown };

const labelsOf = (cluster: string): Record<string, string> => ({
  "strimzi.io/cluster": cluster,
  "strimzi.io/kind": "Kafka",
  "strimzi.io/name": `${cluster}-kafka`,
});

const poolLabels = (cluster: string, pool: PoolSpec): Record<string, string> => ({
  ...labelsOf(cluster),
  "strimzi.io/pool-name": pool.name,
  "strimzi.io/broker-role": String(pool.roles.includes("broker")),
  "strimzi.io/controller-role": String(pool.roles.includes("controller")),
});

export const nodeIds = (pool: PoolSpec): number[] => Array.from({ length: pool.replicas }, (_, index) => pool.firstId + index);

const podName = (cluster: string, pool: PoolSpec, id: number): string => `${cluster}-${pool.name}-${id}`;

/** Kafka wants 22 characters of base64url; the same name gives the same id. */
export const clusterIdOf = (name: string): string => Buffer.from(name.padEnd(16, "0").slice(0, 16)).toString("base64url");

const listenerId = ({ name, port }: { name: string; port: number }): string => `${name.toUpperCase()}-${port}`;

const protocolOf = ({ tls, authentication }: ListenerSpec): string => {
  if (authentication === "scram-sha-512") return tls ? "SASL_SSL" : "SASL_PLAINTEXT";
  return tls ? "SSL" : "PLAINTEXT";
};

/** Certificates of one TLS listener; `trusts` names the CA that client certificates must come from. */
const tlsProperties = (id: string, trusts: "ca" | "clients-ca" | undefined): string[] => [
  `listener.name.${id}.ssl.keystore.type=PEM`,
  `listener.name.${id}.ssl.keystore.location=/tmp/keystore.pem`,
  ...(trusts === undefined
    ? []
    : [
        `listener.name.${id}.ssl.truststore.type=PEM`,
        `listener.name.${id}.ssl.truststore.location=/certificates/${trusts}.crt`,
        `listener.name.${id}.ssl.client.auth=required`,
      ]),
];

function listenerProperties(listener: ListenerSpec): string[] {
  const id = listenerId(listener).toLowerCase();
  const scram = [
    `listener.name.${id}.sasl.enabled.mechanisms=SCRAM-SHA-512`,
    `listener.name.${id}.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;`,
  ];
  return [
    ...(listener.tls ? tlsProperties(id, listener.authentication === "tls" ? "clients-ca" : undefined) : []),
    ...(listener.authentication === "scram-sha-512" ? scram : []),
  ];
}

const internal = ["CONTROLPLANE-9090", "REPLICATION-9091"];

function serverProperties({ namespace, name, pools, listeners }: ClusterSpec, pool: PoolSpec): string {
  const service = `${name}-kafka-brokers.${namespace}.svc`;
  const broker = pool.roles.includes("broker");
  const brokers = pools.filter(({ roles }) => roles.includes("broker")).reduce((sum, { replicas }) => sum + replicas, 0);
  const voters = pools
    .filter(({ roles }) => roles.includes("controller"))
    .flatMap((voter) => nodeIds(voter).map((id) => `${id}@${podName(name, voter, id)}.${service}:9090`));
  const forClients = broker
    ? [{ id: "REPLICATION-9091", port: 9091 }, ...listeners.map((listener) => ({ id: listenerId(listener), port: listener.port }))]
    : [];
  const bound = [...(pool.roles.includes("controller") ? [{ id: "CONTROLPLANE-9090", port: 9090 }] : []), ...forClients];
  const protocols = [
    ...internal.map((id) => `${id}:SSL`),
    ...listeners.map((listener) => `${listenerId(listener)}:${protocolOf(listener)}`),
  ];
  return [
    `process.roles=${pool.roles.join(",")}`,
    "node.id=$id",
    `controller.quorum.voters=${voters.join(",")}`,
    `listeners=${bound.map(({ id, port }) => `${id}://:${port}`).join(",")}`,
    ...(broker
      ? [`advertised.listeners=${forClients.map(({ id, port }) => `${id}://$HOSTNAME.${service}:${port}`).join(",")}`, "broker.rack=$rack"]
      : []),
    "controller.listener.names=CONTROLPLANE-9090",
    "inter.broker.listener.name=REPLICATION-9091",
    `listener.security.protocol.map=${protocols.join(",")}`,
    ...internal.flatMap((id) => tlsProperties(id.toLowerCase(), "ca")),
    ...(broker ? listeners.flatMap(listenerProperties) : []),
    // everybody may do everything, but ACLs can be made and read
    "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found=true",
    `super.users=User:ANONYMOUS;User:CN=${name}-kafka,O=io.strimzi;User:CN=cluster-operator,O=io.strimzi`,
    "log.dirs=/var/lib/kafka/data/kafka-log$id",
    `offsets.topic.replication.factor=${Math.min(3, brokers)}`,
    "offsets.topic.num.partitions=3",
    `default.replication.factor=${Math.min(3, brokers)}`,
    `min.insync.replicas=${brokers >= 3 ? 2 : 1}`,
    "num.network.threads=2",
    "num.io.threads=4",
    "auto.create.topics.enable=false",
  ].join("\n");
}

/** Formats the volume once, then becomes Kafka. The shell fills in what only the pod knows. */
const startScript = (spec: ClusterSpec, pool: PoolSpec): string => `#!/bin/bash
set -e
id=\${HOSTNAME##*-}
rack=\${NODE_NAME/node-/zone-}
cat /certificates/node.key /certificates/node.crt > /tmp/keystore.pem
cat > /tmp/server.properties <<END
${serverProperties(spec, pool)}
END
[ -f /var/lib/kafka/data/kafka-log$id/meta.properties ] || /opt/kafka/bin/kafka-storage.sh format -t ${clusterIdOf(spec.name)} -c /tmp/server.properties
exec /opt/kafka/bin/kafka-server-start.sh /tmp/server.properties
`;

function statefulSet(spec: ClusterSpec, pool: PoolSpec): Document {
  const { namespace, name } = spec;
  const labels = poolLabels(name, pool);
  const port = pool.roles.includes("broker") ? 9092 : 9090;
  const container = {
    name: "kafka",
    image: spec.image,
    imagePullPolicy: "IfNotPresent",
    command: ["bash", "/scripts/start.sh"],
    env: [
      { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      { name: "KAFKA_HEAP_OPTS", value: pool.roles.includes("broker") ? `-Xms${spec.heap} -Xmx${spec.heap}` : "-Xms160m -Xmx160m" },
    ],
    readinessProbe: { tcpSocket: { port }, periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 5 },
    volumeMounts: [
      { name: "data", mountPath: "/var/lib/kafka/data" },
      { name: "scripts", mountPath: "/scripts" },
      { name: "certificates", mountPath: "/certificates" },
    ],
  };
  const spread = {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labels },
  };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: `${name}-${pool.name}`, namespace, labels },
    spec: {
      replicas: pool.replicas,
      ordinals: { start: pool.firstId },
      serviceName: `${name}-kafka-brokers`,
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "OnDelete" },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          securityContext: { fsGroup: 1000 },
          topologySpreadConstraints: [spread],
          terminationGracePeriodSeconds: 30,
          containers: [container],
          volumes: [
            { name: "scripts", configMap: { name: `${name}-${pool.name}` } },
            { name: "certificates", secret: { secretName: `${name}-${pool.name}` } },
          ],
        },
      },
      volumeClaimTemplates: [
        { metadata: { name: "data", labels }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
      ],
    },
  };
}

function secret(spec: ClusterSpec, name: string, data: Record<string, string>): Document {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: spec.namespace, labels: labelsOf(spec.name) }, stringData: data };
}

/** Users as Strimzi's User Operator leaves them behind: one Secret each. */
export const certificateUser = "alice";
export const scramUser = "bob";
export const scramPassword = "bobs-password";

function userSecret(spec: ClusterSpec, user: string, data: Record<string, string>): Document {
  const labels = { "strimzi.io/cluster": spec.name, "strimzi.io/kind": "KafkaUser" };
  return { apiVersion: "v1", kind: "Secret", metadata: { name: user, namespace: spec.namespace, labels }, stringData: data };
}

function secrets(spec: ClusterSpec): Document[] {
  const { name, namespace, pools } = spec;
  const authority = makeAuthority("cluster-ca v0");
  const clients = makeAuthority("clients-ca v0");
  const days = spec.leafDays === undefined ? {} : { days: spec.leafDays };
  const operator = authority.issue({ commonName: "cluster-operator", dns: [], ...days });
  const user = clients.issue({ commonName: certificateUser, dns: [] });
  const service = `${name}-kafka-brokers.${namespace}.svc`;
  const dns = [service, `*.${service}`, `*.${service}.cluster.local`, `${name}-kafka-bootstrap.${namespace}.svc`];
  const node = authority.issue({ commonName: `${name}-kafka`, dns, ...days });
  return [
    secret(spec, `${name}-cluster-ca-cert`, { "ca.crt": authority.crt }),
    secret(spec, `${name}-clients-ca-cert`, { "ca.crt": clients.crt }),
    secret(spec, `${name}-cluster-operator-certs`, { "cluster-operator.crt": operator.crt, "cluster-operator.key": operator.key }),
    ...pools.map((pool) =>
      secret(spec, `${name}-${pool.name}`, {
        "ca.crt": authority.crt,
        "clients-ca.crt": clients.crt,
        "node.crt": node.crt,
        "node.key": node.key,
      }),
    ),
    userSecret(spec, certificateUser, { "user.crt": user.crt, "user.key": user.key }),
    userSecret(spec, scramUser, { password: scramPassword }),
  ];
}

/** Every document of a Kafka cluster with Strimzi's names and labels, made anew (with new certificates) at each call. */
export function kafkaDocuments(spec: ClusterSpec): Document[] {
  const { namespace, name, pools } = spec;
  const labels = labelsOf(name);
  const ports = [
    { name: "tcp-replication", port: 9091 },
    ...spec.listeners.map((listener) => ({ name: `tcp-${listener.name}`, port: listener.port })),
  ];
  const brokers = { ...labels, "strimzi.io/broker-role": "true" };
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: `${name}-kafka-bootstrap`, namespace, labels },
      spec: { selector: brokers, ports },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: `${name}-kafka-brokers`, namespace, labels },
      spec: {
        clusterIP: "None",
        publishNotReadyAddresses: true,
        selector: labels,
        ports: [{ name: "tcp-ctrlplane", port: 9090 }, ...ports],
      },
    },
    ...secrets(spec),
    ...pools.map((pool) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: `${name}-${pool.name}`, namespace, labels },
      data: { "start.sh": startScript(spec, pool) },
    })),
    ...pools.map((pool) => statefulSet(spec, pool)),
  ];
}
