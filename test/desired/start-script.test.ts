import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { desiredConfiguration } from "../../src/desired/configuration.ts";
import { heapBytes, jvmOptions } from "../../src/desired/jvm-options.ts";
import type { ClusterSpec, PoolSpec } from "../../src/model/cluster-spec.ts";
import { clusterSpec, poolSpec } from "./specs.ts";

/** A container in a folder: the script's paths lead there, and Kafka's scripts write down how they were called. */
class Container {
  readonly root = mkdtempSync(join(tmpdir(), "kubectl-kafka-start-"));
  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
  at(path: string): string {
    return join(this.root, path);
  }
  write(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), text, { mode });
  }
  read(path: string): string {
    return readFileSync(this.at(path), "utf8");
  }
  has(path: string): boolean {
    return existsSync(this.at(path));
  }

  /** What Kafka's scripts were called with and in which environment. */
  start(spec: ClusterSpec, pod: string, env: Record<string, string> = {}): { format: string[]; server: string; output: string } {
    const [pool] = spec.pools;
    assert.ok(pool);
    rmSync(this.at("calls"), { recursive: true, force: true });
    rmSync(this.at("opt/kafka/custom-config"), { recursive: true, force: true });
    const moved = (text: string): string => text.replaceAll(/(?<![\w.])\/(opt\/kafka|tmp|var\/lib\/kafka)(?=\/|$)/gm, `${this.root}/$1`);
    const { data } = desiredConfiguration(spec, pool) as unknown as { data: Record<string, string> };
    for (const [name, text] of Object.entries(data)) this.write(`opt/kafka/custom-config/${name}`, moved(text));
    for (const name of [pod, "ext-9094"]) {
      this.write(`opt/kafka/node-certs/${name}.crt`, `${name} certificate\n`);
      this.write(`opt/kafka/node-certs/${name}.key`, `${name} key\n`);
    }
    const record = (name: string, then = ""): string =>
      `#!/bin/bash\nmkdir -p ${this.at("calls")}\n{ echo "$@"; env | grep -E '^(KAFKA|LOG_DIR|EXTRA)' | sort; } > ${this.at(`calls/${name}`)}\n${then}`;
    const format = `for directory in $(sed -n 's|^log.dirs=||p; s|^metadata.log.dir=||p' ${this.at("tmp/server.properties")} | tr , '\\n' | sort -u); do
mkdir -p $directory; [ -f $directory/meta.properties ] || echo $directory >> ${this.at("calls/formatted")}; echo x > $directory/meta.properties; done`;
    this.write("opt/kafka/bin/kafka-storage.sh", record("storage", format), 0o755);
    this.write("opt/kafka/bin/kafka-server-start.sh", record("server"), 0o755);
    mkdirSync(this.at("tmp"), { recursive: true });
    const output = execFileSync("bash", [this.at("opt/kafka/custom-config/start.sh")], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOSTNAME: pod, ...env },
    });
    const formatted = this.has("calls/formatted") ? this.read("calls/formatted").trimEnd().split("\n") : [];
    const short = (text: string): string => text.replaceAll(this.root, "");
    return { format: formatted.map(short), server: short(this.read("calls/server")), output: short(output) };
  }
}

const one = (changes: Partial<PoolSpec> = {}, rest: Partial<ClusterSpec> = {}) =>
  clusterSpec({ pools: [poolSpec("pool", [0, 1, 2], changes)], ...rest });
const jbod = (kraft: number, ids = [0, 1]): Partial<PoolSpec> => ({
  jbod: true,
  volumes: ids.map((id) => ({ kind: "persistent", size: "1Gi", deleteClaim: false, id, kraftMetadata: id === kraft })),
});
const pod = "my-cluster-pool-1";

test("start: formats once, and becomes Kafka with the node's configuration", () => {
  using container = new Container();
  const first = container.start(one({}, { metadataVersion: "4.2-IV1" }), pod);
  assert.deepEqual(first.format, ["/var/lib/kafka/data/kafka-log1"]);
  assert.match(container.read("calls/storage"), /^format -t=bXktY2x1c3RlcjAwMDAwMA -c=\S+\/tmp\/server\.properties -g -r=4\.2-IV1\n/);
  assert.match(first.server, /^\/tmp\/server\.properties\n/);
  assert.match(first.server, /^KAFKA_LOG4J_OPTS=-Dlog4j2\.configurationFile=\/opt\/kafka\/custom-config\/log4j2\.properties$/m);
  assert.match(first.server, /^KAFKA_OPTS= @\/opt\/kafka\/custom-config\/jvm\.options$/m);
  assert.match(container.read("tmp/server.properties"), /^node\.id=1\n(.*\n)*process\.roles=broker,controller\n/);
  assert.equal(container.read("tmp/keystore.pem"), `${pod} key\n${pod} certificate\n`);
  assert.equal(statSync(container.at("tmp/keystore.pem")).mode & 0o777, 0o600);
  const second = container.start(one(), pod);
  assert.deepEqual(second.format, []);
  assert.ok(!container.has("calls/storage"));
});

test("start: without a metadata version Kafka takes its own; Kafka 3.9 has Log4j 1; what the pod says of KAFKA_OPTS stays", () => {
  using container = new Container();
  const { server } = container.start(one({}, { version: "3.9.2" }), pod, { KAFKA_OPTS: "-Dmine=1" });
  assert.match(container.read("calls/storage"), / -g\n/);
  assert.match(server, /^KAFKA_LOG4J_OPTS=-Dlog4j\.configuration=file:\/opt\/kafka\/custom-config\/log4j\.properties$/m);
  assert.match(server, /^KAFKA_OPTS=-Dmine=1 @/m);
  assert.doesNotMatch(server, /KAFKA_JVM_PERFORMANCE_OPTS/);
});

test("start: a new volume is formatted, the others are left", () => {
  using container = new Container();
  container.start(one(jbod(0)), pod);
  assert.deepEqual(container.start(one(jbod(0, [0, 1, 2])), pod).format, ["/var/lib/kafka/data-2/kafka-log1"]);
});

test("start: the metadata log moves to the volume chosen for it, also when a move was interrupted", () => {
  using container = new Container();
  container.start(one(jbod(0)), pod);
  const log = "kafka-log1/__cluster_metadata-0";
  container.write(`var/lib/kafka/data-0/${log}/00000000.log`, "records");
  const { output } = container.start(one(jbod(1)), pod);
  assert.match(output, /^Moving the metadata log from \/var\/lib\/kafka\/data-0\//);
  assert.equal(container.read(`var/lib/kafka/data-1/${log}/00000000.log`), "records");
  assert.ok(!container.has(`var/lib/kafka/data-0/${log}`));
  // died between copying and removing
  container.write(`var/lib/kafka/data-0/${log}/00000000.log`, "records");
  container.write("var/lib/kafka/data-1/kafka-log1/.moving/00000000.log", "half");
  container.start(one(jbod(1)), pod);
  assert.ok(!container.has(`var/lib/kafka/data-0/${log}`));
  assert.equal(container.read(`var/lib/kafka/data-1/${log}/00000000.log`), "records");
});

test("start: what a controller remembers of the quorum is its own, whoever the voters are", () => {
  using container = new Container();
  const file = "var/lib/kafka/data/kafka-log1/__cluster_metadata-0/quorum-state";
  const remembered = '{"currentVoters":[{"voterId":0}],"data_version":0}';
  container.write(file, remembered);
  container.start(one(), pod);
  assert.equal(container.read(file), remembered);
});

test("start: a listener's own certificate is put together too", () => {
  using container = new Container();
  const certificate = { secret: "mine", certificateKey: "a", privateKey: "b" };
  container.start(one({}, { listeners: [{ name: "ext", port: 9094, tls: true, certificate }] }), pod);
  assert.equal(container.read("tmp/ext-9094.pem"), "ext-9094 key\next-9094 certificate\n");
  assert.deepEqual(readdirSync(container.at("tmp")).sort(), ["ext-9094.pem", "keystore.pem", "server.properties"]);
});

test("start: -XX options replace those of Kafka's script", () => {
  using container = new Container();
  const { server } = container.start(one({ jvm: { xx: { UseZGC: "true" }, gcLogging: false, systemProperties: [] } }), pod);
  assert.match(server, /^KAFKA_JVM_PERFORMANCE_OPTS=-server$/m);
});

const gigabytes = (memory: string) => poolSpec("pool", [0], { resources: { limits: { memory } } });

test("heap: half of the limit, at most 5 GiB; nothing without a limit", () => {
  assert.equal(heapBytes(gigabytes("4Gi")), 2 * 1024 ** 3);
  assert.equal(heapBytes(gigabytes("64Gi")), 5 * 1024 ** 3);
  assert.equal(heapBytes(poolSpec("pool", [0])), undefined);
});

for (const { given, pool, want } of [
  { given: "nothing", pool: poolSpec("pool", [0]), want: ['"-Xms128M"'] },
  { given: "a limit", pool: gigabytes("1000Mi"), want: ['"-Xms524288000"', '"-Xmx524288000"'] },
  {
    given: "a heap beside a limit",
    pool: { ...gigabytes("4Gi"), jvm: { xmx: "1g", xx: {}, gcLogging: false, systemProperties: [] } },
    want: ['"-Xms1g"', '"-Xmx1g"'],
  },
  {
    given: "everything",
    pool: poolSpec("pool", [0], {
      jvm: {
        xms: "1g",
        xmx: "2g",
        xx: { UseG1GC: "false", MaxGCPauseMillis: "20", UseZGC: "true" },
        gcLogging: true,
        systemProperties: [{ name: "greeting", value: 'a "b" \\c' }],
      },
    }),
    want: [
      '"-Xms1g"',
      '"-Xmx2g"',
      '"-XX:MaxGCPauseMillis=20"',
      '"-XX:-UseG1GC"',
      '"-XX:+UseZGC"',
      '"-Xlog:gc*:stdout:time,tags"',
      '"-Dgreeting=a \\"b\\" \\\\c"',
    ],
  },
])
  test(`JVM options: ${given}`, () => {
    assert.deepEqual(jvmOptions(pool).trimEnd().split("\n"), want);
  });
