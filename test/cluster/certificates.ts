// Who is who in the cluster: one authority, certificates for the server and the administrator, and tokens for the components.

import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { files } from "./places.ts";
import { apiPort, apiService, gateway, nodes } from "./plan.ts";
import { run } from "./run.ts";

/** A file of the cluster's authority, by name. */
export const certificate = (file: string): string => join(files.certificates, file);

export const kubeconfigOf = (identity: string): string => join(files.config, `${identity}.kubeconfig`);

const masters = "system:masters";

/** Identity -> user name and groups. */
const identities: Readonly<Record<string, readonly [user: string, group: string]>> = {
  "kube-controller-manager": ["system:kube-controller-manager", masters],
  "kube-scheduler": ["system:kube-scheduler", ""],
  "kube-proxy": ["system:kube-proxy", ""],
  coredns: ["coredns", masters],
  volumes: ["volumes", masters],
  ...Object.fromEntries(nodes.map(({ name }) => [name, [`system:node:${name}`, "system:nodes"] as const])),
};

const serverNames = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost"];
const serverAddresses = ["127.0.0.1", apiService, gateway];

/** Makes certificates, tokens and every kubeconfig; the administrator's goes through the door at `port`. */
export async function makeIdentities(port: number): Promise<void> {
  await mkdir(files.certificates, { recursive: true });
  const names = [...serverNames.map((name) => `DNS:${name}`), ...serverAddresses.map((address) => `IP:${address}`)];
  await Promise.all([makeAuthority(), run("openssl", ["genrsa", "-out", certificate("service-accounts.key"), "2048"])]);
  await Promise.all([
    issue("apiserver", "/CN=kube-apiserver", `subjectAltName=${names.join(",")}`),
    issue("admin", `/O=${masters}/CN=admin`, "extendedKeyUsage=clientAuth"),
  ]);
  const tokens = Object.keys(identities).map((identity) => [identity, randomBytes(24).toString("hex")] as const);
  await writeFile(certificate("tokens.csv"), tokenFile(tokens), { mode: 0o600 });
  const authority = await encoded("ca.crt");
  const forAdmin = { "client-certificate-data": await encoded("admin.crt"), "client-key-data": await encoded("admin.key") };
  await writeKubeconfig(files.kubeconfig, { port, authority, user: forAdmin });
  for (const [identity, token] of tokens) await writeKubeconfig(kubeconfigOf(identity), { port: apiPort, authority, user: { token } });
}

const keyOptions = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
const validity = ["-days", "3650"];

async function makeAuthority(): Promise<void> {
  const output = ["-keyout", certificate("ca.key"), "-out", certificate("ca.crt")];
  await run("openssl", ["req", "-x509", ...keyOptions, ...validity, "-subj", "/CN=kubectl-kafka-test-cluster", ...output]);
}

async function issue(name: string, subject: string, extension: string): Promise<void> {
  const request = await run("openssl", [
    "req",
    ...keyOptions,
    "-subj",
    subject,
    "-addext",
    extension,
    "-keyout",
    certificate(`${name}.key`),
  ]);
  const authority = ["-CA", certificate("ca.crt"), "-CAkey", certificate("ca.key"), "-CAcreateserial", "-copy_extensions", "copy"];
  await run("openssl", ["x509", "-req", ...authority, ...validity, "-out", certificate(`${name}.crt`)], { input: request });
}

const encoded = async (file: string): Promise<string> => (await readFile(certificate(file))).toString("base64");

/** The API server's list of static tokens: token, user, user id, groups. */
export function tokenFile(tokens: readonly (readonly [identity: string, token: string])[]): string {
  const lines = tokens.map(([identity, token]) => {
    const [user, group] = identities[identity] ?? [identity, ""];
    return [token, user, identity, ...(group ? [group] : [])].join(",");
  });
  return `${lines.join("\n")}\n`;
}

interface Access {
  readonly port: number;
  readonly authority: string;
  readonly user: Readonly<Record<string, string>>;
}

async function writeKubeconfig(path: string, access: Access): Promise<void> {
  await writeFile(path, JSON.stringify(kubeconfig(access), null, 2), { mode: 0o600 });
}

/** A kubeconfig, which is YAML and so may be JSON. */
export function kubeconfig({ port, authority, user }: Access): Readonly<Record<string, unknown>> {
  const name = "kubectl-kafka-test";
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: `https://127.0.0.1:${port}`, "certificate-authority-data": authority } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: "default" } }],
    "current-context": name,
  };
}
