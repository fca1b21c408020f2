import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openKafka } from "../../src/adapters/kafka/open.ts";
import { clock } from "../../src/adapters/node/clock.ts";
import { up } from "../cluster/cluster.ts";
import { parseKafkaVersions } from "../cluster/images.ts";
import { type UsableCluster, useCluster } from "../cluster/use.ts";
import { type CreatedCluster, freshNamespace, kubectl, mustRun, run } from "./fixture.ts";
import { kafkajsReads, kafkajsWrites } from "./records.ts";
import { tunnelTo } from "./tunnel.ts";

// The oldest Kafka that is served and one between: made, asked by our own client, changed live, restarted, and taken away.

const versions = parseKafkaVersions("3.9,4.1");

let cluster: UsableCluster;

const namespaceOf = (version: string): string => `e2e-kafka-${version.replaceAll(".", "-")}`;

describe("older Kafkas", {
  skip: process.env.KUBECTL_KAFKA_TEST_KUBECONFIG ? "needs images of the embedded cluster" : false,
}, () => {
  before(async () => {
    cluster = await useCluster();
    await up(versions);
    await mustRun(cluster, ["install", "--yes"]);
  });

  for (const version of versions)
    test(`Kafka ${version}`, async () => {
      const namespace = namespaceOf(version);
      const at = ["-n", namespace];
      const solo: CreatedCluster = { namespace, name: "solo", flags: [], pods: ["solo-combined-0"] };
      await freshNamespace(cluster, { namespace });
      const flags = ["--version", version, "--replicas", "1", "--combined", "--storage", "1Gi", "--memory", "1Gi"];
      await mustRun(cluster, ["create", "solo", ...at, ...flags]);
      const status = await mustRun(cluster, ["status", "solo", ...at]);
      assert.match(
        status,
        new RegExp(`^solo {2}HEALTHY {2}Kafka ${version.replaceAll(".", "\\.")}, metadata ${version.slice(0, 3)}-IV`, "m"),
      );

      const { target, dial, close } = await tunnelTo(cluster, solo);
      const kafka = await openKafka(target, { dial, clock, trace: () => undefined });
      assert.deepEqual(await kafka.createTopics([{ name: "kept", partitions: 2, replicationFactor: 1 }]), new Map());
      assert.equal((await kafka.quorum()).leaderId, 0);
      assert.equal((await kafka.filledLogDirs([0])).dirs.length, 1);
      assert.deepEqual(await kafka.alterConfigs([{ type: "topic", name: "kept", set: { "retention.ms": "1000000" } }]), new Map());
      kafka.close();
      close();
      const values = Array.from({ length: 50 }, (_, number) => `value-${number}`);
      await kafkajsWrites(cluster, solo, "kept", values);

      const patch = { spec: { kafka: { config: { "log.retention.ms": 1_000_000, "num.partitions": 3 } } } };
      await kubectl(cluster, ["patch", "kafka", "solo", ...at, "--type=merge", "-p", JSON.stringify(patch)]);
      await mustRun(cluster, ["reconcile", "solo", ...at, "--yes"]);
      await mustRun(cluster, ["roll", "solo", ...at, "--yes"]);
      assert.deepEqual(await kafkajsReads(cluster, solo, "kept"), [...values].sort());
      const planned = await run([cluster.kubectl, "kafka", "plan", "solo", ...at, "--exit-code"], { env: cluster.env });
      assert.equal(planned.code, 0, planned.stdout);
      await mustRun(cluster, ["delete", "solo", ...at, "--delete-volumes", "--confirm", "solo"]);
    });

  after(async () => {
    for (const version of versions)
      await kubectl(cluster, ["delete", "namespace", namespaceOf(version), "--ignore-not-found", "--wait=false"]);
  });
});
