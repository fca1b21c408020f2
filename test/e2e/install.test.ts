import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { documentsOf } from "../../src/manifest/read-manifests.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { type UsableCluster, useCluster } from "../cluster/use.ts";
import { sound } from "../manifest/base.ts";
import { freshNamespace, kubectl, run } from "./fixture.ts";

const namespace = "e2e-install";

const envelope = (kind: string, spec: unknown): KubeObject => ({
  apiVersion: "kafka.strimzi.io/v1",
  kind,
  metadata: { name: "x", namespace },
  ...({ spec } as object),
});

const listeners = [{ name: "plain", port: 9092, type: "internal", tls: false }];
const kafka = (fields: object) => envelope("Kafka", { kafka: { listeners, ...fields } });
const pool = (fields: object) => envelope("KafkaNodePool", { replicas: 1, roles: ["broker"], storage: { type: "ephemeral" }, ...fields });
const user = (authentication: object) => envelope("KafkaUser", { authentication });

const documents: readonly [name: string, object: KubeObject][] = [
  ["a listener", kafka({})],
  ["any configuration", kafka({ config: { a: 1, b: true, c: "x", d: 0.5, e: [1] } })],
  ["no listener", kafka({ listeners: [] })],
  ["a low port", kafka({ listeners: [{ ...listeners[0], port: 80 }] })],
  ["a long name of a listener", kafka({ listeners: [{ ...listeners[0], name: "x".repeat(12) }] })],
  ["a listener without TLS said", kafka({ listeners: [{ name: "plain", port: 9092, type: "internal" }] })],
  ["an unknown type of listener", kafka({ listeners: [{ ...listeners[0], type: "x" }] })],
  ["an unknown field", kafka({ foo: 1 })],
  ["a number as a version", kafka({ version: 4 })],
  ["a boolean as an option of the JVM", kafka({ jvmOptions: { "-XX": { UseG1GC: true } } })],
  ["a heap with a space", kafka({ jvmOptions: { "-Xmx": "1 g" } })],
  ["a rack by label", kafka({ rack: { topologyKey: "zone" } })],
  ["a rack by nothing", kafka({ rack: {} })],
  ["a rack by environment without its name", kafka({ rack: { type: "environment-variable" } })],
  ["two limits of a volume", kafka({ quotas: { type: "strimzi", minAvailableBytesPerVolume: 1, minAvailableRatioPerVolume: 0.1 } })],
  ["a ratio above one", kafka({ quotas: { type: "strimzi", minAvailableRatioPerVolume: 1.5 } })],
  ["certificates for no days", envelope("Kafka", { kafka: { listeners }, clusterCa: { validityDays: 0 } })],
  ["a pool", pool({})],
  ["a number of replicas as text", pool({ replicas: "1" })],
  ["fewer replicas than none", pool({ replicas: -1 })],
  ["an unknown role", pool({ roles: ["brokr"] })],
  ["a claim without a size", pool({ storage: { type: "persistent-claim" } })],
  ["JBOD without volumes", pool({ storage: { type: "jbod" } })],
  ["a volume without a size", pool({ storage: { type: "jbod", volumes: [{ id: 0, type: "persistent-claim" }] } })],
  ["a volume without an id", pool({ storage: { type: "jbod", volumes: [{ type: "ephemeral" }] } })],
  ["quantities as text and number", pool({ resources: { limits: { cpu: 1, memory: "1.5Gi" } } })],
  ["no quantity", pool({ resources: { limits: { memory: "2 GB" } } })],
  ["a user with TLS", user({ type: "tls", validityDays: 10, renewalDays: 5 })],
  ["validity without renewal", user({ type: "tls", validityDays: 10 })],
  ["renewal before the beginning", user({ type: "tls", validityDays: 10, renewalDays: 10 })],
  ["validity of a password", user({ type: "scram-sha-512", validityDays: 10, renewalDays: 5 })],
  ["a topic", envelope("KafkaTopic", { partitions: 3, replicas: 3, config: { "retention.ms": 1 } })],
  ["a topic without partitions", envelope("KafkaTopic", { partitions: 0 })],
  ["a connector", envelope("KafkaConnector", { class: "x", tasksMax: 1, state: "running", config: { a: 1 } })],
  ["an unknown state of a connector", envelope("KafkaConnector", { class: "x", state: "dead" })],
  ["Connect without its topics", envelope("KafkaConnect", { replicas: 1, bootstrapServers: "a:9092", groupId: "g" })],
  ["a rebalance", envelope("KafkaRebalance", { mode: "full" })],
  ["a bridge", envelope("KafkaBridge", { replicas: 1, bootstrapServers: "a:9092", http: { port: 8080 } })],
  ["MirrorMaker without mirrors", envelope("KafkaMirrorMaker2", { replicas: 1, mirrors: [] })],
];

let cluster: UsableCluster;

const plugin = (args: string) => run([cluster.kubectl, "kafka", ...args.split(" ")], { env: cluster.env });

const definitions = async (): Promise<string[]> =>
  (await kubectl(cluster, ["get", "crd", "-o", "name"])).split("\n").filter((line) => line.endsWith(".kafka.strimzi.io"));

/** Takes the definitions away where no resource goes with them. */
async function removeUnused(): Promise<void> {
  const present = await definitions();
  if (present.length === 0) return;
  const kinds = present.map((line) => line.slice(line.indexOf("/") + 1)).join(",");
  if ((await kubectl(cluster, ["get", kinds, "-A", "-o", "name"])) === "") await kubectl(cluster, ["delete", ...present, "--timeout=60s"]);
}

describe("kubectl kafka install, on a real API server", {
  skip: process.env.KUBECTL_KAFKA_TEST_KUBECONFIG ? "needs a cluster without Strimzi's CRDs" : false,
}, () => {
  before(async () => {
    cluster = await useCluster();
    await freshNamespace(cluster, { namespace });
    await removeUnused();
  });

  after(async () => {
    await kubectl(cluster, ["delete", "namespace", namespace, "--wait=false"]);
  });

  test("definitions and roles are installed, and the second time unchanged", async () => {
    const missing = 9 - (await definitions()).length;
    const first = await plugin(`install --yes --rbac ${namespace}`);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stdout.match(/ created$/gm)?.length, missing + 4);
    const second = await plugin(`install --rbac ${namespace}`);
    assert.deepEqual([second.code, second.stdout.match(/ unchanged$/gm)?.length], [0, 13], second.stderr);
  });

  test("what --dry-run -o yaml prints is accepted by kubectl", async () => {
    const { stdout } = await plugin("install --dry-run -o yaml");
    const accepted = await kubectl(cluster, ["apply", "--server-side", "--field-manager=kubectl-kafka", "--dry-run=server", "-f", "-"], {
      stdin: stdout,
    });
    assert.equal(accepted.match(/serverside-applied/g)?.length, 9);
  });

  test("the API server and our own reading agree on every document", async () => {
    const judged = await Promise.all(
      documents.map(async ([name, object]) => {
        const stdin = JSON.stringify(object);
        const { code, stderr } = await run([cluster.kubectl, "create", "--dry-run=server", "-f", "-"], { env: cluster.env, stdin });
        return { name, server: code === 0, ours: documentsOf([object]).problems.length === 0, stderr };
      }),
    );
    assert.deepEqual(
      judged.filter(({ server, ours }) => server !== ours),
      [],
    );
    assert.ok(judged.some(({ server }) => server) && judged.some(({ server }) => !server));
  });

  test("kubectl get shows a cluster well; its pools can be scaled, its topics keep their names", async () => {
    const objects = sound().map((object) => ({ ...object, metadata: { ...object.metadata, namespace } }));
    const stdin = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    await kubectl(cluster, ["apply", "--server-side", "-f", "-"], { stdin });
    const patch = (kind: string, name: string, status: object) =>
      kubectl(cluster, ["patch", kind, name, "-n", namespace, "--subresource=status", "--type=merge", "-p", JSON.stringify({ status })]);
    await patch("kafka", "my-cluster", {
      kafkaVersion: "4.3.1",
      kafkaMetadataVersion: "4.3-IV0",
      conditions: [{ type: "Ready", status: "True" }],
    });
    await patch("knp", "broker", { nodeIds: [0, 1, 2], roles: ["broker"], replicas: 3 });
    const table = await kubectl(cluster, ["get", "kafkas,kafkanodepools", "-n", namespace]);
    assert.match(table, /^NAME +READY +WARNINGS +KAFKA VERSION +METADATA VERSION +AGE$/m);
    assert.match(table, /^kafka\.kafka\.strimzi\.io\/my-cluster +True +4\.3\.1 +4\.3-IV0 /m);
    assert.match(table, /^NAME +DESIRED REPLICAS +ROLES +NODEIDS +AGE$/m);
    assert.match(table, /^kafkanodepool\.kafka\.strimzi\.io\/broker +3 +\["broker"\] +\[0,1,2\] /m);
    assert.match(
      await kubectl(cluster, ["get", "strimzi", "-n", namespace, "-o", "name"]),
      /kafkanodepool\.kafka\.strimzi\.io\/controller/,
    );
    await kubectl(cluster, ["wait", "--for=condition=Ready", "kafka/my-cluster", "-n", namespace, "--timeout=5s"]);
    await kubectl(cluster, ["scale", "knp", "broker", "-n", namespace, "--replicas=4"]);
    assert.equal(await kubectl(cluster, ["get", "knp", "broker", "-n", namespace, "-o", "jsonpath={.spec.replicas}"]), "4");
    await kubectl(cluster, ["create", "-f", "-"], { stdin: JSON.stringify(envelope("KafkaTopic", { topicName: "a" })) });
    const renamed = ["patch", "kt", "x", "-n", namespace, "--type=merge", "-p", '{"spec":{"topicName":"b"}}'];
    assert.match((await run([cluster.kubectl, ...renamed], { env: cluster.env })).stderr, /topicName cannot be changed/);
  });

  test("a definition of Strimzi is used as it is", async () => {
    const crd = "kafkausers.kafka.strimzi.io";
    await kubectl(cluster, ["label", "crd", crd, "app=strimzi", "app.kubernetes.io/managed-by-"]);
    const { code, stdout } = await plugin("install");
    assert.equal(code, 0);
    assert.match(stdout, /kafkausers\.kafka\.strimzi\.io kept: Strimzi's; used as it is$/m);
    assert.equal(await kubectl(cluster, ["get", "crd", crd, "-o", "jsonpath={.metadata.labels.app\\.kubernetes\\.io/managed-by}"]), "");
    await kubectl(cluster, ["label", "crd", crd, "app-", "app.kubernetes.io/managed-by=kubectl-kafka"]);
  });
});
