// A node is a containerd and a kubelet with directories, cgroups and an address of their own: their configuration, as values.

import { join } from "node:path";
import { certificate, kubeconfigOf } from "./certificates.ts";
import type { Component } from "./components.ts";
import { flags } from "./control-plane.ts";
import { pauseImage } from "./images.ts";
import { clusterName, files } from "./places.ts";
import { bridge, gateway, type NodePlan, podNetwork } from "./plan.ts";

/** The node's files; sockets are inside the machine's own /run and go with it. */
export function nodeFiles({
  name,
}: NodePlan): Readonly<
  Record<"containerd" | "kubelet" | "logs" | "network" | "containerdConfig" | "kubeletConfig" | "run" | "socket", string>
> {
  const directory = join(files.nodes, name);
  const run = `/run/${name}`;
  return {
    containerd: join(directory, "containerd"),
    kubelet: join(directory, "kubelet"),
    logs: join(directory, "pod-logs"),
    network: join(directory, "network"),
    containerdConfig: join(files.config, `${name}-containerd.toml`),
    kubeletConfig: join(files.config, `${name}-kubelet.json`),
    run,
    socket: `${run}/containerd.sock`,
  };
}

/** `restrict_oom_score_adj`: sandboxes often lack the capability to protect containers from the kernel's memory killer. */
export function containerdConfig(node: NodePlan): string {
  const { containerd, run, socket, network } = nodeFiles(node);
  return `version = 2
root = "${containerd}"
state = "${run}/containerd"
[grpc]
  address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${run}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  sandbox_image = "${pauseImage}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${network}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`;
}

/** All nodes' pods are on one bridge, each node's in a range of its own. */
export function podNetworkConfig(node: NodePlan): Readonly<Record<string, unknown>> {
  const [rangeStart, rangeEnd] = node.pods;
  const ranges = [[{ subnet: podNetwork, rangeStart, rangeEnd, gateway }]];
  const ipam = { type: "host-local", dataDir: `${nodeFiles(node).run}/addresses`, ranges, routes: [{ dst: "0.0.0.0/0" }] };
  return {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      { type: "bridge", bridge, isGateway: false, ipMasq: false, hairpinMode: true, ipam },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

/**
 * Each kubelet has a cgroup root and a log directory of its own, or they would delete each other's pods. They neither evict pods nor
 * delete images, which could not be fetched again.
 */
export function kubeletConfig(node: NodePlan): Readonly<Record<string, unknown>> {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: node.address,
    healthzBindAddress: node.address,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: false }, x509: { clientCAFile: certificate("ca.crt") } },
    authorization: { mode: "AlwaysAllow" },
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${clusterName}/${node.name}`,
    clusterDNS: [gateway],
    clusterDomain: "cluster.local",
    containerRuntimeEndpoint: `unix://${nodeFiles(node).socket}`,
    evictionHard: { "memory.available": "100Mi" },
    failSwapOn: false,
    imageGCHighThresholdPercent: 100,
    nodeStatusUpdateFrequency: "5s",
    oomScoreAdj: 0,
    podLogsDir: nodeFiles(node).logs,
    resolvConf: "",
    serializeImagePulls: false,
    syncFrequency: "10s",
    volumeStatsAggPeriod: "10s",
  };
}

export const containerd = (node: NodePlan): Component => ({
  name: `${node.name}-containerd`,
  command: ["containerd", "--config", nodeFiles(node).containerdConfig],
});

export const kubelet = (servers: string, node: NodePlan): Component => ({
  name: `${node.name}-kubelet`,
  command: [
    join(servers, "kubelet"),
    ...flags({
      config: nodeFiles(node).kubeletConfig,
      kubeconfig: kubeconfigOf(node.name),
      "root-dir": nodeFiles(node).kubelet,
      "cert-dir": join(nodeFiles(node).kubelet, "pki"),
      "hostname-override": node.name,
      "node-ip": node.address,
      "node-labels": `topology.kubernetes.io/region=region-1,topology.kubernetes.io/zone=${node.zone}`,
    }),
  ],
});
