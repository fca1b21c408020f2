import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { KubeObject } from "../../src/model/kube.ts";
import { type UsableCluster, useCluster } from "../cluster/use.ts";
import { type CreatedCluster, freshNamespace, kubectl, mustRun, type Run, run, whenReady } from "./fixture.ts";
import { createTopic, javaReads, javaWrites, kafkajsReads, kafkajsWrites } from "./records.ts";

// A cluster without an operator, on a real Kubernetes that enforces the restricted Pod Security Standard: made, asked twice, repaired, rolled,
// grown, given new certificates, and taken away, with its data read after each.

const namespace = "e2e-reconcile";
const trio: CreatedCluster = {
  namespace,
  name: "trio",
  flags: ["--combined", "--storage", "1Gi", "--memory", "1Gi"],
  pods: [0, 1, 2].map((id) => `trio-combined-${id}`),
};
const topic = "kept";
const kinds = "kafka,knp,statefulset,service,configmap,secret,serviceaccount,networkpolicy,pdb,pvc,pod";

let cluster: UsableCluster;
let written: string[] = [];

const plugin = (args: string, stdin?: string): Promise<Run> =>
  run([cluster.kubectl, "kafka", ...args.split(" "), "-n", namespace], {
    env: cluster.env,
    timeoutMs: 600_000,
    ...(stdin === undefined ? {} : { stdin }),
  });

async function get<T = KubeObject>(kind: string, name: string): Promise<T> {
  return JSON.parse(await kubectl(cluster, ["get", kind, name, "-n", namespace, "-o", "json"])) as T;
}

const list = async (): Promise<KubeObject[]> =>
  (
    JSON.parse(await kubectl(cluster, ["get", kinds, "-n", namespace, "-l", "!kubernetes.io/bootstrapping", "-o", "json"])) as {
      items: KubeObject[];
    }
  ).items;

const named = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.name}`;

const patch = (kind: string, name: string, body: object): Promise<string> =>
  kubectl(cluster, ["patch", kind, name, "-n", namespace, "--type=merge", "-p", JSON.stringify(body)]);

async function uids(): Promise<string[]> {
  const pods = await Promise.all(trio.pods.map((pod) => get("pod", pod)));
  return pods.map(({ metadata }) => metadata.uid ?? "");
}

type Status = {
  clusterId: string;
  kafkaVersion: string;
  kafkaMetadataVersion: string;
  observedGeneration: number;
  listeners: { bootstrapServers: string; certificates?: string[] }[];
};
const kafkaStatus = async (): Promise<Status> => (await get<{ status: Status }>("kafka", "trio")).status;

/** What may never change in a cluster's life. */
async function identity() {
  const [{ clusterId }, pool, ca, clients] = await Promise.all([
    kafkaStatus(),
    get<{ status: { nodeIds: number[] } }>("knp", "combined"),
    get<{ data: object }>("secret", "trio-cluster-ca"),
    get<{ data: object }>("secret", "trio-clients-ca"),
  ]);
  return { clusterId, ids: pool.status.nodeIds, ca: ca.data, clients: clients.data };
}

/** Both clients read everything that was ever written. */
async function assertKept(): Promise<void> {
  assert.deepEqual(await javaReads(cluster, trio, topic, written.length), [...written].sort());
  assert.deepEqual(await kafkajsReads(cluster, trio, topic), [...written].sort());
}

/** More records, half of them by each client. */
async function writeMore(label: string): Promise<void> {
  const values = Array.from({ length: 100 }, (_, at) => `${label}-${at}`);
  await javaWrites(cluster, trio, topic, values.slice(0, 50));
  await kafkajsWrites(cluster, trio, topic, values.slice(50));
  written = [...written, ...values];
}

describe("a cluster without an operator, on a real Kubernetes", () => {
  before(async () => {
    cluster = await useCluster();
    await mustRun(cluster, ["install", "--yes"]);
    await freshNamespace(cluster, { namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } });
  });

  after(async () => {
    await kubectl(cluster, ["delete", "namespace", namespace, "--wait=false"]);
  });

  test("from nothing to ready within a minute; its status is what the ecosystem expects", async (t) => {
    const startedAt = performance.now();
    await mustRun(cluster, ["create", trio.name, "-n", namespace, ...trio.flags]);
    const seconds = (performance.now() - startedAt) / 1000;
    t.diagnostic(`three combined nodes from nothing to ready: ${seconds.toFixed(1)} s`);
    assert.ok(seconds <= 60, `${seconds} s`);
    await kubectl(cluster, ["wait", "--for=condition=Ready", "kafka/trio", "-n", namespace, "--timeout=1s"]);
    const { clusterId, kafkaVersion, kafkaMetadataVersion, listeners, observedGeneration } = await kafkaStatus();
    assert.match(clusterId, /^[\w-]{22}$/);
    assert.deepEqual([kafkaVersion, kafkaMetadataVersion, observedGeneration], ["4.3.1", "4.3-IV0", 1]);
    const service = `trio-kafka-bootstrap.${namespace}.svc`;
    assert.deepEqual(
      listeners.map(({ bootstrapServers, certificates = [] }) => [bootstrapServers, certificates.length]),
      [
        [`${service}:9092`, 0],
        [`${service}:9093`, 1],
      ],
    );
    assert.deepEqual((await identity()).ids, [0, 1, 2]);
    assert.equal((await plugin("status trio")).code, 0);
    await createTopic(cluster, trio, topic, "--partitions 3 --replication-factor 3");
    await writeMore("first");
    await assertKept();
  });

  test("the second reconcile changes nothing, restarts nothing, and is done within a second", async (t) => {
    const versions = async () => new Map((await list()).map((object) => [named(object), object.metadata.resourceVersion]));
    const before = await versions();
    const startedAt = performance.now();
    const { code, stdout } = await plugin("reconcile trio");
    const seconds = (performance.now() - startedAt) / 1000;
    t.diagnostic(`a reconcile with nothing to do: ${seconds.toFixed(2)} s`);
    assert.equal(code, 0);
    assert.match(stdout, /^Kafka \S+\/trio: nothing to do\n$/);
    assert.ok(seconds <= 1, `${seconds} s`);
    assert.deepEqual(await versions(), before);
  });

  test("what is deleted or edited by hand is found, told and repaired", async () => {
    const before = await identity();
    await kubectl(cluster, ["delete", "service/trio-kafka-bootstrap", "pdb/trio-kafka", "-n", namespace]);
    await patch("configmap", "trio-combined", { data: { "start.sh": "exit 1\n" } });
    await patch("service", "trio-kafka-brokers", { spec: { publishNotReadyAddresses: false } });
    const planned = await plugin("plan trio --exit-code");
    assert.equal(planned.code, 10, planned.stderr);
    assert.match(planned.stdout, /^\+ Service trio-kafka-bootstrap$/m);
    assert.match(planned.stdout, /^\+ PodDisruptionBudget trio-kafka$/m);
    assert.match(planned.stdout, /^~ ConfigMap trio-combined\n +data\.start\.sh: \d+ lines? removed, \d+ added$/m);
    assert.match(planned.stdout, /publishNotReadyAddresses: true/);
    assert.equal((await plugin("reconcile trio --yes")).code, 0);
    assert.deepEqual([(await plugin("plan trio --exit-code")).code, await identity()], [0, before]);
    await assertKept();
  });

  test("a pod that is deleted by hand comes back and serves", async () => {
    await kubectl(cluster, ["delete", "pod", "trio-combined-1", "-n", namespace]);
    await whenReady(cluster, namespace, trio.pods);
    assert.equal((await plugin("reconcile trio")).code, 0);
    await writeMore("after-pod");
    await assertKept();
  });

  test("a dynamic option is changed live; one that is read at start rolls the nodes, and the data is there after it", async () => {
    const before = await uids();
    await patch("kafka", "trio", { spec: { kafka: { config: { "log.retention.ms": 604_800_000 } } } });
    assert.equal((await plugin("reconcile trio")).code, 0);
    assert.deepEqual(await uids(), before);
    await patch("kafka", "trio", { spec: { kafka: { config: { "num.partitions": 5 } } } });
    const declined = await plugin("reconcile trio");
    assert.equal(declined.code, 3, declined.stderr);
    assert.match(declined.stdout, /^RESTART {2}3 pods/m);
    assert.deepEqual(await uids(), before);
    const rolled = await plugin("reconcile trio --yes -o json");
    assert.equal(rolled.code, 0, rolled.stderr);
    assert.equal((await uids()).filter((uid) => before.includes(uid)).length, 0);
    await writeMore("after-roll");
    await assertKept();
  });

  test("a volume grows while it is used; what cannot be done to it is left and told", async () => {
    await patch("knp", "combined", { spec: { storage: { size: "2Gi" } } });
    const grown = await plugin("reconcile trio --yes");
    assert.equal(grown.code, 0, grown.stderr + grown.stdout);
    for (const pod of trio.pods) {
      const claim = await get<{ status: { capacity: { storage: string } } }>("pvc", `data-${pod}`);
      assert.equal(claim.status.capacity.storage, "2Gi");
    }
    assert.equal((await plugin("plan trio --exit-code")).code, 0);
    await patch("knp", "combined", { spec: { storage: { size: "1Gi" } } });
    const shrunk = await plugin("reconcile trio");
    assert.match(shrunk.stdout + shrunk.stderr, /trio-combined-0.*2Gi/s);
    await patch("knp", "combined", { spec: { storage: { size: "2Gi" } } });
    await writeMore("after-growth");
    await assertKept();
  });

  test("certificates that are lost are issued anew, nodes restart for them, and the data is there after it", async () => {
    const before = { identity: await identity(), uids: await uids() };
    await kubectl(cluster, ["delete", "secret", "trio-combined", "-n", namespace]);
    const planned = await plugin("plan trio");
    assert.match(planned.stdout, /3 certificates in Secret trio-combined/);
    assert.match(planned.stdout, /trio-combined-0 +.*KafkaCertificatesChanged/);
    assert.equal((await plugin("reconcile trio --yes")).code, 0);
    assert.equal((await uids()).filter((uid) => before.uids.includes(uid)).length, 0);
    assert.deepEqual(await identity(), before.identity);
    assert.equal((await plugin("plan trio --exit-code")).code, 0);
    await writeMore("after-certificates");
    await assertKept();
  });

  test("external logging changes what is logged, without a restart", async () => {
    const config = (level: string) =>
      `appender.console.type = Console\nappender.console.name = STDOUT\nappender.console.layout.type = PatternLayout\nappender.console.layout.pattern = %m%n\nrootLogger.level = ${level}\nrootLogger.appenderRefs = console\nrootLogger.appenderRef.console.ref = STDOUT\nmonitorInterval = 5\n`;
    const apply = (level: string) =>
      kubectl(cluster, ["apply", "-f", "-"], {
        stdin: JSON.stringify({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "levels", namespace },
          data: { log: config(level) },
        }),
      });
    await apply("WARN");
    await patch("kafka", "trio", {
      spec: { kafka: { logging: { type: "external", valueFrom: { configMapKeyRef: { name: "levels", key: "log" } } } } },
    });
    assert.equal((await plugin("reconcile trio --yes")).code, 0);
    const before = await uids();
    await apply("ERROR");
    const { code, stdout } = await plugin("reconcile trio");
    assert.equal(code, 0, stdout);
    const changed = await get<{ data: Record<string, string> }>("configmap", "trio-combined");
    assert.match(changed.data["log4j2.properties"] ?? "", /rootLogger\.level = ERROR/);
    assert.deepEqual(await uids(), before);
  });

  test("secrets are on no screen, in no plan, event or trace", async () => {
    const secrets = (await list()).filter(({ kind }) => kind === "Secret") as (KubeObject & { data: Record<string, string> })[];
    const values = secrets.flatMap(({ data }) => Object.entries(data).filter(([key]) => key.endsWith(".key"))).map(([, value]) => value);
    assert.ok(values.length >= 6);
    await kubectl(cluster, ["delete", "secret", "trio-cluster-operator-certs", "-n", namespace]);
    const runs = [
      await plugin("plan trio -o json -v 9"),
      await plugin("reconcile trio --yes -o json -v 9"),
      await plugin("status trio -o json -v 9"),
    ];
    const after = (await get<{ data: Record<string, string> }>("secret", "trio-cluster-operator-certs")).data["cluster-operator.key"] ?? "";
    assert.notEqual(after, "");
    for (const { code, stdout, stderr } of runs) {
      assert.equal(code, 0, stderr);
      for (const value of [...values, after]) {
        const pem = Buffer.from(value, "base64").toString();
        assert.ok(!`${stdout}${stderr}`.includes(value) && !`${stdout}${stderr}`.includes(pem.split("\n")[2] ?? "?"));
      }
      assert.doesNotMatch(stdout + stderr, /PRIVATE KEY/);
    }
  });

  test("delete wants the name, keeps the volumes, and leaves no orphan; the next of its name goes on with the data", async () => {
    const before = await identity();
    const declined = await plugin("delete trio");
    assert.equal(declined.code, 3);
    assert.match(declined.stderr, /--confirm trio/);
    const wrong = await plugin("delete trio --confirm tiro");
    assert.equal(wrong.code, 3);
    const deleted = await plugin("delete trio --confirm trio");
    assert.equal(deleted.code, 0, deleted.stderr);
    const left = (await list()).filter(({ metadata }) => metadata.name.includes("trio")).map(named);
    assert.deepEqual(
      left,
      trio.pods.map((pod) => `PersistentVolumeClaim/data-${pod}`),
    );
    await mustRun(cluster, ["create", trio.name, "-n", namespace, "--combined", "--storage", "2Gi", "--memory", "1Gi"]);
    assert.equal((await kafkaStatus()).clusterId, before.clusterId);
    await assertKept();
    assert.equal((await plugin("delete trio --delete-volumes --confirm trio")).code, 0);
    assert.deepEqual((await list()).filter(({ metadata }) => metadata.name.includes("trio")).map(named), []);
  });
});
