import { kafkaSchema } from "./kafka.ts";
import { kafkaNodePoolSchema } from "./kafka-node-pool.ts";
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
    columns: [
      { name: "Desired replicas", jsonPath: ".spec.replicas", type: "integer" },
      { name: "Roles", jsonPath: ".status.roles" },
      { name: "NodeIds", jsonPath: ".status.nodeIds" },
    ],
  },
];
