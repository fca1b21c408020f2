import { openKafkaData } from "../../src/adapters/kafka/data/open.ts";
import { clock } from "../../src/adapters/node/clock.ts";
import type { UsableCluster } from "../cluster/use.ts";
import { type CreatedCluster, kubectl } from "./fixture.ts";
import { tunnelTo } from "./tunnel.ts";

// Records of a cluster, written and read by two clients: Java's in a pod of the cluster, and kafkajs through the API server.

const text = (bytes: Uint8Array | null): string => (bytes === null ? "" : Buffer.from(bytes).toString());

/** Runs one of Kafka's own tools in a broker's pod. */
export const kafkaTool = (cluster: UsableCluster, { namespace, pods }: CreatedCluster, line: string, stdin?: string): Promise<string> => {
  const command = ["exec", "-i", "-n", namespace, pods.at(-1) ?? "", "--", "bash", "-c", `unset KAFKA_OPTS; /opt/kafka/bin/${line}`];
  return kubectl(cluster, command, { timeoutMs: 120_000, ...(stdin === undefined ? {} : { stdin }) });
};

const plain = "--bootstrap-server localhost:9092";

export const createTopic = (cluster: UsableCluster, created: CreatedCluster, topic: string, flags = ""): Promise<string> =>
  kafkaTool(cluster, created, `kafka-topics.sh ${plain} --create --if-not-exists --topic ${topic} ${flags}`);

/** Java's producer, acknowledged by all in-sync replicas. */
export const javaWrites = (cluster: UsableCluster, created: CreatedCluster, topic: string, lines: readonly string[]): Promise<string> =>
  kafkaTool(cluster, created, `kafka-console-producer.sh ${plain} --topic ${topic} --command-property acks=all`, `${lines.join("\n")}\n`);

/** Everything in a topic, read by Java's consumer through the bootstrap Service's TLS listener, sorted. */
export async function javaReads(cluster: UsableCluster, created: CreatedCluster, topic: string, count: number): Promise<string[]> {
  const server = `--bootstrap-server ${created.name}-kafka-bootstrap.${created.namespace}.svc:9093`;
  const trust = "printf 'security.protocol=SSL\\nssl.truststore.type=PEM\\nssl.truststore.location=/opt/kafka/trust/cluster-ca.crt\\n'";
  const consumer = `kafka-console-consumer.sh ${server} --topic ${topic} --from-beginning --max-messages ${count} --timeout-ms 60000`;
  const output = await kafkaTool(cluster, created, `${consumer} --command-config <(${trust}) 2>/dev/null`);
  return output.split("\n").filter(Boolean).sort();
}

/** Writes by kafkajs through the tunnel. */
export async function kafkajsWrites(
  cluster: UsableCluster,
  created: CreatedCluster,
  topic: string,
  values: readonly string[],
): Promise<void> {
  const brokers = created.pods.filter((pod) => !pod.includes("controller"));
  const { target, dial, close } = await tunnelTo(cluster, { ...created, pods: brokers });
  const data = await openKafkaData(target, { dial, clock, trace: () => undefined });
  const records = values.map((value) => ({ value }));
  await data.produce({ topic, records, acks: "all", compression: "none", idempotent: true });
  await data.close();
  close();
}

/** Everything in a topic, read by kafkajs through the tunnel, sorted. */
export async function kafkajsReads(cluster: UsableCluster, created: CreatedCluster, topic: string): Promise<string[]> {
  const brokers = created.pods.filter((pod) => !pod.includes("controller"));
  const { target, dial, close } = await tunnelTo(cluster, { ...created, pods: brokers });
  const data = await openKafkaData(target, { dial, clock, trace: () => undefined });
  const isolation = "read_committed";
  const offsets = await data.offsets({ topic, isolation });
  const ranges = offsets.filter(({ start, end }) => end > start).map(({ partition, start, end }) => ({ partition, from: start, to: end }));
  const found: string[] = [];
  for await (const { records } of data.read({ topic, ranges, isolation })) found.push(...records.map(({ value }) => text(value)));
  await data.close();
  close();
  return found.sort();
}
