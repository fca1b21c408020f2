import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { AppError } from "../../model/errors.ts";
import type { Environment, Kubeconfig } from "./kubeconfig.ts";
import { byName, emptyKubeconfig } from "./kubeconfig.ts";
import { parseKubeconfig } from "./parse-kubeconfig.ts";
import { reasonOf } from "./reason.ts";

/** The merged kubeconfig and the files it was looked for in, present or not. */
export type LoadedKubeconfig = { readonly config: Kubeconfig; readonly files: readonly string[] };

/**
 * Reads the kubeconfig as kubectl does: `explicit` (--kubeconfig) alone, which must exist; else the files of $KUBECONFIG; else
 * ~/.kube/config. Missing files are skipped. Of several files, the first to name a cluster, user or context wins, and the first
 * `current-context`.
 */
export async function loadKubeconfig(explicit: string | undefined, env: Environment, home: string): Promise<LoadedKubeconfig> {
  const files = explicit ? [explicit] : defaultFiles(env, home);
  const found: Kubeconfig[] = [];
  for (const file of files) {
    const text = await readIfThere(file);
    if (text !== undefined) found.push(parseKubeconfig(text, file));
    else if (explicit) throw new AppError("NoKubeconfig", `the kubeconfig ${explicit} does not exist`, { hint: "check --kubeconfig" });
  }
  return { config: mergeKubeconfigs(found), files };
}

function defaultFiles(env: Environment, home: string): string[] {
  const listed = (env.KUBECONFIG ?? "").split(delimiter).filter((file) => file !== "");
  return listed.length > 0 ? [...new Set(listed)] : [join(home, ".kube", "config")];
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new AppError("InvalidKubeconfig", `the kubeconfig ${file} cannot be read: ${reasonOf(cause)}`, {
      hint: `check its permissions: ls -l ${file}`,
      cause,
    });
  }
}

/** The first of each name wins, as a whole. */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  return configs.reduce(
    (merged, next) => ({
      clusters: byName([...merged.clusters.values(), ...next.clusters.values()]),
      users: byName([...merged.users.values(), ...next.users.values()]),
      contexts: byName([...merged.contexts.values(), ...next.contexts.values()]),
      currentContext: merged.currentContext ?? next.currentContext,
    }),
    emptyKubeconfig,
  );
}
