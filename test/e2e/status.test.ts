import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { type UsableCluster, useCluster } from "../cluster/use.ts";
import { createKafka, deployKafka, fixture, kubectl, type Run, run, single, threeByThree, whenReady } from "./fixture.ts";
import { certificateUser, scramPassword, scramUser } from "./kafka-documents.ts";

const { namespace, name } = threeByThree;
const topic = "e2e-status";

let cluster: UsableCluster;

/** `kubectl kafka …`, as a person types it. */
const plugin = (args: string, env: NodeJS.ProcessEnv = {}): Promise<Run> =>
  run([cluster.kubectl, "kafka", ...args.split(" ").filter(Boolean)], { env: { ...cluster.env, KUBECTL_KAFKA_CLUSTER: "", ...env } });

const inBroker = (script: string): Promise<string> =>
  kubectl(cluster, ["exec", "-n", namespace, `${name}-broker-3`, "--", "bash", "-c", script], { timeoutMs: 90_000 });

/** Repeats until the exit code is the wanted one; fails with the last page after two minutes. */
async function until(args: string, expected: number): Promise<Run> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const result = await plugin(args);
    if (result.code === expected) return result;
    if (Date.now() > deadline) assert.fail(`${args}: still exit ${result.code}\n${result.stdout}${result.stderr}`);
  }
}

type Saved = {
  health: string;
  nodes: { id: number; registration?: string; leaders?: number; replicas?: number; pod?: unknown }[];
  findings: { reason: string }[];
  gaps: { part: string }[];
  kafka?: { topics: { name: string }[]; via: string };
};

const saved = (result: Run): Saved => JSON.parse(result.stdout) as Saved;

describe("kubectl kafka list and status, on real Kafka", () => {
  before(async () => {
    cluster = await useCluster();
    await createKafka(cluster, threeByThree);
    await createKafka(cluster, single);
    await deployKafka(cluster, fixture);
    await inBroker(
      `/opt/kafka/bin/kafka-topics.sh --bootstrap-server localhost:9092 --create --if-not-exists --topic ${topic} --partitions 6 --replication-factor 3`,
    );
    await until(`status ${name} -n ${namespace}`, 0);
  });

  test("status: healthy, exit 0, every part is there", async () => {
    const { code, stdout, stderr } = await plugin(`status ${name} -n ${namespace}`);
    assert.equal(code, 0, stdout + stderr);
    assert.equal(stderr, "");
    assert.match(stdout, /^my-cluster {2}HEALTHY {2}Kafka \d+\.\d+\.\d+, metadata \d+\.\d+-IV\d+, direct mode \(no operator\)$/m);
    assert.match(stdout, /^NODES {2}6 of 6 ready$/m);
    assert.match(stdout, /^ 3 {2}my-cluster-broker-3 .* zone-\d /m);
    assert.match(stdout, /^QUORUM +leader [012], 3 voters, all caught up/m);
    assert.match(stdout, /^PARTITIONS +[\d,]+ in \d+ topics?: 0 offline, 0 under min ISR, .*0 under-replicated$/m);
    assert.match(stdout, /^CERTIFICATES +cluster CA 36\d days, clients CA 36\d days, next leaf 36\d days$/m);
  });

  test("status: without a name it is the only cluster of the namespace, or the one the environment names", async () => {
    assert.match((await plugin(`status -n ${single.namespace} --section summary`)).stdout, /^single /);
    assert.match((await plugin(`status -n ${namespace} --section summary`, { KUBECTL_KAFKA_CLUSTER: name })).stdout, /^my-cluster /);
  });

  test("status: a single combined node is a cluster too", async () => {
    const { code, stdout } = await until(`status single -n ${single.namespace}`, 0);
    assert.equal(code, 0);
    assert.match(stdout, /single-combined-0 +combined\*/);
    assert.match(stdout, /QUORUM +leader 0, 1 voter, alone/);
  });

  test("status -o json agrees with Kafka's own tool, and --from-file shows the same page again", async () => {
    const json = await plugin(`status ${name} -n ${namespace} -o json`);
    const document = saved(json);
    const described = await inBroker(`/opt/kafka/bin/kafka-topics.sh --bootstrap-server localhost:9092 --describe --topic ${topic}`);
    const leaders = [...described.matchAll(/Leader: (\d+)/g)].map(([, id]) => Number(id));
    assert.equal(leaders.length, 6);
    assert.ok(document.kafka?.topics.some((entry) => entry.name === topic));
    assert.deepEqual(
      document.nodes.filter(({ registration }) => registration === "active").map(({ id }) => id),
      [3, 4, 5],
    );
    const page = await run([cluster.kubectl, "kafka", "status", "--from-file", "-"], {
      env: { ...cluster.env, KUBECONFIG: "/nonexistent" },
      stdin: json.stdout,
    });
    assert.equal(page.code, 0, page.stderr);
    assert.match(page.stdout, /^NODES {2}6 of 6 ready$/m);
    const yaml = await plugin(`status ${name} -n ${namespace} -o yaml`);
    const again = await run([cluster.kubectl, "kafka", "status", "--from-file", "-", "-o", "json"], {
      env: cluster.env,
      stdin: yaml.stdout,
    });
    assert.equal(saved(again).nodes.length, 6);
  });

  test("list: a row per cluster, found by its Kafka resource or by labels alone", async () => {
    const { code, stdout } = await plugin("list -A");
    assert.equal(code, 0);
    assert.match(stdout, /^NAMESPACE +NAME +MODE +VERSION +NODES +B\/C +TOPICS +UNDER-REPL +HEALTH +AGE$/m);
    assert.match(stdout, /^kafka +my-cluster +direct +\d+\.\d+\.\d+ +6\/6 +3\/3 +\d+ +0 +healthy /m);
    assert.match(stdout, /^kafka-fixture +fixture +direct +\d+\.\d+\.\d+ +3\/3 +3\/3 +\d+ +0 +healthy /m);
    assert.match(stdout, /^kafka-single +single +direct +\d+\.\d+\.\d+ +1\/1 +1\/1 +\d+ +0 +healthy /m);
    assert.equal((await plugin(`list -n ${namespace} -o name`)).stdout, "kafka.kafka.strimzi.io/my-cluster\n");
  });

  test("names that are wrong get the near one, or the namespace where it is", async () => {
    const near = await plugin(`status my-clutser -n ${namespace}`);
    assert.equal(near.code, 1);
    assert.match(near.stderr, /no Kafka cluster my-clutser in namespace kafka\n.*did you mean my-cluster\?/);
    const elsewhere = await plugin("status my-cluster -n default");
    assert.match(elsewhere.stderr, /there is one in namespace kafka/);
    const flag = await plugin("status --sectoin nodes");
    assert.equal(flag.code, 2);
    assert.match(flag.stderr, /--section/);
  });

  test("a KafkaUser's identity works where the Kafka resource tells which listener takes it", async () => {
    await withKafkaResource(async () => {
      const alter = `/opt/kafka/bin/kafka-configs.sh --bootstrap-server localhost:9092 --alter --entity-type users --entity-name ${scramUser} --add-config SCRAM-SHA-512=[password=${scramPassword}]`;
      await kubectl(cluster, ["exec", "-n", fixture.namespace, "fixture-node-0", "--", "bash", "-c", alter], { timeoutMs: 90_000 });
      for (const [user, listener] of [
        [certificateUser, "tls (9093)"],
        [scramUser, "scram (9094)"],
      ]) {
        const result = await plugin(`status fixture -n ${fixture.namespace} --as-user ${user} -o json`);
        assert.equal(saved(result).kafka?.via, `listener ${listener} as ${user}`, result.stderr + result.stdout.slice(0, 500));
      }
      const warned = await plugin(`status fixture -n ${fixture.namespace}`);
      assert.match(warned.stdout, /ConditionReported +KafkaStorage: the old storage is kept/);
    });
  });

  test("with fewer rights it shows what it can and names each gap", async () => {
    const rules = [
      "create",
      "role",
      "pods-only",
      "-n",
      namespace,
      "--verb=list",
      "--resource=pods,services,statefulsets,persistentvolumeclaims",
    ];
    await kubectl(cluster, rules).catch(() => "");
    await kubectl(cluster, ["create", "rolebinding", "pods-only", "-n", namespace, "--role=pods-only", "--user=visitor"]).catch(() => "");
    const { code, stdout } = await plugin(`status ${name} -n ${namespace} --as visitor`);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /my-cluster {2}UNKNOWN/);
    assert.match(stdout, /NODES {2}6 of 6 ready/);
    assert.match(stdout, /KafkaUnreachable .*pods\/portforward/s);
    assert.match(stdout, /NOT SEEN {2}certificates: .*secrets/);
    const nothing = await plugin(`status ${name} -n ${namespace} --as nobody`);
    assert.equal(nothing.code, 1);
    assert.match(nothing.stderr, /not permitted to list pods in namespace kafka/);
  });

  test("no API server, no such context, no kubeconfig: each says so and what to do", async () => {
    const refused = await plugin("status x -s https://127.0.0.1:1");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /127\.0\.0\.1:1/);
    const context = await plugin("list --context nope");
    assert.equal(context.code, 1);
    assert.match(context.stderr, /nope/);
    const none = await plugin("list --kubeconfig /nonexistent/config");
    assert.equal(none.code, 1);
    assert.match(none.stderr, /\/nonexistent\/config/);
  });

  test("a broker dies: exit 10 and the reasons; it comes back: exit 0. A watcher off the terminal tells both", async () => {
    const watcher = spawn(cluster.kubectl, ["kafka", "status", name, "-n", namespace, "-w"], {
      env: cluster.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines: string[] = [];
    createInterface({ input: watcher.stdout }).on("line", (line) => lines.push(line));
    await kubectl(cluster, ["delete", "pod", `${name}-broker-4`, "-n", namespace, "--grace-period=0", "--force"]);
    const sick = await until(`status ${name} -n ${namespace} -o json`, 10);
    const { health, findings } = saved(sick);
    assert.equal(health, "unhealthy");
    assert.ok(
      findings.some(({ reason }) => /Pod(NotReady|Missing|Pending)|UnderReplicated|BrokerNotRegistered|BrokerFenced/.test(reason)),
      sick.stdout.slice(0, 300),
    );
    await whenReady(cluster, namespace, threeByThree.pods);
    await until(`status ${name} -n ${namespace}`, 0);
    const closed = new Promise<number | null>((resolve) => watcher.once("close", (code) => resolve(code)));
    await waitUntil(() => lines.some((line) => /UNHEALTHY/.test(line)) && / HEALTHY {2}6\/6 ready$/.test(lines.at(-1) ?? ""));
    watcher.kill("SIGINT");
    assert.equal(await closed, 130);
  });

  test("Kafka is down: half the pods gone is still a page, not an error", async () => {
    await kubectl(cluster, ["scale", "statefulset", "single-combined", "-n", single.namespace, "--replicas=0"]);
    await kubectl(cluster, ["wait", "pod/single-combined-0", "-n", single.namespace, "--for=delete", "--timeout=60s"]);
    const gone = await plugin(`status single -n ${single.namespace}`);
    assert.equal(gone.code, 10);
    assert.match(gone.stdout, /PodMissing +single-combined-0: there is no such pod/);
    await kubectl(cluster, ["scale", "statefulset", "single-combined", "-n", single.namespace, "--replicas=1"]);
    await whenReady(cluster, single.namespace, single.pods);
    await until(`status single -n ${single.namespace}`, 0);
  });

  after(async () => {
    if (cluster) await kubectl(cluster, ["delete", "role,rolebinding", "pods-only", "-n", namespace, "--ignore-not-found"]);
  });
});

async function waitUntil(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > deadline) assert.fail("waited a minute for a condition that did not come true");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Runs with a Kafka resource for the fixture, as an operator would keep it, and takes it away again. */
async function withKafkaResource(work: () => Promise<void>): Promise<void> {
  const metadata = { name: fixture.name, namespace: fixture.namespace };
  const listeners = fixture.listeners.map(({ authentication, ...listener }) => ({
    ...listener,
    type: "internal",
    ...(authentication ? { authentication: { type: authentication } } : {}),
  }));
  const status = { conditions: [{ type: "Warning", status: "True", reason: "KafkaStorage", message: "the old storage is kept" }] };
  const resource = { apiVersion: "kafka.strimzi.io/v1", kind: "Kafka", metadata, spec: { kafka: { listeners } } };
  try {
    await kubectl(cluster, ["apply", "-f", "-"], { stdin: JSON.stringify(resource) });
    const patch = ["--subresource=status", "--type=merge", "-p", JSON.stringify({ status })];
    await kubectl(cluster, ["patch", "kafka", fixture.name, "-n", fixture.namespace, ...patch]);
    await work();
  } finally {
    await kubectl(cluster, ["delete", "kafka", fixture.name, "-n", fixture.namespace, "--ignore-not-found", "--cascade=orphan"]);
  }
}
