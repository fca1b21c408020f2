// `npm run bench -- status`: what `kubectl kafka status` costs on real Kafka with 1,000 topics, beside what a user would run instead, and
// against a broker that speaks the protocol with 200,000 partitions.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { newClient } from "../../src/adapters/kafka/client/client.ts";
import { dialer } from "../../src/adapters/kafka/dial.ts";
import { openKube } from "../../src/adapters/kube/open.ts";
import { clock } from "../../src/adapters/node/clock.ts";
import { ownAccess } from "../../src/observe/kafka-access.ts";
import { readKube } from "../../src/observe/read-kube.ts";
import { type UsableCluster, useCluster } from "../cluster/use.ts";
import { createKafka, threeByThree } from "../e2e/fixture.ts";
import { peakMemory, printTimings, race, runOnce } from "./measure.ts";

const { namespace, name } = threeByThree;
const topicCount = 1000;
const batch = 200;
const topics = Array.from({ length: topicCount }, (_, index) => `bench-${String(index).padStart(4, "0")}`);

/** Kafka's zero UUID: the topic is meant by its name. */
const noTopicId = "A".repeat(22);
const unitBytes: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2 };

const batches = (): string[][] =>
  Array.from({ length: topicCount / batch }, (_, index) => topics.slice(index * batch, (index + 1) * batch));

/** Creates the topics for the time of `work`, through the API server as the plugin does. */
async function withTopics(cluster: UsableCluster, work: () => Promise<void>): Promise<void> {
  process.env.KUBECONFIG = cluster.kubeconfig;
  const kube = await openKube({ namespace }, () => {});
  const view = await readKube({ kube, gaps: [] }, { namespace, cluster: name });
  const dial = dialer((request, signal) => kube.portForward(request, signal));
  const client = newClient({
    target: ownAccess(threeByThree, view),
    dial,
    clock,
    trace: () => {},
    timeoutMs: 120_000,
    connectTimeoutMs: 10_000,
  });
  try {
    for (const names of batches()) {
      const wanted = names.map((topic) => ({ name: topic, numPartitions: 3, replicationFactor: 3, assignments: [], configs: [] }));
      await client.request("CreateTopics", { topics: wanted, timeoutMs: 60_000, validateOnly: false });
    }
    await work();
  } finally {
    for (const names of batches())
      await client.request("DeleteTopics", {
        topics: names.map((topic) => ({ name: topic, topicId: noTopicId })),
        topicNames: names,
        timeoutMs: 60_000,
      });
    client.close();
    kube.close();
  }
}

function printRequests(trace: string): void {
  const lines = trace.split("\n").filter((line) => / in \d+ ms/.test(line));
  const tunnels = lines.filter((line) => line.includes("portforward")).length;
  const kafka = lines.filter((line) => line.startsWith("Kafka")).length;
  const bytes = lines.reduce((sum, line) => {
    const [, amount, unit] = /, ([\d.]+) (B|KiB|MiB)$/.exec(line) ?? [];
    return sum + Number(amount ?? 0) * (unitBytes[unit ?? ""] ?? 0);
  }, 0);
  console.log(
    `requests: ${lines.length - tunnels - kafka} to the API server, ${tunnels} tunnels, ${kafka} to Kafka; ${(bytes / 1024).toFixed(0)} KiB read`,
  );
}

async function benchFixture(): Promise<void> {
  const cluster = await useCluster();
  const { env } = cluster;
  await createKafka(cluster, threeByThree);
  await withTopics(cluster, async () => {
    const status = { name: "kubectl kafka status", command: [cluster.kubectl, "kafka", "status", name, "-n", namespace], env };
    const direct = { ...status, name: "kubectl-kafka status", command: ["kubectl-kafka", "status", name, "-n", namespace] };
    const tool = ["/opt/kafka/bin/kafka-topics.sh", "--bootstrap-server", "localhost:9092", "--describe"];
    const inPod = {
      name: "kafka-topics.sh --describe in the pod",
      command: [cluster.kubectl, "exec", "-n", namespace, `${name}-broker-3`, "--", ...tool],
      env,
    };
    const pods = { name: "kubectl get pods", command: [cluster.kubectl, "get", "pods", "-n", namespace], env };
    console.log(`\n${topicCount} topics x 3 partitions x RF 3, on 3 controllers and 3 brokers`);
    printTimings(await race([pods, direct, status, inPod], 7), pods.name);
    console.log(`peak memory of status: ${((await peakMemory(direct)) / 1024 ** 2).toFixed(0)} MiB`);
    printRequests((await runOnce({ ...direct, command: [...direct.command, "-v", "6"] })).stderr);
  });
}

/** Starts the big broker in a process of its own, so that only the plugin is measured. */
async function withBigBroker(work: (address: string) => Promise<void>): Promise<void> {
  const broker = spawn(process.execPath, [fileURLToPath(new URL("./big-broker.ts", import.meta.url))], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = (await once(broker.stdout, "data")) as [Buffer];
    await work(line.toString().trim());
  } finally {
    broker.kill();
  }
}

async function benchBig(): Promise<void> {
  const { env } = await useCluster();
  await withBigBroker(async (address) => {
    const status = { name: "kubectl-kafka status", command: ["kubectl-kafka", "status", "--bootstrap-server", address], env };
    const partitions = { ...status, name: "the same, --section partitions", command: [...status.command, "--section", "partitions"] };
    console.log("\n200,000 partitions in 2,000 topics, RF 3, on 9 brokers that speak the protocol on loopback");
    printTimings(await race([status, partitions], 7), status.name);
    console.log(`peak memory: ${((await peakMemory(status)) / 1024 ** 2).toFixed(0)} MiB`);
    printRequests((await runOnce({ ...status, command: [...status.command, "-v", "6"] })).stderr);
  });
}

await benchFixture();
await benchBig();
