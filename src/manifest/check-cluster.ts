import { configText } from "./config-values.ts";
import type { KafkaDocument, PoolDocument } from "./kafka-resource.ts";
import { type Reporter, reporterFor } from "./reporter.ts";

const config = ["spec", "kafka", "config"];

/** A replication factor above the number of brokers makes topics impossible. */
const limitedByBrokers = [
  "default.replication.factor",
  "offsets.topic.replication.factor",
  "transaction.state.log.replication.factor",
  "transaction.state.log.min.isr",
];

type Counts = { readonly brokers: number; readonly controllers: number };

function countNodes(pools: readonly PoolDocument[]): Counts {
  const count = (role: "broker" | "controller") =>
    pools.filter(({ object }) => object.spec.roles.includes(role)).reduce((sum, { object }) => sum + object.spec.replicas, 0);
  return { brokers: count("broker"), controllers: count("controller") };
}

function checkReplication(report: Reporter, given: Readonly<Record<string, unknown>>, brokers: number): void {
  const numberOf = (name: string) => Number(configText(given[name]) ?? Number.NaN);
  for (const name of limitedByBrokers)
    if (numberOf(name) > brokers) report.error([...config, name], `${numberOf(name)} is more than the ${brokers} brokers of the cluster`);
  const minIsr = numberOf("min.insync.replicas");
  if (minIsr > brokers) report.error([...config, "min.insync.replicas"], `${minIsr} is more than the ${brokers} brokers of the cluster`);
  if (brokers < 2) return;
  const missing = (name: string, reason: string, otherwise: string) =>
    report.told(["spec", "kafka"], reason, { message: `config has no ${name}: ${otherwise}`, hint: `set ${name} in spec.kafka.config` });
  if (given["default.replication.factor"] === undefined)
    missing("default.replication.factor", "KafkaDefaultReplicationFactor", "new topics have one replica, and are lost with its broker");
  if (given["min.insync.replicas"] === undefined)
    missing("min.insync.replicas", "KafkaMinInsyncReplicas", "a record may be confirmed by one broker alone");
}

/** What only a Kafka and all its pools together can tell: which roles there are, and for how many brokers the configuration is made. */
export function checkCluster(kafka: KafkaDocument, pools: readonly PoolDocument[]): Reporter {
  const report = reporterFor(kafka);
  const { brokers, controllers } = countNodes(pools);
  const { name } = kafka.object.metadata;
  const hint = `make a KafkaNodePool with the label strimzi.io/cluster: ${name}`;
  if (controllers === 0) report.error([], `the cluster has no controller: no pool of it has this role and replicas`, hint);
  if (brokers === 0) report.error([], `the cluster has no broker: no pool of it has this role and replicas`, hint);
  if (brokers > 0) checkReplication(report, kafka.object.spec.kafka.config ?? {}, brokers);
  if (controllers > 0 && controllers % 2 === 0)
    report.told([], "KafkaKRaftControllerNodeCount", {
      message: `${controllers} controllers survive no more failures than ${controllers - 1} would`,
      hint: "use an odd number of controllers",
    });
  return report;
}
