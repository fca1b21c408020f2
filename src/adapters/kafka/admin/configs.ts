import type { ConfigEntry, ConfigQuery } from "../../../ports/kafka.ts";
import type { KafkaClient } from "../client/client.ts";
import { kafkaError } from "../client/kafka-errors.ts";
import type { Destination } from "../client/router.ts";
import { codes } from "../wire/error-codes.ts";
import type { RequestOf, ResponseOf } from "../wire/request.ts";

type Configs = { entries: Map<string, ConfigEntry[]>; errors: Map<string, string> };
type Result = ResponseOf<"DescribeConfigs">["results"][number];

const resourceTypes = { topic: 2, broker: 4 } as const;

/** Where a value comes from, by Kafka's names (DescribeConfigsResponse.ConfigSource). */
const sources = [
  "UNKNOWN",
  "DYNAMIC_TOPIC_CONFIG",
  "DYNAMIC_BROKER_CONFIG",
  "DYNAMIC_DEFAULT_BROKER_CONFIG",
  "STATIC_BROKER_CONFIG",
  "DEFAULT_CONFIG",
  "DYNAMIC_BROKER_LOGGER_CONFIG",
  "CLIENT_METRICS_CONFIG",
  "GROUP_CONFIG",
] as const;

const toEntry = ({ name, value, configSource, readOnly, isSensitive }: Result["configs"][number]): ConfigEntry => ({
  name,
  value,
  source: sources[configSource] ?? "UNKNOWN",
  readOnly,
  sensitive: isSensitive,
});

const maps = { "results.configs": toEntry };

const label = (type: ConfigQuery["type"], name: string): string =>
  type === "topic" ? `Topic "${name}"` : name === "" ? "Defaults of all brokers" : `Broker ${name}`;

async function ask(
  client: KafkaClient,
  query: ConfigQuery,
  { to, signal }: { to: Destination; signal: AbortSignal | undefined },
): Promise<Configs> {
  const resources = query.names.map((resourceName) => ({
    resourceType: resourceTypes[query.type],
    resourceName,
    configurationKeys: query.keys ?? null,
  }));
  const body: RequestOf<"DescribeConfigs"> = { resources, includeSynonyms: false, includeDocumentation: false };
  const answer = await client.run(() => client.request("DescribeConfigs", body, { to, signal, maps }), { signal });
  const configs: Configs = { entries: new Map(), errors: new Map() };
  for (const result of answer.results) {
    if (result.errorCode === codes.none) configs.entries.set(result.resourceName, result.configs as unknown as ConfigEntry[]);
    else configs.errors.set(result.resourceName, kafkaError(label(query.type, result.resourceName), result).message);
  }
  return configs;
}

/** A broker's own settings are known to that broker alone; one that cannot be asked is an error of its name. */
async function askBroker(client: KafkaClient, query: ConfigQuery, signal: AbortSignal | undefined): Promise<Configs> {
  const [name = ""] = query.names;
  const to: Destination = name === "" ? { kind: "Any" } : { kind: "Broker", id: Number(name) };
  try {
    return await ask(client, query, { to, signal });
  } catch (error) {
    if (signal?.aborted || !(error instanceof Error)) throw error;
    return { entries: new Map(), errors: new Map([[name, error.message]]) };
  }
}

/** Topics in one request to any broker, brokers each by themselves and all at once. */
export async function readConfigs(client: KafkaClient, query: ConfigQuery, signal?: AbortSignal): Promise<Configs> {
  if (query.names.length === 0) return { entries: new Map(), errors: new Map() };
  if (query.type === "topic") return ask(client, query, { to: { kind: "Any" }, signal });
  const each = await Promise.all(query.names.map((name) => askBroker(client, { ...query, names: [name] }, signal)));
  return { entries: new Map(each.flatMap(({ entries }) => [...entries])), errors: new Map(each.flatMap(({ errors }) => [...errors])) };
}
