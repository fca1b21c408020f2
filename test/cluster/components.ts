// A component is a program that runs inside the machine until the machine ends, with a log file and a recorded process.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { insidePath, type Machine, runInside } from "./machine.ts";
import { files } from "./places.ts";
import { identify, isAlive, type ProcessIdentity } from "./process-identity.ts";
import { ClusterError, tail } from "./run.ts";

export interface Component {
  readonly name: string;
  readonly command: readonly [program: string, ...parameters: string[]];
}

/** A started component; its process id counts inside the machine. */
export interface Started extends ProcessIdentity {
  readonly name: string;
}

const pollMs = 100;

const logOf = (name: string): string => join(files.logs, `${name}.log`);

/** Starts a component in a session of its own, so that no Ctrl-C meant for its starter reaches it. */
export async function startComponent(machine: Machine, { name, command }: Component): Promise<Started> {
  const script = 'log=$1; shift; setsid "$@" >> "$log" 2>&1 < /dev/null & echo $!';
  const pid = Number(await runInside(machine, script, logOf(name), ...command));
  const process = identify(pid, insidePath(machine, "/proc"));
  if (!process) throw new ClusterError(await obituary(name));
  return { name, ...process };
}

export const isRunning = (machine: Machine, component: Started): boolean => isAlive(component, insidePath(machine, "/proc"));

export interface Waiting {
  readonly machine: Machine;
  readonly components: readonly Started[];
  readonly what: string;
  readonly timeoutMs: number;
}

/** Resolves once the condition holds. Fails as soon as a component has died, or when the time is up, with the end of the first one's log. */
export async function waitFor({ machine, components, what, timeoutMs }: Waiting, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition().catch(() => false))) {
    const dead = components.find((component) => !isRunning(machine, component));
    if (dead) throw new ClusterError(await obituary(dead.name));
    if (Date.now() > deadline) throw new ClusterError(`Waited ${timeoutMs / 1_000} s until ${what}.\n${await logTails(components)}`);
    await sleep(pollMs);
  }
}

/** Whether a file, such as a socket, is there inside the machine. */
export const existsInside = async (machine: Machine, path: string): Promise<boolean> => existsSync(insidePath(machine, path));

const obituary = async (name: string): Promise<string> => `${name} has ended.\n${await logTail(name)}`;

const logTails = async (components: readonly Started[]): Promise<string> =>
  (await Promise.all(components.map(({ name }) => logTail(name)))).join("\n");

async function logTail(name: string): Promise<string> {
  const text = await readFile(logOf(name), "utf8").catch(() => "");
  return `Its log, ${logOf(name)}, ends with:\n${tail(text)}`;
}
