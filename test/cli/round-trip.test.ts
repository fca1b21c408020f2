import assert from "node:assert/strict";
import { test } from "node:test";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import { toYaml } from "../../src/manifest/yaml.ts";
import type { Plan } from "../../src/model/plan.ts";
import { newWorld } from "../fakes/world/world.ts";
import { combined, conditions, find, readyWorld, runIn } from "./world-cli.ts";

const requests = [
  "create c",
  "create c --combined --replicas 1 --storage ephemeral",
  "create c --storage jbod=1Gi,2Gi --storage-class fast --cpu 1 --memory 2Gi",
  "create c --controllers 1 --config message.max.bytes=2000000 --config log.retention.ms=1000",
];

for (const line of requests)
  for (const format of ["yaml", "json"])
    test(`what ${line} -o ${format} prints, apply makes, and it is what create makes`, async () => {
      const printed = await runIn(newWorld(), `${line} --dry-run -o ${format}`);
      assert.deepEqual([printed.stderr, printed.exitCode], ["", 0]);
      const files = { "-": printed.stdout };
      const world = newWorld();
      const { stdout } = await runIn(world, "plan -f - -o json", { files });
      assert.equal(JSON.parse(stdout).cluster.name, "c");
      const applied = await runIn(world, "apply -f -", { files });
      assert.deepEqual([applied.stderr, applied.exitCode], ["", 0]);
      assert.deepEqual(conditions(world), ["Ready"]);
      assert.equal((await runIn(world, "plan -f - --exit-code", { files })).exitCode, 0);
      const created = newWorld();
      assert.equal((await runIn(created, line)).exitCode, 0);
      assert.deepEqual(find(created, "Kafka", "c").spec, find(world, "Kafka", "c").spec);
    });

const several = ["a", "b"]
  .flatMap((name) => kafkaManifest({ ...combined, namespace: `kafka-${name}`, name }))
  .map(toYaml)
  .join("---\n");

test("plan -o json of several clusters is one document; of one the plan itself", async () => {
  const { stdout, exitCode } = await runIn(newWorld(), "plan -f - -o json --exit-code", { files: { "-": several } });
  const { apiVersion, kind, items } = JSON.parse(stdout);
  assert.deepEqual([apiVersion, kind, exitCode], ["kubectl-kafka/v1", "ClusterPlanList", 10]);
  assert.deepEqual(
    items.map(({ cluster }: Plan) => `${cluster.namespace}/${cluster.name}`),
    ["kafka-a/a", "kafka-b/b"],
  );
  const one = await runIn(await readyWorld(), "diff c -o json");
  assert.deepEqual([JSON.parse(one.stdout).kind, JSON.parse(one.stdout).waves], ["ClusterPlan", []]);
});

test("apply -f of several clusters makes each; -o json is one event per line", async () => {
  const world = newWorld();
  const { stdout, stderr, exitCode } = await runIn(world, "apply -f - -o json", { files: { "-": several } });
  assert.deepEqual([stderr, exitCode], ["", 0]);
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    events.filter(({ kind }) => kind === "PlanStarted").map(({ plan }) => plan.cluster.name),
    ["a", "b"],
  );
});

test("a Kafka or a pool alone is applied to the cluster that is there", async () => {
  const world = await readyWorld();
  const [kafka = "", pool = ""] = kafkaManifest({ ...combined, config: { "log.retention.ms": "1000" } }).map(toYaml);
  for (const text of [kafka, pool]) {
    const { stderr, exitCode } = await runIn(world, "apply -f -", { files: { "-": text } });
    assert.deepEqual([stderr, exitCode], ["", 0]);
  }
  assert.equal(world.kafka("c").dynamic.get("log.retention.ms"), "1000");
});

test("a pool without its Kafka, a Kafka without its pools, and a pool that names none are refused before anything is written", async () => {
  const [kafka = "", pool = ""] = kafkaManifest(combined).map(toYaml);
  const rows: [text: string, message: RegExp][] = [
    [
      pool,
      /^error: standard input, document 1, line \d+: metadata\.labels\[strimzi\.io\/cluster\]: there is no Kafka c in the namespace kafka\n$/,
    ],
    [kafka, /the cluster has no controller/],
    [pool.replace(/ {2}labels:\n.*\n/, ""), /^error: standard input, document 1, .*strimzi\.io\/cluster/],
    [kafka.replace("kafka.strimzi.io", "other.io"), /kind: Kafka of other\.io\/v1 is none of Kafka, KafkaNodePool/],
    [pool.replace("namespace: kafka", "namespace: {a: 1}"), /metadata\.namespace/],
    [kafka.replace("namespace: kafka", "namespace: [5]"), /metadata\.namespace/],
  ];
  for (const [text, message] of rows) {
    const world = newWorld();
    const { stdout, stderr, exitCode } = await runIn(world, "apply -f -", { files: { "-": text } });
    assert.deepEqual([stdout, exitCode, world.writes], ["", 1, []]);
    assert.match(stderr, message);
  }
});

test("where the definitions are missing, the command that installs them is told", async () => {
  for (const line of ["apply -f -", "plan -f -", "create c"]) {
    const files = { "-": kafkaManifest(combined).map(toYaml).join("---\n") };
    const { stderr, exitCode } = await runIn(newWorld({ customResources: false }), line, { files });
    assert.deepEqual([stderr, exitCode], ["error: Kubernetes does not know Kafka resources yet\nhint: kubectl kafka install\n", 1]);
  }
});
