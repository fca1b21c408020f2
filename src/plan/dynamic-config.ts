import type { ClusterSpec } from "../model/cluster-spec.ts";
import type { ConfigChange, Notice, Step } from "../model/plan.ts";

// Options that Kafka changes for all brokers at once are its dynamic defaults, and stand in no file: they change without a restart. The few
// that Kafka changes broker by broker and that a resource may set choose protocols and ciphers: a broker must not start without them, so they
// stay in the file and take a restart.

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

type Overrides = { readonly values: ReadonlyMap<number, ReadonlyMap<string, string>>; readonly unread: readonly number[] };

/** What somebody set on single brokers goes where the resource decides: the cluster has one value. Other options are left alone. */
export function overrideSteps(governed: readonly string[], { values }: Overrides): Step[] {
  return [...values]
    .sort(([a], [b]) => a - b)
    .flatMap(([node, own]): Step[] => {
      const changes = governed.flatMap((name): ConfigChange[] => {
        const from = own.get(name);
        return from === undefined ? [] : [{ name, from }];
      });
      const why = ["set on this broker alone, where the Kafka resource decides for all"];
      const step = {
        id: `alter configs of node ${node}`,
        kind: "AlterConfigs",
        hazard: "none",
        why,
        scope: "broker",
        node,
        changes,
      } as const;
      return changes.length === 0 ? [] : [step];
    });
}

/** The options that a resource sets for all brokers at once. */
export const governedOptions = ({ config }: ClusterSpec, isDynamic: IsDynamic): string[] => Object.keys(config).filter(isDynamic).sort();

/** Brokers that could not be compared. */
export function unreadOverrides({ unread }: Overrides): Notice[] {
  if (unread.length === 0) return [];
  const shown = unread.slice(0, 5).join(", ");
  const rest = unread.length - 5;
  const subject = `settings of node ${shown}${rest > 0 ? ` and ${rest} more` : ""}`;
  return [{ subject, reason: "NotRead", message: "it was not looked for settings of single brokers there" }];
}
