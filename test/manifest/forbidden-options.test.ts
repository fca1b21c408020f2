import assert from "node:assert/strict";
import { test } from "node:test";
import { forbiddenBecause } from "../../src/manifest/forbidden-options.ts";

const options: readonly [name: string, because: string | undefined][] = [
  ["listeners", "it follows from spec.kafka.listeners"],
  ["listener.security.protocol.map", "it follows from spec.kafka.listeners"],
  ["listener.name.plain-9092.ssl.keystore.location", "it follows from spec.kafka.listeners"],
  ["listener.name.plain-9092.max.connections", undefined],
  ["listener.name.plain-9092.max.connections.per.ip", undefined],
  ["listener.name.plain-9092.max.connection.creation.rate", undefined],
  ["listener.name.plain-9092.connections.max.reauth.ms", undefined],
  ["broker.rack", "ids and racks of brokers are managed"],
  ["broker.session.timeout.ms", undefined],
  ["controller.quorum.bootstrap.servers", "the metadata quorum is managed"],
  ["controller.quorum.fetch.timeout.ms", undefined],
  ["ssl.keystore.type", "certificates are managed"],
  ["ssl.cipher.suites", undefined],
  ["sasl.server.max.receive.size", undefined],
  ["SASL.enabled.mechanisms", "it follows from the authentication of spec.kafka.listeners"],
  ["log.dirs", "it follows from the storage of the node pools"],
  ["log.retention.hours", undefined],
  ["cordoned.log.dirs", "brokers that go away are cordoned by the tool"],
  ["zookeeper.clientCnxnSocket", "there is no ZooKeeper"],
  ["super.users", "it follows from spec.kafka.authorization"],
  ["num.partitions", undefined],
];

for (const [name, because] of options)
  test(`option ${name}: ${because ?? "may be set"}`, () => {
    assert.equal(forbiddenBecause(name), because);
  });
