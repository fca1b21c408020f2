// Broker options that belong to whoever runs the cluster (the lists of Strimzi's API).

const reasons: Readonly<Record<string, string>> = {
  listeners: "it follows from spec.kafka.listeners",
  "advertised.": "it follows from spec.kafka.listeners",
  "broker.": "ids and racks of brokers are managed",
  "listener.": "it follows from spec.kafka.listeners",
  "host.name": "it follows from spec.kafka.listeners",
  port: "it follows from spec.kafka.listeners",
  "inter.broker.listener.name": "brokers talk to each other on a listener of their own",
  "sasl.": "it follows from the authentication of spec.kafka.listeners",
  "ssl.": "certificates are managed",
  "security.": "protocols between the nodes are managed",
  "password.": "secrets are managed",
  "log.dir": "it follows from the storage of the node pools",
  "zookeeper.connect": "there is no ZooKeeper",
  "zookeeper.set.acl": "there is no ZooKeeper",
  "zookeeper.ssl": "there is no ZooKeeper",
  "zookeeper.clientCnxnSocket": "there is no ZooKeeper",
  "zookeeper.metadata.migration.enable": "there is no ZooKeeper",
  "authorizer.": "it follows from spec.kafka.authorization",
  "super.user": "it follows from spec.kafka.authorization",
  "cruise.control.metrics.topic": "it belongs to Cruise Control",
  "cruise.control.metrics.reporter.bootstrap.servers": "it belongs to Cruise Control",
  "node.id": "ids of nodes are managed",
  "process.roles": "it follows from the roles of the node pools",
  "controller.": "the metadata quorum is managed",
  "metadata.log.dir": "it follows from the storage of the node pools",
  "client.quota.callback.static.": "it follows from spec.kafka.quotas",
  "prometheus.metrics.reporter.": "it follows from spec.kafka.metricsConfig",
  "cordoned.log.dirs": "brokers that go away are cordoned by the tool",
};

const allowed = new Set([
  "sasl.server.max.receive.size",
  "ssl.cipher.suites",
  "ssl.protocol",
  "ssl.enabled.protocols",
  "ssl.secure.random.implementation",
  "zookeeper.connection.timeout.ms",
  "cruise.control.metrics.topic.num.partitions",
  "cruise.control.metrics.topic.replication.factor",
  "cruise.control.metrics.topic.retention.ms",
  "cruise.control.metrics.topic.auto.create.retries",
  "cruise.control.metrics.topic.auto.create.timeout.ms",
  "cruise.control.metrics.topic.min.insync.replicas",
  "broker.session.timeout.ms",
  "broker.heartbeat.interval.ms",
  "controller.socket.timeout.ms",
  "controller.quorum.election.backoff.max.ms",
  "controller.quorum.election.timeout.ms",
  "controller.quorum.fetch.timeout.ms",
]);

/** Of a listener ("listener.name.plain-9092."), only what limits its connections. */
const allowedOfListener =
  /^listener\.name\.[a-z0-9]+-\d+\.(connections\.max\.reauth\.ms|max\.connections(\..*)?|max\.connection\.creation\.rate)$/;

/** Why an option may not be set in `spec.kafka.config`; undefined for one that may. */
export function forbiddenBecause(option: string): string | undefined {
  const name = option.toLowerCase();
  if (allowed.has(name) || allowedOfListener.test(name)) return undefined;
  const prefix = Object.keys(reasons).find((start) => name.startsWith(start.toLowerCase()));
  return prefix === undefined ? undefined : reasons[prefix];
}
