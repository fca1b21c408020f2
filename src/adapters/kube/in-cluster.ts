import { readFile } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import type { Environment, Kubeconfig } from "./kubeconfig.ts";

export const serviceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The kubeconfig of a pod: its service account and the API server that its environment names. Undefined outside of a pod. */
export async function inClusterKubeconfig(env: Environment, dir: string): Promise<Kubeconfig | undefined> {
  const host = env.KUBERNETES_SERVICE_HOST;
  const port = env.KUBERNETES_SERVICE_PORT;
  if (!host || !port || (await readOptional(join(dir, "token"))) === undefined) return undefined;
  const namespace = env.POD_NAMESPACE || (await readOptional(join(dir, "namespace")))?.trim() || undefined;
  const name = "in-cluster";
  return {
    clusters: new Map([
      [name, { name, server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`, caFile: join(dir, "ca.crt"), skipTLSVerify: false }],
    ]),
    users: new Map([[name, { name, tokenFile: join(dir, "token") }]]),
    contexts: new Map([[name, { name, cluster: name, user: name, namespace }]]),
    currentContext: name,
  };
}

const readOptional = (file: string): Promise<string | undefined> => readFile(file, "utf8").catch(() => undefined);
