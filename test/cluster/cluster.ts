// The test cluster: a real Kubernetes on this machine, made of package registries' contents only (docs/test-cluster.md).
//
//   packages    -> binaries, layers -> images      what is built once and kept in the cache
//   plan, certificates, control-plane, node-config what the cluster is to be, as values
//   machine, components -> bring-up                what runs
//   use                                            how a test gets it
//
// This file is its life: up, down, and what is there now. Commands that change it wait for each other.

import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { isApiReady } from "./api.ts";
import { type Binaries, buildBinaries } from "./binaries.ts";
import { bringUp, type Running } from "./bring-up.ts";
import { isRunning } from "./components.ts";
import { buildImages, defaultKafkaVersion, type ImageStore, kafkaImage, kafkaImageOf, loadImage } from "./images.ts";
import { baseLayer } from "./layers.ts";
import { withLock } from "./lock.ts";
import { endMachine, findMachine, inside } from "./machine.ts";
import { nodeFiles } from "./node-config.ts";
import { requireRuntime } from "./packages.ts";
import { cacheDirectory, clusterName, files, nameOf } from "./places.ts";
import { nodes } from "./plan.ts";
import { say, step } from "./progress.ts";

/** A cluster that is up, as recorded when it came up. */
export interface Cluster extends Running {
  readonly binaries: Binaries;
  readonly images: readonly string[];
}

/** The state of a cluster: `broken` tells what is wrong with one that was up or is half up. */
export type Found =
  | { readonly kind: "Down" }
  | { readonly kind: "Broken"; readonly because: string }
  | { readonly kind: "Up"; readonly cluster: Cluster };

/** Looks at what is recorded and whether it still runs. Takes some tens of milliseconds. */
export async function findCluster(): Promise<Found> {
  const machine = await findMachine();
  if (!machine)
    return existsSync(files.machine) ? { kind: "Broken", because: "it has been stopped without being cleared away" } : { kind: "Down" };
  const recorded = await readFile(files.cluster, "utf8").catch(() => undefined);
  if (recorded === undefined) return { kind: "Broken", because: "it has not come up" };
  const cluster = JSON.parse(recorded) as Cluster;
  const dead = cluster.components.filter((component) => !isRunning(machine, component)).map(({ name }) => name);
  if (dead.length > 0) return { kind: "Broken", because: `${dead.join(", ")} ended; the logs are in ${files.logs}` };
  if (!(await isApiReady().catch(() => false))) return { kind: "Broken", because: "the API server is not ready" };
  return { kind: "Up", cluster };
}

/** Makes sure that a cluster is up whose nodes have the images of these Kafka versions and the default one. */
export async function up(kafkaVersions: readonly string[] = []): Promise<{ readonly cluster: Cluster; readonly changed: boolean }> {
  const versions = [...new Set([defaultKafkaVersion, ...kafkaVersions])];
  const cluster = await serving(versions);
  if (cluster) return { cluster, changed: false };
  return { cluster: await alone(() => start(versions)), changed: true };
}

async function serving(versions: readonly string[]): Promise<Cluster | undefined> {
  const found = await findCluster();
  return found.kind === "Up" && missing(found.cluster, versions).length === 0 ? found.cluster : undefined;
}

const missing = (cluster: Cluster, versions: readonly string[]): string[] =>
  versions.filter((version) => !cluster.images.includes(kafkaImage(version)));

async function start(versions: readonly string[]): Promise<Cluster> {
  const found = await findCluster();
  if (found.kind === "Up") return addImages(found.cluster, missing(found.cluster, versions));
  if (found.kind === "Broken") say(`the cluster is broken (${found.because}): starting a new one`);
  await requireRuntime();
  const { binaries, images } = await prepare(versions);
  await endMachine();
  const running = await bringUp(binaries, images);
  return record({ ...running, binaries, images: images.names });
}

async function addImages(cluster: Cluster, versions: readonly string[]): Promise<Cluster> {
  if (versions.length === 0) return cluster;
  await inCache(() => buildImages(cluster.binaries, versions));
  const base = await inCache(baseLayer);
  for (const version of versions) {
    const image = await kafkaImageOf(version, base);
    await step(`load ${image.name} into the nodes`, async () => {
      for (const node of nodes) await loadImage(image, inside(cluster.machine, "ctr", "-a", nodeFiles(node).socket, "-n", "k8s.io"));
    });
  }
  return record({ ...cluster, images: [...cluster.images, ...versions.map(kafkaImage)] });
}

/** The record comes last and at once: a cluster with one is whole. */
async function record(cluster: Cluster): Promise<Cluster> {
  const next = `${files.cluster}.next`;
  await writeFile(next, JSON.stringify(cluster, null, 2));
  await rename(next, files.cluster);
  return cluster;
}

/** Ends the cluster, or what is left of one, and leaves nothing of it behind. */
export async function down(): Promise<void> {
  await alone(endMachine);
}

/** Makes everything that `up` would have to make first. */
export async function build(kafkaVersions: readonly string[] = []): Promise<void> {
  await prepare([...new Set([defaultKafkaVersion, ...kafkaVersions])]);
}

async function prepare(versions: readonly string[]): Promise<{ readonly binaries: Binaries; readonly images: ImageStore }> {
  return inCache(async () => {
    const binaries = await buildBinaries();
    return { binaries, images: await buildImages(binaries, versions) };
  });
}

const alone = <T>(action: () => Promise<T>): Promise<T> =>
  withLock(clusterName, action, () => say("another command is at work on the cluster: waiting for it"));

/** Clusters of different state directories share one cache. */
const inCache = <T>(action: () => Promise<T>): Promise<T> =>
  withLock(nameOf(cacheDirectory), action, () => say("another command is building: waiting for it"));
