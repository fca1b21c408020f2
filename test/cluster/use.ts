// How tests and the demo get a real cluster.

import { delimiter, join } from "node:path";
import { type Cluster, up } from "./cluster.ts";
import { files, projectDirectory } from "./places.ts";

export interface UsableCluster {
  readonly kubeconfig: string;
  /** The program to run. */
  readonly kubectl: string;
  /** The environment in which kubectl finds the cluster and this project's plugins. */
  readonly env: NodeJS.ProcessEnv;
  /** Whether it is the test cluster of this project, which a test may treat roughly. */
  readonly embedded: boolean;
}

/** The cluster of KUBECTL_KAFKA_TEST_KUBECONFIG, or else the project's own, brought up if it is not. */
export async function useCluster(): Promise<UsableCluster> {
  const given = process.env.KUBECTL_KAFKA_TEST_KUBECONFIG;
  if (given) return { kubeconfig: given, kubectl: "kubectl", env: environment(given, plugins), embedded: false };
  const { cluster } = await up();
  return {
    kubeconfig: files.kubeconfig,
    kubectl: join(cluster.binaries.kubectl, "kubectl"),
    env: environment(files.kubeconfig, pathOf(cluster)),
    embedded: true,
  };
}

/** The plugins of this clone, and the node they need, which the system's own may be too old for. */
const plugins = [join(projectDirectory, "dist/bin"), join(projectDirectory, "node_modules/.bin")];

/** What goes before everything else on PATH: the cluster's kubectl, and the plugins. */
export const pathOf = (cluster: Cluster): string[] => [cluster.binaries.kubectl, ...plugins];

function environment(kubeconfig: string, path: readonly string[]): NodeJS.ProcessEnv {
  return { ...process.env, KUBECONFIG: kubeconfig, PATH: [...path, process.env.PATH ?? ""].join(delimiter) };
}
