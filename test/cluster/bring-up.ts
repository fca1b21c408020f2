// Starts a cluster from nothing:
//  1. the machine (namespaces, bridge) and the identities;
//  2. etcd and the API server, and meanwhile each node's images and containerd;
//  3. the other components and the kubelets, which need the API server;
//  4. it is up once every node is ready, pods can be created and services are reachable.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { askApi, isApiReady, listNodes } from "./api.ts";
import type { Binaries } from "./binaries.ts";
import { makeIdentities } from "./certificates.ts";
import { type Component, existsInside, type Started, startComponent, waitFor } from "./components.ts";
import * as plane from "./control-plane.ts";
import { copyStore, type ImageStore } from "./images.ts";
import { type Machine, makeCgroups, runInside, startMachine } from "./machine.ts";
import { containerd, containerdConfig, kubelet, kubeletConfig, nodeFiles, podNetworkConfig } from "./node-config.ts";
import { files } from "./places.ts";
import { apiService, type NodePlan, networkScript, nodes } from "./plan.ts";
import { step } from "./progress.ts";

const timeoutMs = 120_000;

/** Everything that runs once the cluster is up. */
export interface Running {
  readonly machine: Machine;
  readonly components: readonly Started[];
}

/** Brings a cluster up where none is; a failure or an interrupt ends what has been started, and leaves the logs. */
export async function bringUp(binaries: Binaries, images: ImageStore): Promise<Running> {
  const machine = await startMachine(binaries);
  const end = (): boolean => process.kill(machine.pid, "SIGKILL");
  const interrupt = (): never => {
    end();
    process.exit(130);
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    return { machine, components: await fill(machine, binaries.servers, images) };
  } catch (error) {
    end();
    throw error;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

async function fill(machine: Machine, servers: string, images: ImageStore): Promise<Started[]> {
  const started: Started[] = [];
  const start = async (component: Component): Promise<Started> => {
    const running = await startComponent(machine, component);
    started.push(running);
    return running;
  };
  const until = (what: string, condition: () => Promise<boolean>): Promise<void> =>
    waitFor({ machine, components: started, what, timeoutMs }, condition);

  await step("network and certificates", async () => {
    await Promise.all([runInside(machine, networkScript), makeIdentities(machine.port), mkdir(files.volumes), writeConfigs()]);
  });
  await Promise.all([
    step("control plane", async () => {
      await start(plane.etcd(servers));
      await start(plane.apiServer(servers));
      await until("the API server was ready", isApiReady);
    }),
    step("images and containerd on every node", () =>
      Promise.all(nodes.map((node) => startContainerd({ node, images, start, until, machine }))),
    ),
  ]);
  await step("nodes", async () => {
    for (const node of nodes) await start(kubelet(servers, node));
    for (const component of [plane.controllerManager, plane.scheduler, plane.proxy, plane.names, plane.volumes])
      await start(component(servers));
    await askApi("/apis/storage.k8s.io/v1/storageclasses", plane.storageClass);
    await until("all nodes were ready", async () => (await listNodes()).filter(({ ready }) => ready).length === nodes.length);
    await until("pods could be created", async () => (await askApi("/api/v1/namespaces/default/serviceaccounts/default")).code === 200);
    await until("services were reachable", () => servesServices(machine));
  });
  return started;
}

async function writeConfigs(): Promise<void> {
  const json = (value: unknown): string => JSON.stringify(value, null, 2);
  await writeFile(plane.proxyConfigFile, json(plane.proxyConfig));
  await writeFile(plane.namesConfigFile, plane.namesConfig);
  for (const node of nodes) {
    const { network, containerdConfig: containerdFile, kubeletConfig: kubeletFile } = nodeFiles(node);
    await mkdir(network, { recursive: true });
    await writeFile(join(network, "10-pods.conflist"), json(podNetworkConfig(node)));
    await writeFile(containerdFile, containerdConfig(node));
    await writeFile(kubeletFile, json(kubeletConfig(node)));
    await makeCgroups(node.name);
  }
}

interface ContainerdStart {
  readonly node: NodePlan;
  readonly images: ImageStore;
  readonly machine: Machine;
  readonly start: (component: Component) => Promise<Started>;
  readonly until: (what: string, condition: () => Promise<boolean>) => Promise<void>;
}

async function startContainerd({ node, images, machine, start, until }: ContainerdStart): Promise<void> {
  await copyStore(images.root, nodeFiles(node).containerd);
  await start(containerd(node));
  await until(`containerd of ${node.name} was ready`, () => existsInside(machine, nodeFiles(node).socket));
}

const servesServices = (machine: Machine): Promise<boolean> =>
  runInside(machine, 'iptables -t nat -S KUBE-SERVICES | grep -q "$1"', apiService).then(() => true);
