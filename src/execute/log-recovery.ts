import { AppError } from "../model/errors.ts";
import type { Share } from "../model/event.ts";
import type { StepRun } from "./execute-io.ts";

/** More lines than a busy broker writes between two looks. */
const tailLines = 200;

/** "(12/40 completed in /data)": Kafka's LogManager counts the logs it has loaded, per directory. */
const loaded = /\((\d+)\/(\d+) completed in ([^)]+)\)/;

/** How many logs a starting broker has loaded, by what it writes; undefined: it says nothing of it. */
export function loadedLogs(lines: Iterable<string>): Share | undefined {
  const directories = new Map<string, Share>();
  for (const line of lines) {
    const [, done, total, directory = ""] = loaded.exec(line) ?? [];
    if (done !== undefined) directories.set(directory, { done: Number(done), total: Number(total) });
  }
  if (directories.size === 0) return undefined;
  const shares = [...directories.values()];
  return { done: shares.reduce((sum, { done }) => sum + done, 0), total: shares.reduce((sum, { total }) => sum + total, 0) };
}

/** How far a pod's Kafka has loaded its logs. Undefined also when the pod's log may not be read: to see it is a comfort, not a need. */
export async function readLoadedLogs({ io, cluster }: StepRun, pod: string): Promise<Share | undefined> {
  const lines: string[] = [];
  try {
    for await (const line of io.kube.logs({ namespace: cluster.namespace, pod, container: "kafka", tailLines })) lines.push(line);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return loadedLogs(lines);
}
