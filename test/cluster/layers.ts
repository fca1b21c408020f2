// The layers of the Kafka images: a small Debian with a Java runtime, shared by all versions, and /opt/kafka of each version.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { cached, keyOf } from "./cache.ts";
import { classesIn, log4j1, log4j2, scripts } from "./kafka-files.ts";
import { requireBuildTools } from "./packages.ts";
import { step } from "./progress.ts";
import { run } from "./run.ts";

/** A tar file and its SHA-256, which is its name in an image. */
export interface Layer {
  readonly tar: string;
  readonly digest: string;
}

const debianPackages = [
  "bash",
  "coreutils",
  "default-jre-headless",
  "findutils",
  "grep",
  "gzip",
  "hostname",
  "libc-bin",
  "mawk",
  "openssl",
  "procps",
  "sed",
  "tar",
];

/** Dependencies that only installing packages needs. */
const notNeeded = /^(perl|libperl|lib[a-z-]+-perl|usrmerge|dpkg|debconf|fonts-|fontconfig-config|init-system-helpers|ca-certificates)/;

const notRead = [
  "usr/share/doc",
  "usr/share/man",
  "usr/share/locale",
  "usr/share/info",
  "usr/share/lintian",
  "usr/lib/x86_64-linux-gnu/gconv",
];

const users = ["root:x:0:0:root:/root:/bin/bash", "appuser:x:1000:1000::/home/appuser:/bin/bash", "nobody:x:65534:65534::/:/bin/false"];

/** Debian's bash, core tools and headless Java runtime. */
export async function baseLayer(): Promise<Layer> {
  const key = await keyOf({ texts: [await readFile(import.meta.filename, "utf8")] });
  return layerIn(
    await cached("image-base", key, (target) =>
      step("make the image's base (Debian with a Java runtime)", async () => {
        await requireBuildTools();
        const root = join(target, "root");
        await unpackDebian(target, root);
        await finishRoot(root);
        await pack(target, root);
      }),
    ),
  );
}

/** The packages are unpacked only: no script of theirs runs, so no half-configured system comes out and nothing else is needed. */
async function unpackDebian(work: string, root: string): Promise<void> {
  const archives = join(work, "packages");
  const nothingInstalled = join(work, "status");
  await mkdir(join(archives, "partial"), { recursive: true });
  await writeFile(nothingInstalled, "");
  const options = [
    `Dir::State::status=${nothingInstalled}`,
    `Dir::Cache::archives=${archives}`,
    "Debug::NoLocking=1",
    "APT::Sandbox::User=root",
  ];
  const download = ["install", "-y", "-q", "--no-install-recommends", "--download-only", ...debianPackages];
  const aptGet = [...options.flatMap((option) => ["-o", option]), ...download];
  await run("apt-get", aptGet).catch(async () => {
    await run("apt-get", ["update", "-q"]);
    await run("apt-get", aptGet);
  });
  for (const directory of ["bin", "sbin", "lib", "lib64"]) {
    await mkdir(join(root, "usr", directory), { recursive: true });
    await symlink(`usr/${directory}`, join(root, directory));
  }
  const packages = (await readdir(archives)).filter((name) => name.endsWith(".deb") && !notNeeded.test(name));
  const unpack = 'for package; do dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$0"; done';
  await run("sh", ["-ec", unpack, root, ...packages.map((name) => join(archives, name))]);
  await Promise.all([archives, nothingInstalled].map((path) => rm(path, { recursive: true })));
}

async function finishRoot(root: string): Promise<void> {
  await Promise.all(notRead.map((path) => rm(join(root, path), { recursive: true, force: true })));
  await symlink("mawk", join(root, "usr/bin/awk"));
  await symlink("/usr/lib/jvm/default-java/bin/java", join(root, "usr/bin/java"));
  await writeFile(join(root, "etc/passwd"), `${users.join("\n")}\n`);
  await writeFile(join(root, "etc/group"), "root:x:0:\nappuser:x:1000:\nnogroup:x:65534:\n");
  await mkdir(join(root, "tmp"), { recursive: true });
  await chmod(join(root, "tmp"), 0o1777);
  await run("ldconfig", ["-r", root]);
  await rm(join(root, "var/cache/ldconfig"), { recursive: true, force: true }); // it differs from time to time
}

/** /opt/kafka of a version: the jars of Maven Central, and scripts and logging that fit them. */
export async function kafkaLayer(version: string): Promise<Layer> {
  const inputs = ["layers.ts", "kafka-files.ts"].map((file) => readFile(join(import.meta.dirname, file), "utf8"));
  const key = await keyOf({ texts: await Promise.all(inputs) });
  return layerIn(
    await cached(`image-kafka-${version}`, key, (target) =>
      step(`collect Kafka ${version}`, async () => {
        await requireBuildTools();
        const home = join(target, "root/opt/kafka");
        const libs = join(home, "libs");
        await collectJars(version, target, libs);
        await writeScripts(home, await readdir(libs));
        await pack(target, join(target, "root"));
      }),
    ),
  );
}

async function collectJars(version: string, work: string, libs: string): Promise<void> {
  const maven = (...goal: readonly string[]): Promise<string> =>
    run("mvn", ["-q", "-B", ...goal, `-DoutputDirectory=${libs}`], { cwd: work });
  const dependency = (artifact: string): string =>
    `<dependency><groupId>org.apache.kafka</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  const pom = join(work, "pom.xml");
  await writeFile(
    pom,
    `<project><modelVersion>4.0.0</modelVersion><groupId>kubectl-kafka</groupId><artifactId>image</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${["kafka_2.13", "kafka-tools"].map(dependency).join("")}</dependencies></project>`,
  );
  await maven("dependency:copy-dependencies", "-DincludeScope=runtime");
  // Kafka 4 needs Log4j 2 but not what joins it to SLF4J; without that nothing is logged.
  const log4j = (await readdir(libs)).flatMap((name) => /^log4j-core-(.+)\.jar$/.exec(name)?.[1] ?? []);
  for (const found of log4j) await maven("dependency:copy", `-Dartifact=org.apache.logging.log4j:log4j-slf4j-impl:${found}`);
  await rm(pom);
}

async function writeScripts(home: string, jars: readonly string[]): Promise<void> {
  const ofKafka = jars.filter((name) => /^kafka(_2\.13|-tools)-\d/.test(name));
  const contents = await Promise.all(ofKafka.map((name) => readFile(join(home, "libs", name), "latin1")));
  const logging = jars.some((name) => name.startsWith("log4j-core-")) ? log4j2 : log4j1;
  const config = join(home, "config");
  const bin = join(home, "bin");
  await Promise.all([config, bin].map((directory) => mkdir(directory)));
  await writeFile(join(config, logging.server), logging.render("out", "INFO"));
  await writeFile(join(config, logging.tools), logging.render("err", "WARN"));
  for (const [name, text] of scripts(new Set(contents.flatMap((jar) => [...classesIn(jar)])), logging)) {
    await writeFile(join(bin, name), text, { mode: 0o755 });
  }
}

/** The one program of every pod's first container. */
export async function pauseLayer(program: string): Promise<Layer> {
  const key = await keyOf({ texts: [await readFile(program, "base64")] });
  return layerIn(
    await cached("image-pause", key, async (target) => {
      const root = join(target, "root");
      await mkdir(root);
      await copyFile(program, join(root, "pause"));
      await pack(target, root);
    }),
  );
}

/** Replaces a root directory by its tar file, which comes out the same for the same contents. */
async function pack(target: string, root: string): Promise<void> {
  const tar = join(target, "layer.tar");
  await run("tar", ["--sort=name", "--mtime=@0", "--numeric-owner", "--owner=0", "--group=0", "-C", root, "-cf", tar, "."]);
  const hash = createHash("sha256");
  await pipeline(createReadStream(tar), hash);
  await writeFile(join(target, "layer.sha256"), hash.digest("hex"));
  await rm(root, { recursive: true });
}

async function layerIn(directory: string): Promise<Layer> {
  return { tar: join(directory, "layer.tar"), digest: await readFile(join(directory, "layer.sha256"), "utf8") };
}
