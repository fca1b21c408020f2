import { kafkaSchema } from "./kafka.ts";
import { kafkaBridgeSchema, kafkaConnectorSchema, kafkaConnectSchema, kafkaMirrorMaker2Schema } from "./kafka-connect.ts";
import { kafkaNodePoolSchema } from "./kafka-node-pool.ts";
import { kafkaRebalanceSchema } from "./kafka-rebalance.ts";
import { kafkaTopicSchema } from "./kafka-topic.ts";
import { kafkaUserSchema } from "./kafka-user.ts";
import type { Schema } from "./schema.ts";

export type Column = { readonly name: string; readonly jsonPath: string; readonly type?: string; readonly priority?: number };

/** A custom resource of the API group, as data. */
export type CustomKind = {
  readonly kind: string;
  readonly plural: string;
  readonly shortName: string;
  readonly spec: Schema;
  readonly status: Schema;
  readonly columns: readonly Column[];
  readonly scale?: { readonly spec: string; readonly status: string; readonly selector?: string };
};

export const apiGroup = "kafka.strimzi.io";

const condition = (name: string, type = name): Column => ({ name, jsonPath: `.status.conditions[?(@.type=="${type}")].status` });
const ready = condition("Ready");
const desired: Column = { name: "Desired replicas", jsonPath: ".spec.replicas", type: "integer" };
const cluster: Column = { name: "Cluster", jsonPath: ".metadata.labels.strimzi\\.io/cluster" };

const replicas = { spec: ".spec.replicas", status: ".status.replicas", selector: ".status.labelSelector" };

export const customKinds: readonly CustomKind[] = [
  {
    kind: "Kafka",
    plural: "kafkas",
    shortName: "k",
    ...kafkaSchema,
    columns: [
      ready,
      condition("Warnings", "Warning"),
      { name: "Kafka version", jsonPath: ".status.kafkaVersion" },
      { name: "Metadata version", jsonPath: ".status.kafkaMetadataVersion" },
    ],
  },
  {
    kind: "KafkaNodePool",
    plural: "kafkanodepools",
    shortName: "knp",
    ...kafkaNodePoolSchema,
    scale: replicas,
    columns: [desired, { name: "Roles", jsonPath: ".status.roles" }, { name: "NodeIds", jsonPath: ".status.nodeIds" }],
  },
  {
    kind: "KafkaTopic",
    plural: "kafkatopics",
    shortName: "kt",
    ...kafkaTopicSchema,
    columns: [
      cluster,
      { name: "Partitions", jsonPath: ".spec.partitions", type: "integer" },
      { name: "Replication factor", jsonPath: ".spec.replicas", type: "integer" },
      ready,
    ],
  },
  {
    kind: "KafkaUser",
    plural: "kafkausers",
    shortName: "ku",
    ...kafkaUserSchema,
    columns: [
      cluster,
      { name: "Authentication", jsonPath: ".spec.authentication.type" },
      { name: "Authorization", jsonPath: ".spec.authorization.type" },
      ready,
    ],
  },
  {
    kind: "KafkaRebalance",
    plural: "kafkarebalances",
    shortName: "kr",
    ...kafkaRebalanceSchema,
    columns: [
      cluster,
      { name: "Template", jsonPath: ".metadata.annotations.strimzi\\.io/rebalance-template" },
      condition("PendingProposal"),
      condition("ProposalReady"),
      condition("Rebalancing"),
      ready,
      condition("NotReady"),
      condition("Stopped"),
    ],
  },
  {
    kind: "KafkaConnect",
    plural: "kafkaconnects",
    shortName: "kc",
    ...kafkaConnectSchema,
    scale: replicas,
    columns: [desired, ready],
  },
  {
    kind: "KafkaConnector",
    plural: "kafkaconnectors",
    shortName: "kctr",
    ...kafkaConnectorSchema,
    scale: { spec: ".spec.tasksMax", status: ".status.tasksMax" },
    columns: [
      cluster,
      { name: "Connector class", jsonPath: ".spec.class" },
      { name: "Max tasks", jsonPath: ".spec.tasksMax", type: "integer" },
      ready,
    ],
  },
  {
    kind: "KafkaMirrorMaker2",
    plural: "kafkamirrormaker2s",
    shortName: "kmm2",
    ...kafkaMirrorMaker2Schema,
    scale: replicas,
    columns: [desired, ready],
  },
  {
    kind: "KafkaBridge",
    plural: "kafkabridges",
    shortName: "kb",
    ...kafkaBridgeSchema,
    scale: replicas,
    columns: [desired, { name: "Bootstrap servers", jsonPath: ".spec.bootstrapServers", priority: 1 }, ready],
  },
];
