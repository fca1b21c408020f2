import { findCluster } from "./cluster.ts";
import { runInside } from "./machine.ts";
import { ClusterError } from "./run.ts";

/** Freezes a component of the cluster while work is done: its connections stay, and nobody answers. */
export async function whilePaused<T>(name: string, work: () => Promise<T>): Promise<T> {
  const found = await findCluster();
  if (found.kind !== "Up") throw new ClusterError("the cluster is not up");
  const { machine, components } = found.cluster;
  const component = components.find((one) => one.name === name);
  if (component === undefined) throw new ClusterError(`there is no component ${name}`);
  const signal = (which: "STOP" | "CONT") => runInside(machine, 'kill -"$1" "$2"', which, String(component.pid));
  await signal("STOP");
  try {
    return await work();
  } finally {
    await signal("CONT");
  }
}
