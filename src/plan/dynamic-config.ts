import type { ClusterSpec } from "../model/cluster-spec.ts";
import type { ConfigChange, Step } from "../model/plan.ts";

// Options that Kafka changes for all brokers at once are its dynamic defaults, and stand in no file: they change without a restart.

type IsDynamic = (option: string) => boolean;

/** Always set, since Kafka itself keeps it among the defaults once it elects eligible leaders (KIP-966), and never lets it go. */
const always = { "min.insync.replicas": "1" };

/** The dynamic defaults that a cluster should have. */
export function dynamicConfig({ config }: ClusterSpec, isDynamic: IsDynamic): Readonly<Record<string, string>> {
  const asked = Object.entries(config).filter(([name]) => isDynamic(name) || name in always);
  return { ...always, ...Object.fromEntries(asked) };
}

/** The spec with what is read from a file at start. */
export function staticSpec(spec: ClusterSpec, isDynamic: IsDynamic): ClusterSpec {
  const config = Object.fromEntries(Object.entries(spec.config).filter(([name]) => !isDynamic(name) && !(name in always)));
  return { ...spec, config };
}

/** What differs, by name; what is set and nobody asks for goes back to its default. */
export function dynamicSteps(wanted: Readonly<Record<string, string>>, present: ReadonlyMap<string, string>): Step[] {
  const names = [...new Set([...Object.keys(wanted), ...present.keys()])].sort();
  const changes = names.flatMap((name): ConfigChange[] => {
    const [from, to] = [present.get(name), wanted[name]];
    if (from === to) return [];
    return [{ name, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
  return changes.length === 0 ? [] : [{ id: "alter configs", kind: "AlterConfigs", hazard: "none", why: [], scope: "cluster", changes }];
}
