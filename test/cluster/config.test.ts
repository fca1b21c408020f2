import assert from "node:assert/strict";
import { test } from "node:test";
import { kubernetesVersion, linkerFlags } from "./binaries.ts";
import { kubeconfig, tokenFile } from "./certificates.ts";
import { apiServer, flags, storageClass } from "./control-plane.ts";
import { imageConfig, parseKafkaVersions } from "./images.ts";
import { containerd, containerdConfig, kubelet, kubeletConfig, nodeFiles, podNetworkConfig } from "./node-config.ts";
import { nameOf } from "./places.ts";
import { networkScript, nodes } from "./plan.ts";
import { formatSeconds } from "./progress.ts";

test("Kafka versions: a minor version is its newest patch", () => {
  assert.deepEqual(parseKafkaVersions("4.3.1"), ["4.3.1"]);
  assert.deepEqual(parseKafkaVersions("3.9,4.1.0,4.1"), ["3.9.2", "4.1.0", "4.1.2"]);
  for (const wrong of ["", "latest", "4", "4.1.2,"]) assert.throws(() => parseKafkaVersions(wrong), /is not a Kafka version/, wrong);
});

test("the Kubernetes version is go.mod's", () => {
  assert.equal(kubernetesVersion("require (\n\tk8s.io/klog/v2 v2.1.0\n\tk8s.io/kubernetes v1.34.4\n)"), "1.34.4");
  assert.throws(() => kubernetesVersion("require k8s.io/api v0.34.4"), /does not name/);
  assert.match(linkerFlags("1.34.4"), /-X k8s\.io\/component-base\/version\.gitMinor=34 /);
});

test("nodes share nothing that identifies them: address, pod addresses, zone, cgroup, files", () => {
  const identities = nodes.map((node) => [
    node.address,
    node.zone,
    node.pods[0],
    kubeletConfig(node).cgroupRoot,
    kubeletConfig(node).podLogsDir,
    nodeFiles(node).socket,
    nodeFiles(node).kubelet,
    nodeFiles(node).containerd,
    containerd(node).name,
    kubelet("/servers", node).name,
  ]);
  const all = identities.flat();
  assert.equal(new Set(all).size, all.length);
  assert.equal(nodes.length, 3);
});

test("a node's parts agree on addresses and sockets", () => {
  for (const node of nodes) {
    assert.ok(networkScript.includes(`ip address add ${node.address}/16`));
    assert.ok(containerdConfig(node).includes(`address = "${nodeFiles(node).socket}"`));
    assert.equal(kubeletConfig(node).containerRuntimeEndpoint, `unix://${nodeFiles(node).socket}`);
    assert.ok(JSON.stringify(podNetworkConfig(node)).includes(`"rangeStart":"${node.pods[0]}"`));
    assert.ok(kubelet("/servers", node).command.includes(`--node-ip=${node.address}`));
  }
});

test("components are command lines", () => {
  assert.deepEqual(flags({ "secure-port": 6443, "leader-elect": false, name: "a b" }), [
    "--secure-port=6443",
    "--leader-elect=false",
    "--name=a b",
  ]);
  const { name, command } = apiServer("/servers");
  assert.equal(name, "kube-apiserver");
  assert.equal(command[0], "/servers/kube-apiserver");
  assert.ok(command.includes("--authorization-mode=Node,RBAC"));
});

test("volumes are the default, bound late, deleted with their claim, and can grow", () => {
  assert.equal(storageClass.metadata.annotations["storageclass.kubernetes.io/is-default-class"], "true");
  const { volumeBindingMode, reclaimPolicy, allowVolumeExpansion } = storageClass;
  assert.deepEqual([volumeBindingMode, reclaimPolicy, allowVolumeExpansion], ["WaitForFirstConsumer", "Delete", true]);
});

test("tokens give components the names that Kubernetes has roles for", () => {
  const tokens = tokenFile([
    ["node-2", "t1"],
    ["kube-proxy", "t2"],
  ]);
  assert.equal(tokens, "t1,system:node:node-2,node-2,system:nodes\nt2,system:kube-proxy,kube-proxy\n");
});

test("a kubeconfig leads through the door", () => {
  const document = JSON.stringify(kubeconfig({ port: 16443, authority: "Q0E=", user: { token: "t" } }));
  assert.ok(document.includes('"server":"https://127.0.0.1:16443"'));
  assert.ok(document.includes('"user":{"token":"t"}'));
});

test("an image's configuration lists its layers from the bottom up", () => {
  const layers = ["aa", "bb"].map((digest) => ({ tar: `/${digest}`, digest }));
  assert.deepEqual(imageConfig({ name: "i", layers, config: { User: "1000" } }).rootfs, {
    type: "layers",
    diff_ids: ["sha256:aa", "sha256:bb"],
  });
});

test("a state directory has one name, which fits a cgroup and a socket", () => {
  assert.equal(nameOf("/a"), nameOf("/a"));
  assert.notEqual(nameOf("/a"), nameOf("/b"));
  assert.match(nameOf("/a"), /^kubectl-kafka-[0-9a-f]{8}$/);
});

test("elapsed time reads well", () => {
  const cases = [
    [0, "0.0 s"],
    [950, "0.9 s"],
    [59_940, "59.9 s"],
    [272_000, "4 min 32 s"],
  ] as const;
  for (const [ms, want] of cases) assert.equal(formatSeconds(ms), want);
});
