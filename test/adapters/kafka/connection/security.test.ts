import assert from "node:assert/strict";
import { test } from "node:test";
import { dialer } from "../../../../src/adapters/kafka/dial.ts";
import { openKafka } from "../../../../src/adapters/kafka/open.ts";
import type { Security } from "../../../../src/model/kafka-target.ts";
import { testCertificates } from "../../../fakes/certificates.ts";
import { type BrokerOptions, startBroker } from "../../../fakes/kafka-broker.ts";
import { open, targetOf, testClock } from "../open.ts";

const users = { jane: "s3cret", "a=b,c": "x" };
const sasl = (mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512", username = "jane", password = "s3cret"): Security => ({
  sasl: { mechanism, username, password },
});

/** Opens and expects to be turned away. */
async function refused(
  options: BrokerOptions,
  security: Security,
  host = "127.0.0.1",
): Promise<{ code: string; message: string; hint: string | undefined; details: { reason?: string } }> {
  const brokers = await startBroker({ nodes: [1], ...options });
  const bootstrap = brokers.bootstrap.map(({ port }) => ({ host, port }));
  try {
    const kafka = await openKafka(targetOf(bootstrap, security), { dial: dialer(), clock: testClock(), trace: () => undefined });
    kafka.close();
    return assert.fail("was let in");
  } catch (error) {
    return error as never;
  } finally {
    await brokers.close();
  }
}

for (const mechanism of ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const) {
  test(`logs in with ${mechanism}, and is turned away with a wrong password`, async (context) => {
    const { kafka } = await open(context, { sasl: { users }, security: sasl(mechanism) });
    assert.equal((await kafka.cluster()).brokers.length, 3);
    assert.equal((await kafka.logDirs([1, 2, 3])).dirs.length, 3);
    const error = await refused({ sasl: { users } }, sasl(mechanism, "jane", "wrong"));
    assert.equal(error.code, "KafkaAuthenticationFailed");
    assert.match(
      error.message,
      new RegExp(`does not let us in: Authentication failed: Invalid username or password \\(${mechanism} as jane\\)$`),
    );
    assert.equal((await refused({ sasl: { users } }, sasl(mechanism, "nobody"))).code, "KafkaAuthenticationFailed");
  });
}

test("names that must be escaped are understood", async (context) => {
  await open(context, { sasl: { users }, security: sasl("SCRAM-SHA-512", "a=b,c", "x") });
});

test("a broker that does not know the password itself is not trusted", async () => {
  const error = await refused({ sasl: { users, impostor: true } }, sasl("SCRAM-SHA-512"));
  assert.match(error.message, /the broker did not prove that it knows the password/);
});

test("a mechanism that is not offered is told with those that are", async () => {
  const error = await refused({ sasl: { users, mechanisms: ["SCRAM-SHA-512"] } }, sasl("PLAIN"));
  assert.match(error.message, /does not take PLAIN; it takes SCRAM-SHA-512$/);
  assert.equal((await refused({}, sasl("PLAIN"))).details.reason, "ListenerHasNoSasl");
});

test("a connection whose session grows old is replaced", async (context) => {
  const { kafka, brokers, clock } = await open(context, { nodes: [1], sasl: { users, lifetimeMs: 60_000 }, security: sasl("PLAIN") });
  await kafka.topics();
  clock.expire();
  await kafka.topics();
  assert.equal(brokers.requests.filter(({ api }) => api === "SaslHandshake").length, 2);
  kafka.close();
  while (brokers.connections > 0) await new Promise(setImmediate);
});

test("TLS with and without a certificate of our own", async (context) => {
  const { ca, server, client } = testCertificates();
  const plain = await open(context, { tls: server, security: { tls: { ca } } });
  assert.equal((await plain.kafka.logDirs([1, 2, 3])).dirs.length, 3);
  const mutual = await open(context, { tls: { ...server, ca }, security: { tls: { ca, ...client } } });
  assert.equal((await mutual.kafka.cluster()).brokers.length, 3);
  await open(context, { tls: server, sasl: { users }, security: { tls: { ca }, ...sasl("SCRAM-SHA-512") } });
  await open(context, { tls: server, security: { tls: { verify: false } } });
});

test("what is wrong with TLS is told at once", async () => {
  const { ca, server, client } = testCertificates();
  const wrongCa = await refused({ tls: server }, { tls: { ca: server.cert } });
  assert.deepEqual([wrongCa.code, /not signed by the trusted CA/.test(wrongCa.message)], ["TlsFailed", true]);
  const noCertificate = await refused({ tls: { ...server, ca } }, { tls: { ca } });
  assert.deepEqual([noCertificate.code, noCertificate.details.reason], ["KafkaAuthenticationFailed", "ClientCertificateRequired"]);
  const stranger = await refused({ tls: { ...server, ca: server.cert } }, { tls: { ca, ...client } });
  assert.match(stranger.hint ?? "", /certificate/);
  const plainToTls = await refused({ tls: server }, {});
  assert.match(plainToTls.details.reason ?? "", /ListenerIsTls|RefusedAtGreeting/);
  const tlsToPlain = await refused({}, { tls: { ca } });
  assert.match(tlsToPlain.details.reason ?? "", /TlsRefused|ListenerIsPlain/);
});

test("a certificate for another host is told with the names it is for", async (context) => {
  const { ca, server } = testCertificates();
  const brokers = await startBroker({ nodes: [1], tls: server });
  context.after(() => brokers.close());
  const target = (security: Security) => targetOf([{ host: "kafka.example.com", port: 9093 }], security);
  const dial = () => dialer()(brokers.bootstrap[0] ?? assert.fail(), targetOf([]), AbortSignal.timeout(5000));
  const io = { dial, clock: testClock(), trace: () => undefined };
  await assert.rejects(openKafka(target({ tls: { ca } }), io), {
    code: "TlsFailed",
    message: /its certificate is for another host: .*api\.example\.test/,
  });
  const kafka = await openKafka(target({ tls: { ca, verifyHostname: false } }), io);
  kafka.close();
});
