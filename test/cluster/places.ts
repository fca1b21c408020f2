// Where the test cluster keeps things. Nothing lives in the clone.

import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

const cacheHome = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");

/** What is slow to make and the same for every cluster: binaries, image layers, unpacked images. Safe to delete while no cluster is up. */
export const cacheDirectory = join(cacheHome, "kubectl-kafka");

/** The running cluster's files: `up` makes the directory, `down` deletes it. */
export const stateDirectory = resolve(process.env.KUBECTL_KAFKA_CLUSTER_DIR || join(cacheDirectory, "cluster"));

export const projectDirectory = resolve(import.meta.dirname, "../..");

/** Names of the cluster's things that the whole machine sees (lock, cgroups); one state directory, one name. */
export const clusterName = nameOf(stateDirectory);

export function nameOf(directory: string): string {
  return `kubectl-kafka-${createHash("sha256").update(directory).digest("hex").slice(0, 8)}`;
}

/** The cluster's files, by what they are. */
export const files = {
  kubeconfig: join(stateDirectory, "kubeconfig"),
  machine: join(stateDirectory, "machine.json"),
  cluster: join(stateDirectory, "cluster.json"),
  certificates: join(stateDirectory, "certificates"),
  logs: join(stateDirectory, "logs"),
  etcd: join(stateDirectory, "etcd"),
  volumes: join(stateDirectory, "volumes"),
  config: join(stateDirectory, "config"),
  nodes: join(stateDirectory, "nodes"),
} as const;
