import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { openKafka } from "../../src/adapters/kafka/open.ts";
import { clock } from "../../src/adapters/node/clock.ts";
import type { UsableCluster } from "../cluster/use.ts";
import { type CreatedCluster, kubectl } from "./fixture.ts";
import { tunnelTo } from "./tunnel.ts";

// Clients that go on while nodes restart: Kafka's own verifiable producer (acks=all, idempotent, numbers that rise) and consumer, in a pod of
// their own, and a watcher of the in-sync replicas.

const image = process.env.KUBECTL_KAFKA_TEST_IMAGE ?? "apache/kafka:4.3.1";

/** A pod to run clients in, ready. */
export async function clientPod(cluster: UsableCluster, namespace: string): Promise<string> {
  const spec = { terminationGracePeriodSeconds: 0, containers: [{ name: "clients", image, command: ["sleep", "infinity"] }] };
  await kubectl(cluster, ["apply", "-n", namespace, "-f", "-"], {
    stdin: JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "clients", namespace }, spec }),
  });
  await kubectl(cluster, ["wait", "pod/clients", "-n", namespace, "--for=condition=Ready", "--timeout=60s"], { timeoutMs: 90_000 });
  return "clients";
}

export type Outcome = {
  /** Acknowledged values. */
  readonly acknowledged: ReadonlySet<number>;
  readonly refused: number;
  readonly consumed: ReadonlySet<number>;
  /** Records that were read more than once. */
  readonly duplicates: number;
  /** The fewest replicas that were in sync at any look at any partition, and how many looks there were. */
  readonly fewestInSync: number;
  readonly looks: number;
};

type Line = { name?: string; value?: string; partition?: number; offset?: number };

type Tool = "VerifiableProducer" | "VerifiableConsumer";

/** Starts a tool in the pod and reads its JSON lines as they come. */
function start(cluster: UsableCluster, namespace: string, { tool, flags }: { tool: Tool; flags: string }, onLine: (line: Line) => void) {
  const main = `org.apache.kafka.tools.${tool} ${flags}`;
  // left alone the producer never sends twice, and is not idempotent then
  const config = "printf 'enable.idempotence=true\\nretries=2147483647\\n' > /tmp/producer.properties";
  const script = `${config}; echo $$ > /tmp/${tool}.pid; export KAFKA_HEAP_OPTS=-Xmx128m; exec /opt/kafka/bin/kafka-run-class.sh ${main}`;
  const child = spawn(cluster.kubectl, ["exec", "-n", namespace, "clients", "--", "bash", "-c", script], {
    env: cluster.env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  createInterface({ input: child.stdout }).on("line", (text) => {
    if (text.startsWith("{")) onLine(JSON.parse(text) as Line);
  });
  return child;
}

/** Stops the tool in the pod, where a signal to kubectl does not reach it. */
async function stop(cluster: UsableCluster, namespace: string, tool: Tool, child: ChildProcess): Promise<void> {
  await kubectl(cluster, ["exec", "-n", namespace, "clients", "--", "bash", "-c", `kill $(cat /tmp/${tool}.pid)`]).catch(() => "");
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
}

/** Looks at a topic's in-sync replicas until it is stopped; a broker that is away for a moment is another one's turn. */
async function watchIsr(cluster: UsableCluster, created: CreatedCluster, topic: string, ended: AbortSignal) {
  const pods = created.pods.filter((pod) => !pod.includes("controller"));
  const { target, dial, close } = await tunnelTo(cluster, { ...created, pods });
  let fewest = Number.POSITIVE_INFINITY;
  let looks = 0;
  while (!ended.aborted) {
    const kafka = await openKafka(target, { dial, clock, trace: () => undefined }).catch(() => undefined);
    while (kafka !== undefined && !ended.aborted) {
      const found = await kafka.topics([topic]).catch(() => undefined);
      if (found === undefined) break;
      looks += 1;
      for (const { isr } of found[0]?.partitions ?? []) fewest = Math.min(fewest, isr.length);
      await clock.sleep(100, ended).catch(() => undefined);
    }
    kafka?.close();
  }
  close();
  return { fewest, looks };
}

/** Runs clients on a topic while `work` is done, then until everything acknowledged is read, and tells how it went. */
export async function underTraffic(
  cluster: UsableCluster,
  created: CreatedCluster,
  topic: string,
  work: () => Promise<void>,
): Promise<Outcome> {
  const { namespace, name } = created;
  const server = `--bootstrap-server ${name}-kafka-bootstrap.${namespace}.svc:9092 --topic ${topic}`;
  const acknowledged = new Set<number>();
  const consumed = new Set<number>();
  let [refused, duplicates] = [0, 0];
  const writing = {
    tool: "VerifiableProducer",
    flags: `${server} --throughput 200 --acks -1 --command-config /tmp/producer.properties`,
  } as const;
  const producer = start(cluster, namespace, writing, (line) => {
    if (line.name === "producer_send_success") acknowledged.add(Number(line.value));
    if (line.name === "producer_send_error") refused += 1;
  });
  const reading = { tool: "VerifiableConsumer", flags: `${server} --group-id ${topic} --reset-policy earliest --verbose` } as const;
  const consumer = start(cluster, namespace, reading, (line) => {
    if (line.name !== "record_data") return;
    const value = Number(line.value);
    if (consumed.has(value)) duplicates += 1;
    consumed.add(value);
  });
  const ended = new AbortController();
  const watching = watchIsr(cluster, created, topic, ended.signal);
  try {
    await until("the clients are at work", () => acknowledged.size > 100 && consumed.size > 100);
    await work();
    const after = acknowledged.size;
    await until("the producer goes on", () => acknowledged.size > after + 100);
    await stop(cluster, namespace, "VerifiableProducer", producer);
    // what does not arrive is told by the outcome
    await until("everything is read", () => [...acknowledged].every((value) => consumed.has(value))).catch(() => {});
    await stop(cluster, namespace, "VerifiableConsumer", consumer);
  } finally {
    for (const child of [producer, consumer]) child.kill();
    ended.abort();
  }
  const { fewest, looks } = await watching;
  return { acknowledged, refused, consumed, duplicates, fewestInSync: fewest, looks };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`after a minute still not so: ${what}`);
    await clock.sleep(100);
  }
}
