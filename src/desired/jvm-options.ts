import type { PoolSpec } from "../model/cluster-spec.ts";
import { defaultHeapBytes } from "../model/heap.ts";
import { parseQuantity } from "../model/units.ts";
import { byName } from "./properties.ts";

/** What the memory of the container leads to; undefined without a limit. */
export function heapBytes({ resources }: PoolSpec): number | undefined {
  const limits = resources?.limits as Readonly<Record<string, unknown>> | undefined;
  const limit = limits?.memory === undefined ? undefined : parseQuantity(String(limits.memory));
  return limit === undefined ? undefined : defaultHeapBytes(limit);
}

function heapOptions(pool: PoolSpec): string[] {
  const { xms, xmx } = pool.jvm;
  const heap = heapBytes(pool);
  if (xmx !== undefined || heap === undefined) return [`-Xms${xms ?? xmx ?? "128M"}`, ...(xmx === undefined ? [] : [`-Xmx${xmx}`])];
  return [`-Xms${xms ?? heap}`, `-Xmx${heap}`];
}

function extraOption(name: string, value: string): string {
  if (value === "true") return `-XX:+${name}`;
  return value === "false" ? `-XX:-${name}` : `-XX:${name}=${value}`;
}

/** As java reads its argument files: quoted, so that a value may hold anything. */
const quote = (option: string): string =>
  `"${option.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t")}"`;

/** The options of a pool's JVMs as an argument file for java, one per line. */
export function jvmOptions(pool: PoolSpec): string {
  const { xx, gcLogging, systemProperties } = pool.jvm;
  const options = [
    ...heapOptions(pool),
    ...Object.entries(xx)
      .sort(byName)
      .map(([name, value]) => extraOption(name, value)),
    ...(gcLogging ? ["-Xlog:gc*:stdout:time,tags"] : []),
    ...systemProperties.map(({ name, value }) => `-D${name}=${value}`),
  ];
  return options.map((option) => `${quote(option)}\n`).join("");
}
