import { homedir } from "node:os";
import { env } from "node:process";
import type { Duplex } from "node:stream";
import { isatty } from "node:tty";
import { AppError } from "../../model/errors.ts";
import type { ConnectionFlags, Trace } from "../../ports/connect.ts";
import type { KubeApi } from "../../ports/kube.ts";
import { clock } from "../node/clock.ts";
import type { Agents } from "./agents.ts";
import { createAgents } from "./agents.ts";
import { Client } from "./client.ts";
import type { Credential } from "./credentials.ts";
import { credentialSource } from "./credentials.ts";
import { impersonationHeaders } from "./impersonation.ts";
import { inClusterKubeconfig, serviceAccountDir } from "./in-cluster.ts";
import type { Environment, Kubeconfig } from "./kubeconfig.ts";
import { isEmptyKubeconfig } from "./kubeconfig.ts";
import { listAll } from "./list.ts";
import { loadKubeconfig } from "./load-kubeconfig.ts";
import { podLogs } from "./logs.ts";
import type { PortForwardRequest } from "./port-forward.ts";
import { PortForward } from "./port-forward.ts";
import { proxyFor } from "./proxy.ts";
import type { Selection } from "./select-connection.ts";
import { selectConnection } from "./select-connection.ts";
import { watchAll } from "./watch.ts";
import { applyObject, canI, createObject, deleteObject, evictPod, getObject, patchObject, scaleObject } from "./write.ts";

/** The Kubernetes API, and tunnels to its pods. */
export type KubeConnection = KubeApi & {
  /** One TCP connection to a port of a pod. It opens by itself; faults destroy it with an AppError. See PortForward. */
  portForward(request: PortForwardRequest, signal?: AbortSignal): Duplex;
};

/** The process around a connection; tests make their own. */
export type World = {
  readonly env: Environment;
  readonly home: string;
  readonly serviceAccountDir: string;
  readonly stdinIsTty: boolean;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  random(): number;
  now(): number;
};

const thisProcess = (): World => ({
  env,
  home: env.HOME || homedir(),
  serviceAccountDir,
  stdinIsTty: isatty(0),
  sleep: clock.sleep,
  now: clock.now,
  random: Math.random,
});

/**
 * Reads the kubeconfig as kubectl does and connects by it. Nothing is sent before the first request. Throws AppError NoKubeconfig,
 * InvalidKubeconfig, ContextNotFound, CredentialsFailed.
 */
export async function openKube(flags: ConnectionFlags, trace: Trace, world: World = thisProcess()): Promise<KubeConnection> {
  const selection = selectConnection(await findKubeconfig(flags, world), flags);
  const { cluster, user, target } = selection;
  const pools = openPools(selection, world.env);
  const client = new Client({
    ...{ target, trace, agents: pools.agents, sleep: world.sleep, random: world.random, now: world.now },
    credentials: await credentialSource(user, cluster, {
      env: world.env,
      stdinIsTty: world.stdinIsTty,
      trace,
      now: world.now,
      sleep: world.sleep,
    }),
    headers: impersonationHeaders(user),
    compress: !cluster.disableCompression,
    requestTimeoutMs: flags.requestTimeoutMs,
  });
  return connection(client, pools.close);
}

/** kubectl's order: files, then, where they say nothing and no server is named, the service account of the pod around us. */
async function findKubeconfig(flags: ConnectionFlags, world: World): Promise<Kubeconfig> {
  const { config, files } = await loadKubeconfig(flags.kubeconfig, world.env, world.home);
  if (!isEmptyKubeconfig(config) || flags.server) return config;
  const inCluster = flags.kubeconfig ? undefined : await inClusterKubeconfig(world.env, world.serviceAccountDir);
  if (inCluster) return inCluster;
  throw new AppError(
    "NoKubeconfig",
    `no cluster is configured: nothing in ${files.join(", ")}${flags.kubeconfig ? "" : ", and this is not a pod"}`,
    {
      hint: "log in to a cluster with your provider's tool, or name a kubeconfig with --kubeconfig or KUBECONFIG",
    },
  );
}

/** Connection pools by client certificate: an exec plugin may give another one later. */
function openPools(selection: Selection, env: Environment): { agents(credential: Credential): Promise<Agents>; close(): void } {
  const { cluster } = selection;
  const pools = new Map<string, Promise<Agents>>();
  return {
    agents: (credential) => {
      const key = credential.cert ?? "";
      const known =
        pools.get(key) ?? createAgents({ cluster, credential, proxy: proxyFor(new URL(cluster.server), cluster.proxyUrl, env) });
      pools.set(key, known);
      return known;
    },
    close: () => {
      for (const pool of pools.values()) pool.then(destroyBoth, () => undefined);
      pools.clear();
    },
  };
}

function destroyBoth({ short, long }: Agents): void {
  short.destroy();
  long.destroy();
}

function connection(client: Client, closePools: () => void): KubeConnection {
  return {
    target: client.target,
    get: (ref, signal) => getObject(client, ref, signal),
    list: (request, signal) => listAll(client, request, signal),
    watch: (request, signal) => watchAll(client, request, signal),
    create: (object, resource, signal) => createObject(client, { object, resource }, signal),
    apply: (request, signal) => applyObject(client, request, signal),
    patch: (request, signal) => patchObject(client, request, signal),
    delete: (request, signal) => deleteObject(client, request, signal),
    scale: (ref, replicas, signal) => scaleObject(client, { ref, replicas }, signal),
    evict: (request, signal) => evictPod(client, request, signal),
    logs: (request, signal) => podLogs(client, request, signal),
    exec: async (request, signal) => (await import("./exec.ts")).execInPod(client, request, signal),
    canI: (check, signal) => canI(client, check, signal),
    raw: (path, signal) => client.json({ subject: { verb: "get", path }, signal }),
    portForward: (request, signal) => new PortForward(client, request, signal),
    close: () => {
      client.close();
      closePools();
    },
  };
}
