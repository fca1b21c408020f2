import { promises } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError } from "../../model/errors.ts";
import type { Program } from "../../ports/program.ts";

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

/** This process. In a single executable the path is argv[0]; run by node it is the script's. */
export function openProgram(): Program {
  const path = process.argv[1] ?? process.argv0;
  return {
    path,
    args: process.argv.slice(2),
    env: process.env,
    runtime: `node ${process.versions.node}`,
    platform: `${process.platform}/${process.arch}`,
    link: (name) => link(path, name),
  };
}
