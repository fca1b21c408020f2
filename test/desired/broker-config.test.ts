import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { brokerConfig, nodeOptions, poolOptions } from "../../src/desired/broker-config.ts";
import { nodesOf } from "../../src/desired/names.ts";
import { renderProperties } from "../../src/desired/properties.ts";
import type { ClusterSpec, Volume } from "../../src/model/cluster-spec.ts";
import { clusterSpec, poolSpec } from "./specs.ts";

function configOf(spec: ClusterSpec, id: number): string {
  const node = nodesOf(spec).find((each) => each.id === id);
  assert.ok(node);
  return brokerConfig(spec, node);
}

/** Java's way of reading a properties file, without what only people write (comments, continued lines, other separators). */
function parse(text: string): Record<string, string> {
  const plain = (part: string): string =>
    part.replace(/\\(u([0-9a-f]{4})|.)/g, (_, char: string, code?: string) =>
      code === undefined ? ({ t: "\t", n: "\n", r: "\r" }[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
    );
  const lines = text.split("\n").slice(0, -1);
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = "", value = ""] = /^((?:\\.|[^\\=: ])*)=(.*)$/.exec(line) ?? assert.fail(line);
      return [plain(name), plain(value)];
    }),
  );
}

const separate = clusterSpec({
  pools: [poolSpec("broker", [3, 4, 5], { roles: ["broker"] }), poolSpec("controller", [0, 1, 2], { roles: ["controller"] })],
});

test("a combined node", () => {
  assert.equal(
    configOf(clusterSpec({ config: { "default.replication.factor": "3", "auto.create.topics.enable": "false" } }), 1),
    `node.id=1
advertised.listeners=REPLICATION-9091://my-cluster-pool-1.my-cluster-kafka-brokers.kafka.svc:9091,PLAIN-9092://my-cluster-pool-1.my-cluster-kafka-brokers.kafka.svc:9092,TLS-9093://my-cluster-pool-1.my-cluster-kafka-brokers.kafka.svc:9093
log.dirs=/var/lib/kafka/data/kafka-log1
metadata.log.dir=/var/lib/kafka/data/kafka-log1
process.roles=broker,controller
controller.quorum.voters=0@my-cluster-pool-0.my-cluster-kafka-brokers.kafka.svc:9090,1@my-cluster-pool-1.my-cluster-kafka-brokers.kafka.svc:9090,2@my-cluster-pool-2.my-cluster-kafka-brokers.kafka.svc:9090
controller.listener.names=CONTROLPLANE-9090
inter.broker.listener.name=REPLICATION-9091
listener.security.protocol.map=CONTROLPLANE-9090:SSL,REPLICATION-9091:SSL,PLAIN-9092:PLAINTEXT,TLS-9093:SSL
listeners=CONTROLPLANE-9090://0.0.0.0:9090,REPLICATION-9091://0.0.0.0:9091,PLAIN-9092://0.0.0.0:9092,TLS-9093://0.0.0.0:9093
listener.name.controlplane-9090.ssl.keystore.type=PEM
listener.name.controlplane-9090.ssl.keystore.location=/tmp/keystore.pem
listener.name.controlplane-9090.ssl.truststore.type=PEM
listener.name.controlplane-9090.ssl.truststore.location=/opt/kafka/trust/cluster-ca.crt
listener.name.controlplane-9090.ssl.client.auth=required
listener.name.replication-9091.ssl.keystore.type=PEM
listener.name.replication-9091.ssl.keystore.location=/tmp/keystore.pem
listener.name.replication-9091.ssl.truststore.type=PEM
listener.name.replication-9091.ssl.truststore.location=/opt/kafka/trust/cluster-ca.crt
listener.name.replication-9091.ssl.client.auth=required
listener.name.tls-9093.ssl.keystore.type=PEM
listener.name.tls-9093.ssl.keystore.location=/tmp/keystore.pem
auto.create.topics.enable=false
default.replication.factor=3
min.insync.replicas=1
`,
  );
});

test("a controller listens on 9090 alone, and a broker everywhere else", () => {
  const controller = parse(configOf(separate, 0));
  assert.equal(controller.listeners, "CONTROLPLANE-9090://0.0.0.0:9090");
  assert.equal(controller["process.roles"], "controller");
  assert.ok(!("advertised.listeners" in controller));
  assert.equal(controller["listener.security.protocol.map"], "CONTROLPLANE-9090:SSL,REPLICATION-9091:SSL");
  const broker = parse(configOf(separate, 4));
  assert.equal(broker.listeners, "REPLICATION-9091://0.0.0.0:9091,PLAIN-9092://0.0.0.0:9092,TLS-9093://0.0.0.0:9093");
  assert.equal(broker["process.roles"], "broker");
  assert.equal(broker["controller.quorum.voters"], controller["controller.quorum.voters"]);
  assert.match(
    broker["controller.quorum.voters"] ?? "",
    /^0@my-cluster-controller-0\..*,1@my-cluster-controller-1\..*,2@my-cluster-controller-2\./,
  );
});

test("voters stand in the order of their ids, from several pools", () => {
  const spec = clusterSpec({ pools: [poolSpec("b", [10, 11]), poolSpec("a", [2])] });
  assert.deepEqual(
    parse(configOf(spec, 2))
      ["controller.quorum.voters"]?.split(",")
      .map((voter) => voter.split(".")[0]),
    ["2@my-cluster-a-2", "10@my-cluster-b-10", "11@my-cluster-b-11"],
  );
});

const volume = (id: number, kraftMetadata = false): Volume => ({ kind: "persistent", size: "1Gi", deleteClaim: false, id, kraftMetadata });

for (const { given, volumes, want } of [
  { given: "the lowest", volumes: [volume(2), volume(0), volume(1)], want: 0 },
  { given: "the chosen", volumes: [volume(0), volume(1, true)], want: 1 },
])
  test(`JBOD: metadata lies on ${given} volume`, () => {
    const config = parse(configOf(clusterSpec({ pools: [poolSpec("pool", [7], { jbod: true, volumes })] }), 7));
    assert.equal(config["metadata.log.dir"], `/var/lib/kafka/data-${want}/kafka-log7`);
    const ids = volumes.map(({ id }) => id).sort();
    assert.equal(config["log.dirs"], ids.map((id) => `/var/lib/kafka/data-${id}/kafka-log7`).join(","));
  });

test("a listener's own certificate has a key store of its own", () => {
  const certificate = { secret: "mine", certificateKey: "tls.crt", privateKey: "tls.key" };
  const config = parse(configOf(clusterSpec({ listeners: [{ name: "ext", port: 9094, tls: true, certificate }] }), 0));
  assert.equal(config["listener.name.ext-9094.ssl.keystore.location"], "/tmp/ext-9094.pem");
  assert.equal(config["listener.name.replication-9091.ssl.keystore.location"], "/tmp/keystore.pem");
});

test("the user's min.insync.replicas stands", () => {
  assert.equal(parse(configOf(clusterSpec({ config: { "min.insync.replicas": "2" } }), 0))["min.insync.replicas"], "2");
});

test("a node's part is small, and the pool's part the same for all its nodes", () => {
  const [pool] = separate.pools;
  assert.ok(pool);
  for (const node of nodesOf(separate)) {
    const text = renderProperties([...nodeOptions(separate, node), ...poolOptions(separate, node.pool)]);
    assert.equal(text, brokerConfig(separate, node));
    assert.ok(renderProperties(nodeOptions(separate, node)).length < 500);
  }
});

test("any configuration of the user reads back, and never takes the place of what is written here", () => {
  const own = parse(configOf(clusterSpec(), 0));
  const name = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom(...Object.keys(own)));
  fc.assert(
    fc.property(fc.dictionary(name, fc.string({ unit: "binary" })), (config) => {
      const text = configOf(clusterSpec({ config }), 0);
      // the same, whatever order the options were given in
      assert.equal(text, configOf(clusterSpec({ config: Object.fromEntries(Object.entries(config).reverse()) }), 0));
      const read = parse(text);
      for (const [option, value] of Object.entries(own)) if (option !== "min.insync.replicas") assert.equal(read[option], value);
      for (const [option, value] of Object.entries(config)) if (!(option in own)) assert.equal(read[option], value);
    }),
  );
});
