// The programs that a machine must have. Debian's come from its package manager; a Go toolchain, which Debian has too old, does not.

import { existsSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { step } from "./progress.ts";
import { ClusterError, run } from "./run.ts";

const ownCluster = "Or set KUBECTL_KAFKA_TEST_KUBECONFIG to use a cluster of your own.";

/** Program -> Debian package; a path stands for a program that is not on PATH. */
const runtimePackages = {
  containerd: "containerd",
  runc: "runc",
  "/usr/lib/cni/bridge": "containernetworking-plugins",
  ip: "iproute2",
  iptables: "iptables",
  conntrack: "conntrack",
  nsenter: "util-linux",
  openssl: "openssl",
  "mkfs.xfs": "xfsprogs",
} as const;

const buildPackages = { mvn: "maven", ldconfig: "libc-bin" } as const;

/** Installs what running the cluster takes, or says what is missing and how to do without. */
export async function requireRuntime(): Promise<void> {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    throw new ClusterError(`The test cluster needs Linux and root.\n${ownCluster}`);
  if (!existsSync("/sys/fs/cgroup/memory")) throw new ClusterError(`The test cluster needs cgroup v1 at /sys/fs/cgroup.\n${ownCluster}`);
  await requirePrograms(runtimePackages);
}

/** Installs what building takes. */
export async function requireBuildTools(): Promise<void> {
  await requirePrograms(buildPackages);
}

/** Fails unless a Go toolchain is there. */
export async function requireGo(): Promise<void> {
  if (!(await isProgram("go"))) throw new ClusterError(`Building the test cluster needs Go 1.24 or newer on PATH.\n${ownCluster}`);
}

async function requirePrograms(packages: Readonly<Record<string, string>>): Promise<void> {
  const there = await Promise.all(Object.keys(packages).map(isProgram));
  const missing = Object.values(packages).filter((_, index) => !there[index]);
  if (missing.length === 0) return;
  if (!(await isProgram("apt-get"))) throw new ClusterError(`Please install: ${missing.join(", ")}.\n${ownCluster}`);
  await step(`install Debian packages: ${missing.join(", ")}`, () => install(missing));
}

async function isProgram(name: string): Promise<boolean> {
  const directories = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  const candidates = name.startsWith("/") ? [name] : directories.map((directory) => join(directory, name));
  const found = await Promise.all(
    candidates.map((path) =>
      access(path, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** A package list may be missing or old: then it is renewed once. */
async function install(packages: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = (): Promise<string> => run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], { env });
  await install().catch(async () => {
    await run("apt-get", ["update", "-q"], { env });
    await install();
  });
}
