// The machine is the wall around the cluster: pid 1 of its own namespaces (see go/machine). Its end is the end of all that runs inside.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Binaries } from "./binaries.ts";
import { clusterName, files, stateDirectory } from "./places.ts";
import { identify, isAlive, type ProcessIdentity } from "./process-identity.ts";
import { ClusterError, run, tail } from "./run.ts";

/** A running machine: its pid 1 as seen from outside, and the port of its door on 127.0.0.1. */
export interface Machine extends ProcessIdentity {
  readonly port: number;
}

const cgroupDirectory = "/sys/fs/cgroup";
const usualPort = 16443;
const endTimeoutMs = 20_000;

/** The machine that was recorded last, if it still runs. */
export async function findMachine(): Promise<Machine | undefined> {
  const recorded = await recordedMachine();
  return recorded && isAlive(recorded) ? recorded : undefined;
}

async function recordedMachine(): Promise<Machine | undefined> {
  const text = await readFile(files.machine, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Machine);
}

/** Starts an empty machine. Its pid 1 waits until it is written down: a starter that dies before leaves nothing running. */
export async function startMachine(binaries: Binaries): Promise<Machine> {
  await Promise.all([files.logs, files.config, files.nodes].map((directory) => mkdir(directory, { recursive: true })));
  const log = join(files.logs, "machine.log");
  const errors = openSync(log, "a");
  const program = join(binaries.servers, "machine");
  const launcher = spawn(program, ["-state", stateDirectory, String(usualPort), "0"], { detached: true, stdio: ["pipe", "pipe", errors] });
  closeSync(errors);
  const { stdin, stdout } = launcher as ChildProcessByStdio<Writable, Readable, null>;
  const [line] = (await Promise.race([once(createInterface(stdout), "line"), once(launcher, "close")])) as [unknown];
  const [pid, port] = String(line).split(" ").map(Number);
  const identity = pid && port ? identify(pid) : undefined;
  if (!identity || !port) throw new ClusterError(`The cluster's namespaces could not be made:\n${tail(await readFile(log, "utf8"))}`);
  const machine = { ...identity, port };
  await writeFile(files.machine, JSON.stringify(machine));
  stdin.end("go\n");
  await once(launcher, "close");
  return machine;
}

/** The command line that runs a program inside. */
export function inside(machine: Machine, ...command: readonly string[]): ["nsenter", ...string[]] {
  return ["nsenter", "--target", String(machine.pid), "--mount", "--net", "--pid", "--ipc", "--uts", "--", ...command];
}

/** Runs a shell script inside; it stops at the first failure. */
export async function runInside(machine: Machine, script: string, ...parameters: readonly string[]): Promise<string> {
  const [program, ...rest] = inside(machine, "sh", "-ec", script, "sh", ...parameters);
  return run(program, rest);
}

/** A path of the machine's own file system (its /proc, its /run), as seen from outside. */
export const insidePath = (machine: Machine, path: string): string => `/proc/${machine.pid}/root${path}`;

/** Ends the recorded machine and clears what outlives processes: cgroups, loop devices and the state directory's files. */
export async function endMachine(): Promise<void> {
  const machine = await findMachine();
  if (machine) {
    process.kill(machine.pid, "SIGKILL");
    await until("its processes end", async () => !isAlive(machine));
  }
  await until("its cgroups are empty", removeCgroups);
  const disks: string[] = await readdir(files.volumes).catch(() => []);
  await until("its disks are released", async () => !(await loopFiles()).some((file) => disks.includes(basename(file))));
  await Promise.all(Object.values(files).map((path) => rm(path, { recursive: true, force: true })));
  await rmdir(stateDirectory).catch(() => {}); // somebody's own files in it stay
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + endTimeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new ClusterError(`The cluster has been told to end, but waiting until ${what} took too long. Run it again.`);
    await sleep(20);
  }
}

async function hierarchies(): Promise<string[]> {
  const entries = await readdir(cgroupDirectory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(cgroupDirectory, entry.name));
}

/** Makes a node's cgroup in every hierarchy; a cpuset is unusable until it is told its processors and memory. */
export async function makeCgroups(node: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const levels = [hierarchy, join(hierarchy, clusterName), join(hierarchy, clusterName, node)];
    for (const [above, level] of [levels.slice(0, 2), levels.slice(1)]) {
      if (above === undefined || level === undefined) continue;
      await mkdir(level, { recursive: true });
      if (!existsSync(join(level, "cpuset.cpus"))) continue;
      for (const file of ["cpuset.cpus", "cpuset.mems"]) await writeFile(join(level, file), await readFile(join(above, file)));
    }
  }
}

/** Removes the cluster's cgroups, inner ones first; false while a dying process still holds one. */
async function removeCgroups(): Promise<boolean> {
  const all = await Promise.all((await hierarchies()).map((hierarchy) => removeCgroup(join(hierarchy, clusterName))));
  return all.every(Boolean);
}

async function removeCgroup(directory: string): Promise<boolean> {
  if (!existsSync(directory)) return true;
  const entries = await readdir(directory, { withFileTypes: true });
  for (const entry of entries) if (entry.isDirectory()) await removeCgroup(join(directory, entry.name));
  return rmdir(directory).then(
    () => true,
    () => false,
  );
}

async function loopFiles(): Promise<string[]> {
  const devices = (await readdir("/sys/block")).filter((name) => name.startsWith("loop"));
  const files = devices.map((name) => readFile(`/sys/block/${name}/loop/backing_file`, "utf8"));
  return (await Promise.all(files.map((file) => file.catch(() => "")))).map((file) => file.trim());
}
