// The components that a cluster has once: their command lines and configuration, as values.

import { join } from "node:path";
import { certificate, kubeconfigOf } from "./certificates.ts";
import type { Component } from "./components.ts";
import { files } from "./places.ts";
import { apiPort, gateway, nodes, podNetwork, serviceNetwork } from "./plan.ts";

const etcdUrl = "http://127.0.0.1:2379";
const peerUrl = "http://127.0.0.1:2380";

type Flags = Readonly<Record<string, string | number | boolean>>;

/** { "secure-port": 6443 } -> ["--secure-port=6443"]. */
export const flags = (values: Flags): string[] => Object.entries(values).map(([name, value]) => `--${name}=${value}`);

const component = (servers: string, name: string, values: Flags): Component => ({ name, command: [join(servers, name), ...flags(values)] });

/** Data are as short-lived as the machine, so nothing waits for the disk. */
export const etcd = (servers: string): Component =>
  component(servers, "etcd", {
    "data-dir": files.etcd,
    "unsafe-no-fsync": true,
    "listen-client-urls": etcdUrl,
    "advertise-client-urls": etcdUrl,
    "listen-peer-urls": peerUrl,
    "initial-advertise-peer-urls": peerUrl,
    "initial-cluster": `default=${peerUrl}`,
    "log-level": "warn",
  });

export const apiServer = (servers: string): Component =>
  component(servers, "kube-apiserver", {
    "etcd-servers": etcdUrl,
    "secure-port": apiPort,
    "advertise-address": gateway,
    "service-cluster-ip-range": serviceNetwork,
    "client-ca-file": certificate("ca.crt"),
    "token-auth-file": certificate("tokens.csv"),
    "tls-cert-file": certificate("apiserver.crt"),
    "tls-private-key-file": certificate("apiserver.key"),
    "service-account-key-file": certificate("service-accounts.key"),
    "service-account-signing-key-file": certificate("service-accounts.key"),
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "kubelet-client-certificate": certificate("admin.crt"),
    "kubelet-client-key": certificate("admin.key"),
    "kubelet-preferred-address-types": "InternalIP",
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "allow-privileged": true,
  });

/** Node failures are noticed faster than by default, so that tests need not wait for minutes. */
export const controllerManager = (servers: string): Component =>
  component(servers, "kube-controller-manager", {
    kubeconfig: kubeconfigOf("kube-controller-manager"),
    "root-ca-file": certificate("ca.crt"),
    "service-account-private-key-file": certificate("service-accounts.key"),
    "cluster-signing-cert-file": certificate("ca.crt"),
    "cluster-signing-key-file": certificate("ca.key"),
    "use-service-account-credentials": true,
    "leader-elect": false,
    "node-monitor-period": "2s",
    "node-monitor-grace-period": "20s",
  });

export const scheduler = (servers: string): Component =>
  component(servers, "kube-scheduler", { kubeconfig: kubeconfigOf("kube-scheduler"), "leader-elect": false });

export const proxyConfigFile = join(files.config, "kube-proxy.json");

/** One proxy serves all nodes, which share a network namespace. */
export const proxyConfig = {
  apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
  kind: "KubeProxyConfiguration",
  clientConnection: { kubeconfig: kubeconfigOf("kube-proxy") },
  hostnameOverride: nodes[0]?.name,
  mode: "iptables",
  clusterCIDR: podNetwork,
  oomScoreAdj: 0,
  conntrack: { maxPerCore: 0 },
} as const;

export const proxy = (servers: string): Component => component(servers, "kube-proxy", { config: proxyConfigFile });

export const namesConfigFile = join(files.config, "Corefile");

/** Only the cluster's own names; there is nowhere to ask for others. */
export const namesConfig = `.:53 {
  bind ${gateway}
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${kubeconfigOf("coredns")}
    ttl 5
  }
}
`;

export const names = (servers: string): Component => ({ name: "coredns", command: [join(servers, "coredns"), "-conf", namesConfigFile] });

export const volumes = (servers: string): Component =>
  component(servers, "volumes", { kubeconfig: kubeconfigOf("volumes"), directory: files.volumes });

/** Volumes are made where the scheduler puts their first pod, stay in that zone, and can grow. */
export const storageClass = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "kubectl-kafka.test/volumes",
  volumeBindingMode: "WaitForFirstConsumer",
  reclaimPolicy: "Delete",
  allowVolumeExpansion: true,
} as const;
