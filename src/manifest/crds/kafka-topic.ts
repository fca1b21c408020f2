import { statusOf } from "./kubernetes.ts";
import { anyValue, integer, map, object, oneOf, type Rule, string } from "./schema.ts";

const spec = object({
  topicName: string(),
  partitions: integer(1),
  replicas: integer(1, 32_767),
  config: map(anyValue()),
});

const status = statusOf({
  topicName: string(),
  topicId: string(),
  replicasChange: object({
    targetReplicas: integer(),
    state: oneOf("pending", "ongoing"),
    message: string(),
    sessionId: string(),
  }),
});

const sameName: Rule = {
  rule: "!has(oldSelf.topicName) || (has(self.topicName) && self.topicName == oldSelf.topicName)",
  message: "topicName cannot be changed",
  // a rule of two states; one document has only one
  holds: () => true,
};

export const kafkaTopicSchema = { spec: { ...spec, rules: [sameName] } as typeof spec, status };
