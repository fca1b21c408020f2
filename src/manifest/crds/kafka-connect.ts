import { bridge, build, connection, freeConfig, mountedPlugins, restarts, workers } from "./kafka-clients.ts";
import { statusOf } from "./kubernetes.ts";
import { anyValue, freeObject, integer, list, object, oneOf, string } from "./schema.ts";

const storageTopics = {
  groupId: string(),
  configStorageTopic: string(),
  statusStorageTopic: string(),
  offsetStorageTopic: string(),
};
const storageTopicNames = Object.keys(storageTopics);

const scaled = { url: string(), replicas: integer(), labelSelector: string() };

const connectorPlugins = list(object({ class: string(), type: string(), version: string() }));

export const kafkaConnectSchema = {
  spec: object({ ...workers, ...connection, ...storageTopics, config: freeConfig, build, plugins: mountedPlugins }, [
    "replicas",
    "bootstrapServers",
    ...storageTopicNames,
  ]),
  status: statusOf({ ...scaled, connectorPlugins }),
};

const offsets = object({ name: string() });

const connector = {
  tasksMax: integer(1),
  version: string(),
  autoRestart: restarts,
  config: freeConfig,
  state: oneOf("paused", "stopped", "running"),
  listOffsets: object({ toConfigMap: offsets }, ["toConfigMap"]),
  alterOffsets: object({ fromConfigMap: offsets }, ["fromConfigMap"]),
};

const restartStatus = object({ count: integer(), connectorName: string(), lastRestartTimestamp: string() });

export const kafkaConnectorSchema = {
  spec: object({ class: string(), ...connector }),
  status: statusOf({
    autoRestart: restartStatus,
    connectorStatus: freeObject(),
    tasksMax: integer(),
    topics: list(string()),
  }),
};

const target = object({ alias: string(), ...connection, ...storageTopics, config: freeConfig }, [
  "alias",
  "bootstrapServers",
  ...storageTopicNames,
]);

const source = object({ alias: string(), ...connection, config: freeConfig }, ["alias", "bootstrapServers"]);

const mirrorConnector = object(connector);

const mirror = object(
  {
    source,
    sourceConnector: mirrorConnector,
    checkpointConnector: mirrorConnector,
    topicsPattern: string(),
    topicsExcludePattern: string(),
    groupsPattern: string(),
    groupsExcludePattern: string(),
  },
  ["source", "sourceConnector"],
);

export const kafkaMirrorMaker2Schema = {
  spec: object({ ...workers, plugins: mountedPlugins, target, mirrors: list(mirror, 1) }, ["replicas", "target", "mirrors"]),
  status: statusOf({
    ...scaled,
    connectorPlugins,
    autoRestartStatuses: list(restartStatus),
    connectors: list(anyValue()),
  }),
};

export const kafkaBridgeSchema = {
  spec: object({ replicas: integer(0), ...bridge }, ["replicas", "bootstrapServers"]),
  status: statusOf(scaled),
};
