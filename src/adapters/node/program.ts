import { promises, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { AppError } from "../../model/errors.ts";
import type { Program, ThisProcess } from "../../ports/program.ts";

async function link(path: string, name: string): Promise<"created" | "present"> {
  const place = join(dirname(path), name);
  const target = basename(path);
  try {
    await promises.symlink(target, place);
    return "created";
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await promises.readlink(place).catch(() => "")) === target) return "present";
    const because = code === "EEXIST" ? "another file is there" : message;
    throw new AppError("InvalidFile", `cannot link ${place}: ${because}`, {
      hint: `any directory on the PATH will do: ln -s ${path} DIRECTORY/${name}`,
      cause,
    });
  }
}

/** Linux tells when it was started, by an id, and in which space processes are counted. */
function placeOf(): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const space = /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0];
    return boot === "" || space === undefined ? undefined : `${boot}/${space}`;
  } catch {
    return undefined;
  }
}

/** Only "no such process" says that there is none; one that may not be signalled is there. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

const thisProcess: ThisProcess = {
  pid: process.pid,
  get host() {
    return hostname();
  },
  get place() {
    return placeOf();
  },
  exists,
};

/** This process. In a single executable the path is argv[0]; run by node it is the script's. */
export function openProgram(): Program {
  const path = process.argv[1] ?? process.argv0;
  return {
    path,
    args: process.argv.slice(2),
    env: process.env,
    runtime: `node ${process.versions.node}`,
    platform: `${process.platform}/${process.arch}`,
    process: thisProcess,
    link: (name) => link(path, name),
  };
}
