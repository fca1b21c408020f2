import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { inClusterKubeconfig } from "../../../src/adapters/kube/in-cluster.ts";
import { loadKubeconfig } from "../../../src/adapters/kube/load-kubeconfig.ts";
import { openKube } from "../../../src/adapters/kube/open.ts";
import { parseKubeconfig } from "../../../src/adapters/kube/parse-kubeconfig.ts";
import { faultOf, testFolder, testWorld } from "./world.ts";

test("parse: empty, commented and null documents are empty kubeconfigs", () => {
  for (const text of ["", "\n", "# nothing\n", "---\n", "clusters: null\nusers: null\ncontexts: null\n"]) {
    const config = parseKubeconfig(text, "/x/config");
    assert.deepEqual(
      [config.clusters.size, config.users.size, config.contexts.size, config.currentContext],
      [0, 0, 0, undefined],
      JSON.stringify(text),
    );
  }
});

test("parse: relative paths start from the file; a bare command stays; numbers and dates stay text; merge keys work", () => {
  const text = `
kind: Config
current-context: 2024-01-01
x-base: &base { server: https://h:6443/, certificate-authority: pki/ca.crt, insecure-skip-tls-verify: no }
clusters: [{ name: a, cluster: { <<: *base, tls-server-name: api } }]
contexts: [{ name: 2024-01-01, context: { cluster: a, user: 007, namespace: on } }]
users:
- name: 007
  user: { client-certificate: ./me.crt, client-key: /abs/me.key, tokenFile: token, password: 0123, as: bob, as-groups: [x, y], as-user-extra: { scopes: [view] } }
- name: plugin
  user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: ./bin/login, env: [{ name: N, value: 1 }] } }
- name: path
  user: { exec: { command: aws, args: [eks, get-token] } }
`;
  const config = parseKubeconfig(text, "/home/me/.kube/config");
  assert.equal(config.currentContext, "2024-01-01");
  const cluster = config.clusters.get("a");
  assert.deepEqual(
    [cluster?.server, cluster?.caFile, cluster?.skipTLSVerify, cluster?.tlsServerName],
    ["https://h:6443", "/home/me/.kube/pki/ca.crt", false, "api"],
  );
  const user = config.users.get("007");
  assert.deepEqual(
    [user?.certFile, user?.keyFile, user?.tokenFile, user?.password],
    ["/home/me/.kube/me.crt", "/abs/me.key", "/home/me/.kube/token", "0123"],
  );
  assert.deepEqual([user?.impersonateUser, user?.impersonateGroups, user?.impersonateExtra], ["bob", ["x", "y"], { scopes: ["view"] }]);
  assert.equal(config.users.get("plugin")?.exec?.command, "/home/me/.kube/bin/login");
  assert.deepEqual(config.users.get("plugin")?.exec?.env, { N: "1" });
  assert.equal(config.users.get("path")?.exec?.command, "aws");
  assert.equal(config.contexts.get("2024-01-01")?.namespace, "on");
});

test("parse: what is no kubeconfig names the file", async () => {
  for (const [text, message] of [
    ["a: [1", /^\/x\/config is not valid YAML: /],
    ["- a", /^\/x\/config is no kubeconfig$/],
    ["kind: Pod", /^\/x\/config is no kubeconfig: its kind is Pod$/],
  ] as const) {
    const fault = await faultOf((async () => parseKubeconfig(text, "/x/config"))());
    assert.equal(fault.code, "InvalidKubeconfig");
    assert.match(fault.message, message);
  }
});

const entry = (name: string, server: string, current = "") => `
${current && `current-context: ${current}`}
clusters: [{ name: ${name}, cluster: { server: ${server}, certificate-authority: ca.crt } }]
contexts: [{ name: ${name}, context: { cluster: ${name}, user: ${name} } }]
users: [{ name: ${name}, user: { token: ${name}-token } }]
`;

test("load: of the files of KUBECONFIG the first to name something wins, missing and empty ones do not matter", async (t) => {
  const folder = await testFolder(t);
  await mkdir(join(folder, "b"));
  const files = ["gone", "empty", "a", "b/b"].map((name) => join(folder, name));
  await writeFile(join(folder, "empty"), "");
  await writeFile(join(folder, "a"), entry("one", "https://a"));
  await writeFile(
    join(folder, "b/b"),
    `${entry("one", "https://b", "two")}${""}`.replace(
      "clusters: [",
      "clusters: [{ name: two, cluster: { server: https://b2, certificate-authority: ca.crt } }, ",
    ),
  );
  const { config, files: seen } = await loadKubeconfig(undefined, { KUBECONFIG: [...files, files[2]].join(delimiter) }, "/nowhere");
  assert.deepEqual(seen, files);
  assert.equal(config.clusters.get("one")?.server, "https://a");
  assert.equal(config.clusters.get("one")?.caFile, join(folder, "ca.crt"));
  assert.equal(config.clusters.get("two")?.caFile, join(folder, "b", "ca.crt"));
  assert.equal(config.currentContext, "two");
});

test("load: --kubeconfig is read alone and must exist; ~/.kube/config is the default", async (t) => {
  const home = await testFolder(t);
  await mkdir(join(home, ".kube"));
  await writeFile(join(home, ".kube/config"), entry("home", "https://home", "home"));
  await writeFile(join(home, "other"), entry("other", "https://other", "other"));
  assert.equal((await loadKubeconfig(undefined, {}, home)).config.currentContext, "home");
  assert.equal((await loadKubeconfig(undefined, { KUBECONFIG: "" }, home)).config.currentContext, "home");
  assert.equal((await loadKubeconfig(join(home, "other"), { KUBECONFIG: "/nowhere/x" }, home)).config.currentContext, "other");
  const fault = await faultOf(loadKubeconfig("/nowhere/x", {}, home));
  assert.deepEqual([fault.code, fault.message], ["NoKubeconfig", "the kubeconfig /nowhere/x does not exist"]);
});

test("in a pod: the service account, its namespace, IPv6 and POD_NAMESPACE", async (t) => {
  const dir = await testFolder(t);
  const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
  assert.equal(await inClusterKubeconfig(env, dir), undefined);
  await writeFile(join(dir, "token"), "abc");
  await writeFile(join(dir, "namespace"), "operators\n");
  const config = await inClusterKubeconfig(env, dir);
  assert.equal(config?.clusters.get("in-cluster")?.server, "https://[fd00::1]:443");
  assert.equal(config?.contexts.get("in-cluster")?.namespace, "operators");
  const world = testWorld({ env: { ...env, POD_NAMESPACE: "mine" }, serviceAccountDir: dir });
  await writeFile(join(dir, "ca.crt"), "");
  const kube = await openKube({}, () => {}, world);
  assert.deepEqual(kube.target, { context: "in-cluster", namespace: "mine", server: "https://[fd00::1]:443", user: "in-cluster" });
  assert.equal((await openKube({ server: "https://other" }, () => {}, world)).target.server, "https://other");
});

test("open: without any configuration it says where it looked", async () => {
  const fault = await faultOf(openKube({}, () => {}, testWorld({ env: { KUBECONFIG: "/nowhere/a:/nowhere/b" } })));
  assert.deepEqual(
    [fault.code, fault.message],
    ["NoKubeconfig", "no cluster is configured: nothing in /nowhere/a, /nowhere/b, and this is not a pod"],
  );
  assert.match(fault.hint ?? "", /--kubeconfig/);
});
