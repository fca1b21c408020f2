import { containerTemplate, jvmOptions, podTemplate, resources, resourceTemplate, statusOf } from "./kubernetes.ts";
import { boolean, integer, list, map, object, oneOf, type Rule, string } from "./schema.ts";

const sizeRule: Rule = {
  rule: "self.type != 'persistent-claim' || has(self.size)",
  message: "size is required for the type persistent-claim",
  holds: ({ type, size }) => type !== "persistent-claim" || size !== undefined,
};

const volumesRule: Rule = {
  rule: "self.type != 'jbod' || has(self.volumes)",
  message: "volumes is required for the type jbod",
  holds: ({ type, volumes }) => type !== "jbod" || volumes !== undefined,
};

const volume = {
  size: string(),
  class: string(),
  selector: map(string()),
  deleteClaim: boolean(),
  sizeLimit: string(),
  volumeAttributesClass: string(),
  kraftMetadata: oneOf("shared"),
};

const storage = object(
  {
    type: oneOf("ephemeral", "persistent-claim", "jbod"),
    ...volume,
    volumes: list(object({ id: integer(0), type: oneOf("ephemeral", "persistent-claim"), ...volume }, ["id", "type"], [sizeRule])),
  },
  ["type"],
  [sizeRule, volumesRule],
);

const template = object({
  pod: podTemplate,
  podSet: resourceTemplate,
  perPodService: resourceTemplate,
  perPodRoute: resourceTemplate,
  perPodIngress: resourceTemplate,
  persistentVolumeClaim: resourceTemplate,
  kafkaContainer: containerTemplate,
  initContainer: containerTemplate,
});

const roles = list(oneOf("controller", "broker"));

const spec = object({ replicas: integer(0), roles, storage, resources, jvmOptions, template }, ["replicas", "roles", "storage"]);

const status = statusOf({
  nodeIds: list(integer()),
  clusterId: string(),
  roles,
  replicas: integer(),
  labelSelector: string(),
});

export const kafkaNodePoolSchema = { spec, status };
