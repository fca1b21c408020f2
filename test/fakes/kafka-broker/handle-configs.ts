import type { RequestOf } from "../../../src/adapters/kafka/wire/request.ts";
import type { Handlers } from "./handlers.ts";
import type { State } from "./state.ts";

const kinds: Readonly<Record<number, string>> = { 2: "topic", 4: "broker" };

/** A few settings that every topic and broker has. */
const defaults: Readonly<Record<string, string>> = { "min.insync.replicas": "1", "retention.ms": "604800000", "cleanup.policy": "delete" };

const topicSource = 1;
const brokerSource = 2;
const defaultSource = 5;

const exists = (kind: string, name: string, state: State): boolean =>
  kind === "topic" ? state.topics.has(name) : name === "" || state.nodes.has(Number(name));

type Resource = RequestOf<"DescribeConfigs">["resources"][number];

function describe({ resourceType, resourceName, configurationKeys }: Resource, state: State): object {
  const kind = kinds[resourceType] ?? "";
  const head = { resourceType, resourceName, errorMessage: null, configs: [] };
  if (!exists(kind, resourceName, state)) return { ...head, errorCode: 3, errorMessage: `${kind} ${resourceName} is not there` };
  const set = state.configs.get(`${kind} ${resourceName}`) ?? new Map<string, string>();
  const names = [...new Set([...Object.keys(defaults), ...set.keys()])].filter((name) => configurationKeys?.includes(name) ?? true);
  const configs = names.map((name) => ({
    name,
    value: set.get(name) ?? defaults[name] ?? null,
    readOnly: false,
    isDefault: !set.has(name),
    configSource: set.has(name) ? (kind === "topic" ? topicSource : brokerSource) : defaultSource,
    isSensitive: false,
    synonyms: [],
  }));
  return { ...head, errorCode: 0, configs };
}

type Change = RequestOf<"IncrementalAlterConfigs">["resources"][number];

function alter({ resourceType, resourceName, configs }: Change, state: State, validateOnly: boolean): object {
  const kind = kinds[resourceType] ?? "";
  const head = { resourceType, resourceName };
  if (!exists(kind, resourceName, state)) return { ...head, errorCode: 3, errorMessage: null };
  const set = new Map(state.configs.get(`${kind} ${resourceName}`));
  for (const { name, configOperation, value } of configs) {
    if (configOperation === 1) set.delete(name);
    else set.set(name, value ?? "");
  }
  if (!validateOnly) state.configs.set(`${kind} ${resourceName}`, set);
  return { ...head, errorCode: 0, errorMessage: null };
}

export const configHandlers: Handlers = {
  DescribeConfigs: ({ request, state }) => ({ results: request.resources.map((resource) => describe(resource, state)) }),
  IncrementalAlterConfigs: ({ request, state }) => ({
    responses: request.resources.map((resource) => alter(resource, state, request.validateOnly)),
  }),
};
