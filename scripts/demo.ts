// `npm run demo`: the main job, shown on a real cluster with everything it needs set up first. The cluster stays up afterwards.
// `npm run demo -- --current` uses the cluster of the current KUBECONFIG instead of the embedded one.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { type UsableCluster, useCluster } from "../test/cluster/use.ts";
import { createKafka, kubectl, run, threeByThree, whenReady } from "../test/e2e/fixture.ts";

const { namespace, name } = threeByThree;
const topic = "orders";

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Shows a command line as a person would type it, runs it with its output as it comes, and checks its exit code. */
async function show(cluster: UsableCluster, line: string, expected = 0): Promise<void> {
  say(`\n$ ${line}`);
  const [program = "", ...args] = line.split(" ");
  const command = program === "kubectl" ? cluster.kubectl : program;
  const child = spawn(command, args, { env: cluster.env, stdio: ["ignore", "inherit", "inherit"] });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) say(`(exit ${code})`);
  if (code !== expected) throw new Error(`${line}: exit code ${code}, expected ${expected}`);
}

async function createTopic(cluster: UsableCluster): Promise<void> {
  const tool = [
    "exec",
    "-n",
    namespace,
    `${name}-broker-3`,
    "--",
    "/opt/kafka/bin/kafka-topics.sh",
    "--bootstrap-server",
    "localhost:9092",
  ];
  await kubectl(cluster, [...tool, "--create", "--if-not-exists", "--topic", topic, "--partitions", "12", "--replication-factor", "3"]);
}

/** Repeats a status until its exit code is the wanted one. */
async function until(cluster: UsableCluster, expected: number): Promise<void> {
  const deadline = Date.now() + 180_000;
  for (;;) {
    const { code, stdout, stderr } = await run([cluster.kubectl, "kafka", "status", name, "-n", namespace], { env: cluster.env });
    if (code === expected) return;
    if (Date.now() > deadline) throw new Error(`status did not reach exit code ${expected} within 3 minutes:\n${stdout}${stderr}`);
  }
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const started = Date.now();
  process.stderr.write(`demo: ${what} ...\n`);
  await work();
  process.stderr.write(`demo: ${what} took ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

async function demo(): Promise<void> {
  if (process.argv.includes("--current"))
    process.env.KUBECTL_KAFKA_TEST_KUBECONFIG ??= process.env.KUBECONFIG ?? `${process.env.HOME}/.kube/config`;
  await import("./bundle.ts");
  const cluster = await useCluster();
  await createKafka(cluster, threeByThree, (args) => show(cluster, ["kubectl", "kafka", ...args].join(" ")));
  await show(cluster, `kubectl get kafka,kafkanodepool,statefulset -n ${namespace}`);
  await timed(`topic ${topic}`, () => createTopic(cluster));
  await timed("waiting until all replicas are in sync", () => until(cluster, 0));

  await show(cluster, "kubectl kafka list -A");
  await show(cluster, `kubectl kafka status -n ${namespace}`);
  say("\n# The resources are the desired state: change one, and look at what that means before it happens.");
  const path = "jsonpath={.spec.kafka.config.num\\.partitions}";
  const present = await kubectl(cluster, ["get", "kafka", name, "-n", namespace, "-o", path]);
  // another value than the last demo's
  const config = { "num.partitions": present === "6" ? 12 : 6 };
  await show(cluster, `kubectl patch kafka ${name} -n ${namespace} --type=merge -p ${JSON.stringify({ spec: { kafka: { config } } })}`);
  await show(cluster, `kubectl kafka reconcile ${name} -n ${namespace} --dry-run`);
  await show(cluster, `kubectl kafka reconcile ${name} -n ${namespace} --yes`);
  say("\n# A broker dies. It is not told to shut down, and it comes back by itself.");
  await show(cluster, `kubectl delete pod ${name}-broker-4 -n ${namespace} --grace-period=0 --force`);
  await show(cluster, `kubectl kafka status -n ${namespace}`, 10);
  await whenReady(cluster, namespace, threeByThree.pods);
  await timed("waiting for the broker to catch up", () => until(cluster, 0));
  await show(cluster, `kubectl kafka status ${name} -n ${namespace} --section summary,quorum,partitions`);

  say('\nThe cluster is still up. Look around:  eval "$(npm run -s cluster -- env)"; kubectl kafka status -n kafka');
  if (cluster.embedded) say("Stop it:                               npm run cluster -- down");
  else say(`Remove what was made:                  kubectl delete namespace ${namespace}`);
}

await demo();
