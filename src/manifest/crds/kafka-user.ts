import { keySelector, resourceTemplate, statusOf } from "./kubernetes.ts";
import { integer, list, number, object, oneOf, type Rule, string } from "./schema.ts";

const validityRules: readonly Rule[] = [
  {
    rule: "self.type == 'tls' || (!has(self.validityDays) && !has(self.renewalDays))",
    message: "validityDays and renewalDays are only for the type tls",
    holds: ({ type, validityDays, renewalDays }) => type === "tls" || (validityDays === undefined && renewalDays === undefined),
  },
  {
    rule: "has(self.validityDays) == has(self.renewalDays)",
    message: "validityDays and renewalDays need each other",
    holds: ({ validityDays, renewalDays }) => (validityDays === undefined) === (renewalDays === undefined),
  },
  {
    rule: "!has(self.validityDays) || !has(self.renewalDays) || self.renewalDays < self.validityDays",
    message: "renewalDays must be less than validityDays",
    holds: ({ validityDays, renewalDays }) =>
      validityDays === undefined || renewalDays === undefined || Number(renewalDays) < Number(validityDays),
  },
];

const authentication = object(
  {
    type: oneOf("tls", "tls-external", "scram-sha-512"),
    password: object({ valueFrom: object({ secretKeyRef: keySelector }) }, ["valueFrom"]),
    validityDays: integer(1),
    renewalDays: integer(1),
  },
  ["type"],
  validityRules,
);

const operation = oneOf(
  "Read",
  "Write",
  "Create",
  "Delete",
  "Alter",
  "Describe",
  "ClusterAction",
  "AlterConfigs",
  "DescribeConfigs",
  "IdempotentWrite",
  "All",
);

const resource = object(
  {
    type: oneOf("topic", "group", "cluster", "transactionalId"),
    name: string(),
    patternType: oneOf("literal", "prefix"),
  },
  ["type"],
);

const acl = object({ type: oneOf("allow", "deny"), resource, host: string(), operations: list(operation) }, ["resource", "operations"]);

const quotas = object({
  producerByteRate: integer(0),
  consumerByteRate: integer(0),
  requestPercentage: integer(0),
  controllerMutationRate: number(0),
});

const spec = object({
  authentication,
  authorization: object({ type: oneOf("simple"), acls: list(acl) }, ["type", "acls"]),
  quotas,
  template: object({ secret: resourceTemplate }),
});

export const kafkaUserSchema = { spec, status: statusOf({ username: string(), secret: string() }) };
