import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type UsableCluster, useCluster } from "../cluster/use.ts";
import { makeAuthority } from "./certificates.ts";
import { type CreatedCluster, freshNamespace, kubectl, mustRun, type Run, run } from "./fixture.ts";
import { createTopic, javaReads, javaWrites } from "./records.ts";

// A cluster from manifests: several pools with storage of all kinds, plans that are saved, documents that are wrong, people with other rights.

const namespace = "e2e-apply";
const admin = "cluster-admin-on-demand";
const mixed: CreatedCluster = {
  namespace,
  name: "mixed",
  flags: [],
  pods: ["mixed-controller-0", "mixed-jbod-2", "mixed-fast-1"],
};

const pool = (name: string, roles: string[], storage: object) => ({
  apiVersion: "kafka.strimzi.io/v1",
  kind: "KafkaNodePool",
  metadata: { name, labels: { "strimzi.io/cluster": "mixed" } },
  spec: { replicas: 1, roles, storage, resources: { limits: { memory: "1Gi" }, requests: { memory: "512Mi" } } },
});
const claim = (id: number) => ({ id, type: "persistent-claim", size: "1Gi", deleteClaim: true });
const kafka = (config: object = {}) => ({
  apiVersion: "kafka.strimzi.io/v1",
  kind: "Kafka",
  metadata: { name: "mixed" },
  spec: {
    kafka: {
      version: "4.3.1",
      listeners: [
        { name: "plain", port: 9092, type: "internal", tls: false },
        { name: "tls", port: 9093, type: "internal", tls: true },
      ],
      config: { "default.replication.factor": 2, "min.insync.replicas": 1, "offsets.topic.replication.factor": 2, ...config },
      jvmOptions: { javaSystemProperties: [{ name: "greeting", value: "hello world" }] },
    },
    clusterCa: { generateCertificateAuthority: false },
  },
});
const pools = [
  pool("controller", ["controller"], { type: "persistent-claim", size: "1Gi" }),
  pool("fast", ["broker"], { type: "ephemeral" }),
  pool("jbod", ["broker"], { type: "jbod", volumes: [{ ...claim(0), kraftMetadata: "shared" }, claim(1)] }),
];

/** The cluster CA is brought, as docs/certificates.md has it. */
const authority = makeAuthority("our own");
const secret = (name: string, stringData: Record<string, string>, annotation: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    name,
    labels: { "strimzi.io/kind": "Kafka", "strimzi.io/cluster": "mixed" },
    annotations: { [`strimzi.io/${annotation}`]: "0" },
  },
  stringData,
});

let cluster: UsableCluster;
let folder: string;

const plugin = (args: string, stdin?: string): Promise<Run> =>
  run([cluster.kubectl, "kafka", ...args.split(" "), "-n", namespace], {
    env: cluster.env,
    timeoutMs: 600_000,
    ...(stdin === undefined ? {} : { stdin }),
  });

const documents = (...objects: object[]): string => objects.map((object) => JSON.stringify(object)).join("\n---\n");

describe("a cluster from manifests, on a real Kubernetes", () => {
  before(async () => {
    cluster = await useCluster();
    folder = mkdtempSync(join(tmpdir(), "kubectl-kafka-e2e-"));
    await mustRun(cluster, ["install", "--yes", "--rbac", "default"]);
    await freshNamespace(cluster, { namespace });
    await mustRun(cluster, ["install", "--yes", "--rbac", namespace]);
    const binding = ["create", "rolebinding", admin, "-n", namespace, "--role=kubectl-kafka-cluster-admin", `--user=${admin}`];
    await kubectl(cluster, binding);
    const brought = [
      secret("mixed-cluster-ca-cert", { "ca.crt": authority.crt }, "ca-cert-generation"),
      secret("mixed-cluster-ca", { "ca.key": authority.key }, "ca-key-generation"),
    ];
    await kubectl(cluster, ["create", "-n", namespace, "-f", "-"], { stdin: documents(...brought) });
  });

  after(async () => {
    rmSync(folder, { recursive: true });
    await kubectl(cluster, ["delete", "namespace", namespace, "--wait=false"]);
  });

  test("a folder of manifests becomes a cluster, by somebody who has the Role and no more", async () => {
    writeFileSync(join(folder, "kafka.json"), JSON.stringify(kafka()));
    writeFileSync(join(folder, "pools.yaml"), documents(...pools));
    const planned = await plugin(`plan -f ${folder} --exit-code --as ${admin}`);
    assert.equal(planned.code, 10, planned.stderr);
    assert.match(planned.stdout, /^\+ StatefulSet mixed-controller, mixed-fast, mixed-jbod$/m);
    assert.equal(await kubectl(cluster, ["get", "kafka,knp", "-n", namespace, "-o", "name"]), "");
    const applied = await plugin(`apply -f ${folder} --as ${admin}`);
    assert.equal(applied.code, 0, applied.stderr + applied.stdout);
    const status = await plugin(`status mixed --as ${admin}`);
    assert.equal(status.code, 0, status.stdout);
    assert.match(status.stdout, /^NODES {2}3 of 3 ready$/m);
    assert.match((await plugin(`reconcile mixed --as ${admin}`)).stdout, /^Kafka e2e-apply\/mixed: nothing to do\n/);
  });

  test("what was asked of the nodes is what they run with", async () => {
    const read = (pod: string, script: string) => kubectl(cluster, ["exec", "-n", namespace, pod, "--", "bash", "-c", script]);
    const options = await read("mixed-jbod-2", "cat /tmp/server.properties");
    assert.match(options, /^log\.dirs=\/var\/lib\/kafka\/data-0\/kafka-log2,\/var\/lib\/kafka\/data-1\/kafka-log2$/m);
    assert.match(options, /^metadata\.log\.dir=\/var\/lib\/kafka\/data-0\/kafka-log2$/m);
    assert.match(await read("mixed-jbod-2", "ls /var/lib/kafka/data-1/kafka-log2/meta.properties"), /meta\.properties/);
    const shown = await read(
      "mixed-fast-1",
      "openssl x509 -noout -issuer -in /opt/kafka/node-certs/mixed-fast-1.crt || cat /opt/kafka/trust/cluster-ca.crt",
    );
    assert.ok(shown.includes("our own") || shown.trim() === authority.crt.trim(), shown);
    const line = await read("mixed-fast-1", "tr '\\0' '\\n' < /proc/1/cmdline; cat /opt/kafka/custom-config/jvm.options");
    assert.match(line, /-Dgreeting=hello world/);
    assert.match(line, /-Xmx536870912/);
    await createTopic(cluster, mixed, "kept", "--partitions 2 --replication-factor 2");
    await javaWrites(cluster, mixed, "kept", ["a", "b", "c"]);
    assert.deepEqual(await javaReads(cluster, mixed, "kept", 3), ["a", "b", "c"]);
  });

  test("a plan that was saved is carried out as it is, or not at all", async () => {
    await kubectl(cluster, ["apply", "--server-side", "--force-conflicts", "-n", namespace, "-f", "-"], {
      stdin: JSON.stringify(kafka({ "log.retention.ms": 86_400_000 })),
    });
    const saved = await plugin("plan mixed -o json");
    writeFileSync(join(folder, "plan.plan"), saved.stdout);
    await kubectl(cluster, ["delete", "pdb", "mixed-kafka", "-n", namespace]);
    const moved = await plugin(`apply --plan ${join(folder, "plan.plan")}`);
    assert.equal(moved.code, 3, moved.stdout);
    assert.match(moved.stderr, /out of date/);
    const again = await plugin("plan mixed -o json");
    writeFileSync(join(folder, "plan.plan"), again.stdout);
    const done = await plugin(`apply --plan ${join(folder, "plan.plan")}`);
    assert.equal(done.code, 0, done.stderr);
    assert.equal((await plugin("plan mixed --exit-code")).code, 0);
  });

  test("a conflict names the field and who has it; --force-conflicts takes it", async () => {
    await kubectl(cluster, ["apply", "--server-side", "--force-conflicts", "--field-manager=gitops", "-n", namespace, "-f", "-"], {
      stdin: JSON.stringify(kafka({ "log.retention.ms": 172_800_000 })),
    });
    const refused = await plugin("apply -f -", documents(kafka({ "log.retention.ms": 43_200_000 })));
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /log\.retention\.ms.*gitops/s);
    const forced = await plugin("apply -f - --force-conflicts", documents(kafka({ "log.retention.ms": 43_200_000 })));
    assert.equal(forced.code, 0, forced.stderr);
  });

  test("documents that are wrong are told with their place, and nothing is written", async () => {
    const versions = () => kubectl(cluster, ["get", "kafka,knp", "-n", namespace, "-o", "jsonpath={.items[*].metadata.resourceVersion}"]);
    const before = await versions();
    const wrong: readonly (readonly [text: string, told: RegExp])[] = [
      ["kind: Kafka\nmetadata: {name: mixed", /standard input, document 1, line 2/],
      [documents(kafka(), { ...pools[1], spec: { replicas: "three" } }), /spec\.replicas/],
      [documents({ ...kafka(), spec: { kafka: { ...kafka().spec.kafka, lisseners: [] } } }), /lisseners.*listeners/s],
      [documents(kafka({ "min.insync.replicas": "two" })), /min\.insync\.replicas/],
      [documents(kafka({ listeners: "PLAINTEXT://:1" })), /listeners/],
      [documents({ ...kafka(), spec: { ...kafka().spec, cruiseControl: {} } }), /spec\.cruiseControl/],
      ["a: &a [*a, *a]\n", /standard input, document 1/],
      ["\u0000\u0001", /standard input/],
      ["", /no resource/],
    ];
    for (const [text, told] of wrong) {
      const { code, stdout, stderr } = await plugin("apply -f - --yes", text);
      assert.ok(code === 1 || code === 2, `exit ${code} for ${text}: ${stderr}${stdout}`);
      assert.match(stderr, told, text);
      assert.doesNotMatch(stderr, /this is a bug|\n {4}at /, text);
    }
    assert.equal(await versions(), before);
  });

  test("of two who change a cluster at the same time one is told who the other is", async () => {
    await kubectl(cluster, ["delete", "pod", "mixed-fast-1", "-n", namespace, "--wait=false"]);
    const runs = await Promise.all([plugin("reconcile mixed --yes"), plugin("reconcile mixed --yes")]);
    const codes = runs.map(({ code }) => code).sort();
    if (codes[1] === 0) return; // one was done before the other began
    assert.deepEqual(codes, [0, 1]);
    assert.match(runs.map(({ stderr }) => stderr).join(""), /is changing Kafka e2e-apply\/mixed, since /);
  });

  test("whoever may not, is told what is missing before anything is changed", async () => {
    const nobody = await plugin("reconcile mixed --as nobody");
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /not permitted to .*leases|not permitted to .*kafkas/);
    assert.match(nobody.stderr, /kubectl create role/);
  });

  test("claims that may go are gone with the cluster, the others stay", async () => {
    const { code, stderr } = await plugin("delete mixed --confirm mixed");
    assert.equal(code, 0, stderr);
    const claims = await kubectl(cluster, ["get", "pvc", "-n", namespace, "-o", "name"]);
    assert.deepEqual(claims.trim().split("\n"), ["persistentvolumeclaim/data-mixed-controller-0"]);
  });
});
