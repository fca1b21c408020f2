// Compiles the Go programs of the cluster: every Kubernetes component, etcd and CoreDNS in one binary; kubectl, storage and walls apart.

import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { cached, keyOf } from "./cache.ts";
import { requireGo } from "./packages.ts";
import { step } from "./progress.ts";
import { ClusterError, run } from "./run.ts";

const sources = join(import.meta.dirname, "go");
const ownPrograms = ["kube", "machine", "pause", "volumes"] as const;
const componentNames = ["etcd", "coredns", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet"] as const;

/** `kubectl` is the directory that goes on a user's PATH; `servers` holds everything else. */
export interface Binaries {
  readonly version: string;
  readonly kubectl: string;
  readonly servers: string;
}

/** The cluster's programs, compiled unless the cache has them. */
export async function buildBinaries(): Promise<Binaries> {
  const version = kubernetesVersion(await readFile(join(sources, "go.mod"), "utf8"));
  const key = await keyOf({ directories: [sources] });
  const directory = await cached(`kubernetes-${version}`, key, async (target) => {
    await requireGo();
    await step(`compile Kubernetes ${version} (the first time takes several minutes)`, () => compile(version, target));
  });
  return { version, kubectl: join(directory, "kubectl"), servers: join(directory, "servers") };
}

async function compile(version: string, target: string): Promise<void> {
  const servers = join(target, "servers");
  const kubectl = join(target, "kubectl");
  await Promise.all([mkdir(servers, { recursive: true }), mkdir(kubectl, { recursive: true })]);
  const go = (directory: string, ...programs: readonly string[]): Promise<string> =>
    run("go", ["build", "-trimpath", `-ldflags=${linkerFlags(version)}`, "-o", `${directory}/`, ...programs.map((name) => `./${name}`)], {
      cwd: sources,
      env: { ...process.env, CGO_ENABLED: "0" },
    });
  await go(servers, ...ownPrograms);
  await go(kubectl, "kubectl");
  await Promise.all(componentNames.map((name) => symlink("kube", join(servers, name))));
}

/** The version of k8s.io/kubernetes that a go.mod asks for, without the "v". */
export function kubernetesVersion(goMod: string): string {
  const version = /k8s\.io\/kubernetes v(\S+)/.exec(goMod)?.[1];
  if (version === undefined) throw new ClusterError("go.mod does not name k8s.io/kubernetes");
  return version;
}

/** No symbols, and the version that the components report. */
export function linkerFlags(version: string): string {
  const [major, minor] = version.split(".");
  const stamp = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
  const stamps = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((path) =>
    Object.entries(stamp).map(([name, value]) => `-X ${path}.${name}=${value}`),
  );
  return ["-s", "-w", ...stamps].join(" ");
}
