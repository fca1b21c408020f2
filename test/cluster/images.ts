// The images of the cluster. No registry is asked: they are made from layers, unpacked once by a containerd that lives as long as
// that takes, and kept as a containerd root directory; nodes start from a copy made of hard links, so they share disk and memory.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { emptyPartial, keyOf, markUsed } from "./cache.ts";
import { baseLayer, kafkaLayer, type Layer, pauseLayer } from "./layers.ts";
import { requireRuntime } from "./packages.ts";
import { cacheDirectory } from "./places.ts";
import { step } from "./progress.ts";
import { ClusterError, run } from "./run.ts";

export const defaultKafkaVersion = "4.3.1";
export const pauseImage = "registry.k8s.io/pause:3.10";

/** A minor version stands for the newest patch that was known when this was written. */
const newestPatch: Readonly<Record<string, string>> = { "3.9": "3.9.2", "4.1": "4.1.2", "4.3": defaultKafkaVersion };

/** "4.1,3.9.2" -> ["4.1.2", "3.9.2"]. */
export function parseKafkaVersions(text: string): string[] {
  return text.split(",").map((part) => {
    const version = newestPatch[part] ?? part;
    if (!/^\d+\.\d+\.\d+$/.test(version)) throw new ClusterError(`"${part}" is not a Kafka version, for example ${defaultKafkaVersion}`);
    return version;
  });
}

export const kafkaImage = (version: string): string => `docker.io/apache/kafka:${version}`;

export interface Image {
  readonly name: string;
  readonly layers: readonly Layer[];
  readonly config: Readonly<Record<string, unknown>>;
}

/** A containerd root directory with unpacked images, and the names of these. */
export interface ImageStore {
  readonly root: string;
  readonly names: readonly string[];
}

/** The store with the images of these Kafka versions and of all that were asked for before. */
export async function buildImages(binaries: Binaries, kafkaVersions: readonly string[]): Promise<ImageStore> {
  const pause = await pauseImageOf(binaries);
  const base = await baseLayer();
  const key = await keyOf({ texts: [...pause.layers, base].map((layer) => layer.digest) });
  const directory = join(cacheDirectory, `images-${key}`);
  const kafka: Image[] = [];
  for (const version of kafkaVersions) kafka.push(await kafkaImageOf(version, base));
  return addImages(directory, [pause, ...kafka]);
}

async function pauseImageOf(binaries: Binaries): Promise<Image> {
  const layer = await pauseLayer(join(binaries.servers, "pause"));
  return { name: pauseImage, layers: [layer], config: { Entrypoint: ["/pause"], User: "65535:65535" } };
}

/** The image of a Kafka version, with the contract of the public one as far as pods depend on it. */
export async function kafkaImageOf(version: string, base: Layer): Promise<Image> {
  const env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "JAVA_HOME=/usr/lib/jvm/default-java", "LANG=C.UTF-8"];
  return { name: kafkaImage(version), layers: [base, await kafkaLayer(version)], config: { Env: env, User: "1000", WorkingDir: "/" } };
}

const recordOf = (directory: string): string => join(directory, "images.json");

type Known = Readonly<Record<string, string>>;

/** An interrupted addition leaves the store as it was: it grows as a copy that takes its place at the end. */
async function addImages(directory: string, images: readonly Image[]): Promise<ImageStore> {
  const known: Known = existsSync(directory) ? JSON.parse(await readFile(recordOf(directory), "utf8")) : {};
  const wanted = Object.fromEntries(
    images.map((image) => [
      image.name,
      createHash("sha256")
        .update(JSON.stringify(imageConfig(image)))
        .digest("hex"),
    ]),
  );
  const missing = images.filter(({ name }) => known[name] !== wanted[name]);
  const all = { ...known, ...wanted };
  const store = { root: join(directory, "root"), names: Object.keys(all) };
  if (missing.length === 0) {
    await markUsed(directory);
    return store;
  }
  await requireRuntime();
  await step(`unpack images: ${missing.map(({ name }) => name).join(", ")}`, async () => {
    const next = await emptyPartial();
    if (existsSync(directory)) await copyStore(store.root, join(next, "root"));
    for (const image of missing) await unpackInto(join(next, "root"), image);
    await writeFile(recordOf(next), JSON.stringify(all, null, 2));
    await rm(directory, { recursive: true, force: true });
    await rename(next, directory);
  });
  return store;
}

/** Copies a store as hard links, which is safe for layers and blobs because nobody writes to them; the databases become real copies. */
export async function copyStore(from: string, to: string): Promise<void> {
  const copy =
    'cp -al "$0" "$1" 2>/dev/null || { rm -rf "$1"; cp -a "$0" "$1"; exit; }; cd "$1"; find . -name "*.db" | while read -r db; do cp -p "$db" "$db.own"; mv "$db.own" "$db"; done';
  await run("sh", ["-ec", copy, from, to]);
}

/** In namespaces of its own, so that containerd and its mounts end with the shell. */
async function unpackInto(root: string, image: Image): Promise<void> {
  const script = `mount -t tmpfs tmpfs /run
printf 'version = 2\\nroot = "%s"\\nstate = "/run/containerd"\\ndisabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]\\n[grpc]\\n  address = "/run/containerd.sock"\\n' "$0" > /run/containerd.toml
containerd -c /run/containerd.toml > /run/containerd.log 2>&1 &
tries=0; until ctr -a /run/containerd.sock version > /dev/null 2>&1; do tries=$((tries + 1)); [ $tries -lt 100 ] || { cat /run/containerd.log >&2; exit 1; }; sleep 0.1; done
ctr -a /run/containerd.sock -n k8s.io images import -
kill $!; wait $! || true`;
  const enter = ["--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-ec", script, root];
  await withArchive(image, (archive) => run("sh", ["-ec", 'tar -C "$0" -chf - . | unshare "$@"', archive, ...enter]));
}

/** Adds an image to a running node, given how to run a program next to its containerd. */
export async function loadImage(image: Image, ctr: readonly [string, ...string[]]): Promise<void> {
  await withArchive(image, (archive) => run("sh", ["-ec", 'tar -C "$0" -chf - . | "$@"', archive, ...ctr, "images", "import", "-"]));
}

/** Lays an image out as a directory that becomes a Docker archive as tar follows its links. */
async function withArchive<T>(image: Image, use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "kubectl-kafka-image-"));
  try {
    const config = JSON.stringify(imageConfig(image));
    const configFile = `${createHash("sha256").update(config).digest("hex")}.json`;
    const layers = image.layers.map((layer) => `${layer.digest}.tar`);
    await writeFile(join(directory, configFile), config);
    await writeFile(join(directory, "manifest.json"), JSON.stringify([{ Config: configFile, RepoTags: [image.name], Layers: layers }]));
    await Promise.all(image.layers.map((layer) => symlink(layer.tar, join(directory, `${layer.digest}.tar`))));
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The image's configuration document, as the OCI image specification has it. */
export function imageConfig({ layers, config }: Image): Readonly<Record<string, unknown>> {
  return {
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    os: "linux",
    config,
    rootfs: { type: "layers", diff_ids: layers.map((layer) => `sha256:${layer.digest}`) },
    history: layers.map(() => ({ created_by: "kubectl-kafka test cluster" })),
  };
}
