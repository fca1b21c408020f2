import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { type Dial, newClient } from "../../../../src/adapters/kafka/client/client.ts";
import { dialer } from "../../../../src/adapters/kafka/dial.ts";
import { openKafka } from "../../../../src/adapters/kafka/open.ts";
import type { KafkaTarget } from "../../../../src/model/kafka-target.ts";
import { startBroker } from "../../../fakes/kafka-broker.ts";
import { open, targetOf, testClock } from "../open.ts";

const nowhere = { host: "127.0.0.1", port: 1 };
const io = (dial: Dial = dialer()) => ({ dial, clock: testClock(), trace: () => undefined });

test("tries every address, and tells of all when none answers", async (context) => {
  const brokers = await startBroker({ nodes: [1] });
  context.after(() => brokers.close());
  const kafka = await openKafka(targetOf([nowhere, ...brokers.bootstrap]), io());
  context.after(() => kafka.close());
  await assert.rejects(openKafka(targetOf([nowhere, { host: "127.0.0.1", port: 2 }]), io()), {
    code: "KafkaUnreachable",
    message: /^Cannot reach Kafka at any of 127\.0\.0\.1:1, 127\.0\.0\.1:2:\n {2}Cannot reach .*:1 \(a test\): connection refused\n {2}/,
  });
  await assert.rejects(openKafka(targetOf([nowhere]), io()), { message: "Cannot reach Kafka at 127.0.0.1:1 (a test): connection refused" });
});

test("an address that leads nowhere is given up in time", async () => {
  const clock = testClock();
  const opening = openKafka(targetOf([nowhere]), { dial: () => new Promise(() => undefined), clock, trace: () => undefined });
  await new Promise(setImmediate);
  clock.expire();
  await assert.rejects(opening, { code: "KafkaUnreachable", message: /no connection within 10 s/ });
});

test("connections are opened when they are needed, one per broker, and kept", async (context) => {
  const { kafka, brokers } = await open(context);
  await Promise.all([kafka.topics(), kafka.quorum(), kafka.reassignments(), kafka.features()]);
  assert.equal(brokers.connections, 1);
  await Promise.all([kafka.logDirs([1, 2, 3]), kafka.logDirs([1, 2, 3])]);
  assert.equal(brokers.connections, 3);
  kafka.close();
  await assert.rejects(kafka.topics(), { code: "Interrupted" });
});

test("another broker takes over from one that went away", async (context) => {
  const { kafka, brokers } = await open(context);
  await kafka.topics();
  await brokers.stop(1);
  assert.deepEqual(await kafka.topics(), []);
  assert.equal(brokers.requests.at(-1)?.node, 2);
});

test("what only the controller may do goes to it once a broker says that it is not", async (context) => {
  const { kafka, brokers } = await open(context);
  brokers.state.controllerId = 3;
  brokers.intercept = ({ api, node }) =>
    api === "ListPartitionReassignments" && node !== 3
      ? { kind: "Body", body: { errorCode: 41, errorMessage: null, topics: [] } }
      : undefined;
  assert.deepEqual(await kafka.reassignments(), []);
  assert.deepEqual(
    brokers.requests.filter(({ api }) => api === "ListPartitionReassignments").map(({ node }) => node),
    [1, 3],
  );
});

test("an error that passes is waited out; one that stays ends with the last word", async (context) => {
  const { kafka, brokers, clock } = await open(context);
  let left = 3;
  brokers.intercept = ({ api }) =>
    api === "ListPartitionReassignments" && left-- > 0
      ? { kind: "Body", body: { errorCode: 14, errorMessage: "loading", topics: [] } }
      : undefined;
  await kafka.reassignments();
  assert.equal(clock.slept.filter((ms) => ms < 1000).length, 3);
  left = Number.POSITIVE_INFINITY;
  const before = clock.now();
  await assert.rejects(kafka.reassignments(), { message: "The reassignments under way: loading (COORDINATOR_LOAD_IN_PROGRESS)" });
  assert.ok(clock.now() - before >= 29_000 && clock.now() - before <= 32_000, `${clock.now() - before} ms`);
});

test("a group's coordinator is found in both forms of the question, and remembered", async (context) => {
  for (const release of ["3.9", "4.3"] as const) {
    const brokers = await startBroker({ release, ranges: release === "3.9" ? { FindCoordinator: [0, 3] } : {} });
    context.after(() => brokers.close());
    brokers.intercept = ({ api, version }) => {
      const { host, port } = brokers.state.nodes.get(2) ?? nowhere;
      const found = { nodeId: 2, host, port, errorCode: 0, errorMessage: null };
      return api === "FindCoordinator"
        ? { kind: "Body", body: version < 4 ? found : { coordinators: [{ key: "g", ...found }] } }
        : undefined;
    };
    const client = newClient({ target: targetOf(brokers.bootstrap), ...io(), timeoutMs: 30_000, connectTimeoutMs: 10_000 });
    context.after(() => client.close());
    const to = { kind: "GroupCoordinator", id: "g" } as const;
    await Promise.all([
      client.request("DescribeLogDirs", { topics: [] }, { to }),
      client.request("DescribeLogDirs", { topics: [] }, { to }),
    ]);
    assert.deepEqual(
      brokers.requests.filter(({ api }) => api === "DescribeLogDirs").map(({ node }) => node),
      [2, 2],
    );
    assert.equal(brokers.requests.filter(({ api }) => api === "FindCoordinator").length, 1);
  }
});

const tunnelTo = (bootstrap: KafkaTarget["bootstrap"], pods: readonly string[]): KafkaTarget => ({
  bootstrap,
  security: {},
  route: { kind: "Tunnel", namespace: "kafka", pods },
  via: "9091 as cluster-operator",
});

test("through a tunnel, a broker is the pod that its advertised host begins with", async (context) => {
  const brokers = await startBroker({
    nodes: [0, 1],
    advertise: (id) => ({ host: `my-dual-${id}.my-kafka-brokers.kafka.svc`, port: 9091 }),
  });
  context.after(() => brokers.close());
  const asked: string[] = [];
  const dial = dialer(({ namespace, pod, port }) => {
    asked.push(`${namespace}/${pod}:${port}`);
    return connect({ host: "127.0.0.1", port: brokers.bootstrap[pod.endsWith("1") ? 1 : 0]?.port ?? 0 });
  });
  const target = tunnelTo([{ host: "my-kafka-bootstrap.kafka.svc", port: 9091 }], ["my-dual-0", "my-dual-1"]);
  const kafka = await openKafka(target, io(dial));
  context.after(() => kafka.close());
  assert.equal((await kafka.logDirs([0, 1])).dirs.length, 2);
  assert.deepEqual(asked, ["kafka/my-dual-0:9091", "kafka/my-dual-0:9091", "kafka/my-dual-1:9091"]);
});

test("an advertised host that is no pod is told by name", async (context) => {
  const brokers = await startBroker({ nodes: [0], advertise: () => ({ host: "kafka.example.com", port: 443 }) });
  context.after(() => brokers.close());
  const dial = dialer(() => connect({ host: "127.0.0.1", port: brokers.bootstrap[0]?.port ?? 0 }));
  const kafka = await openKafka(tunnelTo([{ host: "a-0.svc", port: 9091 }], ["a-0"]), io(dial));
  context.after(() => kafka.close());
  const { errors } = await kafka.logDirs([0]);
  assert.equal(errors.get(0), "Kafka advertises kafka.example.com:443 on 9091 as cluster-operator, and no pod is named kafka");
});
