import assert from "node:assert/strict";
import { type ClusterRequest, kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { readFakeCertificates } from "../fakes/world/authority.ts";
import { type FakeWorld, newWorld } from "../fakes/world/world.ts";
import { type CliResult, type CliWorld, runCli } from "./run-cli.ts";

/** Runs a command line on a world with Kubernetes and Kafka in it: `runIn(world, "plan c -o json")`. */
export const runIn = (world: FakeWorld, line: string, more: CliWorld = {}): Promise<CliResult> =>
  runCli(line.split(" "), {
    kube: async () => world.kube,
    openKafka: world.openKafka,
    readCertificates: readFakeCertificates,
    clock: world.clock,
    env: { USER: "jane" },
    ...more,
  });

/** Three combined nodes with volumes: Kafka c in the namespace kafka. */
export const combined: ClusterRequest = {
  name: "c",
  namespace: "kafka",
  replicas: 3,
  controllers: "combined",
  storage: { kind: "persistent", size: "1Gi" },
};

/** A world in which the cluster of `combined` is ready. */
export async function readyWorld(): Promise<FakeWorld> {
  const world = newWorld({ objects: kafkaManifest(combined) });
  const { exitCode, stderr } = await runIn(world, "reconcile c");
  assert.deepEqual([stderr, exitCode], ["", 0]);
  return world;
}

/** The object; fails where there is none. */
export function find(world: FakeWorld, kind: string, name: string): KubeObject {
  const object = world.store.find(kind, "kafka", name);
  assert.ok(object, `${kind} ${name} is not there`);
  return object;
}

/** Changes the options of the brokers as kubectl edit does. */
export function configure(world: FakeWorld, config: Readonly<Record<string, unknown>>): void {
  const kafka = find(world, "Kafka", "c");
  const spec = kafka.spec as { kafka: { config: object } };
  world.store.update({ ...kafka, spec: { ...spec, kafka: { ...spec.kafka, config: { ...spec.kafka.config, ...config } } } });
}

/** The conditions of the Kafka that are true: "Ready", "NotReady Unfinished". */
export const conditions = (world: FakeWorld, name = "c"): string[] =>
  ((find(world, "Kafka", name).status ?? {}) as { conditions?: { type: string; reason?: string; status: string }[] }).conditions
    ?.filter(({ status }) => status === "True")
    .map(({ type, reason }) => (reason === undefined ? type : `${type} ${reason}`)) ?? [];

/** What was changed since there were `before` changes, without the lock. */
export const changesSince = (world: FakeWorld, before: number): string[] =>
  world.writes.slice(before).filter((what) => !what.includes("Lease"));
