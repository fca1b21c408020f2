import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadBrokerOptions } from "../../src/manifest/broker-options.ts";

const { checkOption, find, scopeOf, warnOption } = await loadBrokerOptions();

for (const [name, value, want, version = "4.3.1"] of [
  ["num.io.threads", "8", undefined],
  ["num.io.threads", "eight", "must be a whole number, at least 1"],
  ["num.io.threads", "0", "must be a whole number, at least 1"],
  ["num.io.threads", "2147483648", "must be a whole number of 32 bits, at least 1"],
  ["log.retention.ms", "9223372036854775807", undefined],
  ["log.cleaner.min.cleanable.ratio", "1.5", "must be a number, 0 to 1"],
  ["log.cleaner.min.cleanable.ratio", "5.0E-1", undefined],
  ["compression.gzip.level", "0", "must be a whole number, 1 to 9 or -1"],
  ["compression.gzip.level", "-1", undefined],
  ["auto.create.topics.enable", "True", undefined],
  ["auto.create.topics.enable", "yes", "must be true or false"],
  ["compression.type", "zip", "must be one of uncompressed, zstd, lz4, snappy, gzip, producer"],
  ["log.cleanup.policy", "compact, delete", undefined],
  ["log.cleanup.policy", "erase", "must be a list of compact, delete"],
  ["group.consumer.migration.policy", "UPGRADE", undefined],
  ["remote.log.storage.manager.class.name", "", "must be a text that is not empty"],
  // of one listener
  ["listener.name.plain-9092.max.connections", "-1", "must be a whole number, at least 0"],
  // what is filled in later
  ["num.io.threads", "${env:THREADS}", undefined],
  // plugins' own, and slips of the pen
  ["my.plugin.option", "x", undefined],
  ["min.insync.replica", "2", "Kafka has no option of this name; did you mean min.insync.replicas?"],
  ["num.oi.threads", "2", "Kafka has no option of this name; did you mean num.io.threads?"],
  // known to other versions, or to topics
  ["inter.broker.protocol.version", "3.9", undefined],
  ["retention.ms", "1", undefined],
  ["auto.include.jmx.reporter", "maybe", "must be true or false", "3.9.0"],
] as [string, string, string | undefined, string?][])
  test(`check: ${name}=${value} in ${version}`, () => {
    assert.equal(checkOption(name, value, version), want);
  });

test("scope: at a restart, of one broker, of all; a plugin's option at a restart", () => {
  const scopes = ["node.id", "listeners", "num.io.threads", "my.plugin.option", "listener.name.plain-9092.max.connections"].map((name) =>
    scopeOf(name, "4.3.1"),
  );
  assert.deepEqual(scopes, ["read-only", "per-broker", "cluster-wide", "read-only", "cluster-wide"]);
});

test("defaults, by version; versions beyond the table are taken for the nearest", () => {
  assert.equal(find("group.consumer.migration.policy", "3.9.1")?.default, "disabled");
  assert.equal(find("group.consumer.migration.policy", "4.0.0")?.default, "disabled");
  assert.equal(find("group.consumer.migration.policy", "4.10.0")?.default, "bidirectional");
  assert.equal(find("cordoned.log.dirs", "4.2.9"), undefined);
  assert.equal(find("cordoned.log.dirs", "9.0.0")?.type, "list");
  assert.equal(find("num.io.threads", "2.8.0")?.default, "8");
});

test("warnings: what means nothing to this Kafka", () => {
  assert.equal(warnOption("num.io.threads", "4.3.1"), undefined);
  assert.equal(warnOption("retention.ms", "4.3.1"), "topics have this option; brokers call it log.retention.ms");
  assert.match(warnOption("inter.broker.protocol.version", "4.3.1") ?? "", /^Kafka 4\.3 does not know this option \(3\.9 did\)/);
  assert.match(warnOption("my.plugin.option", "4.1.0") ?? "", /^Kafka 4\.1 does not know this option: /);
});

test("any name and value gets an answer", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom("num.io.threads", "compression.type", "log.cleanup.policy")),
      fc.string(),
      fc.string(),
      (name, value, version) => {
        const answer = checkOption(name, value, version);
        assert.ok(answer === undefined || answer.length > 0);
        warnOption(name, version);
      },
    ),
  );
});
