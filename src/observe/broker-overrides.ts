import type { KafkaAdmin } from "../ports/kafka.ts";

/** Each broker is a connection of its own: so many at the same time, and so many at most. */
const atOnce = 8;
const most = 100;

/** Settings of single brokers that differ from everybody's, by broker and name; and the brokers that were not asked, or did not answer. */
export type BrokerOverrides = { readonly values: ReadonlyMap<number, ReadonlyMap<string, string>>; readonly unread: readonly number[] };

/**
 * The options of `names` that are set on one broker alone: one request to each broker that is up. Secrets among them have no value to compare
 * and are left out.
 */
export async function readBrokerOverrides(admin: KafkaAdmin, names: readonly string[], signal?: AbortSignal): Promise<BrokerOverrides> {
  if (names.length === 0) return { values: new Map(), unread: [] };
  const ids = (await admin.cluster(signal)).brokers.filter(({ fenced }) => !fenced).map(({ id }) => id);
  const values = new Map<number, ReadonlyMap<string, string>>();
  const unread = ids.slice(most);
  for (let at = 0; at < Math.min(most, ids.length); at += atOnce) {
    const some = ids.slice(at, Math.min(most, at + atOnce));
    const { entries, errors } = await admin.configs({ type: "broker", names: some.map(String), keys: names }, signal);
    for (const [broker, found] of entries) {
      const own = found.filter(({ source, sensitive }) => source === "DYNAMIC_BROKER_CONFIG" && !sensitive);
      if (own.length > 0) values.set(Number(broker), new Map(own.map(({ name, value }) => [name, value ?? ""])));
    }
    unread.push(...[...errors.keys()].map(Number));
  }
  return { values, unread };
}
