import {
  containerTemplate,
  deploymentTemplate,
  disruptionBudgetTemplate,
  jvmOptions,
  keySelector,
  logging,
  metricsConfig,
  podTemplate,
  probe,
  resources,
  resourceTemplate,
  serviceTemplate,
} from "./kubernetes.ts";
import { anyValue, boolean, integer, list, map, object, oneOf, string } from "./schema.ts";

// What runs beside Kafka in a Kafka resource.

const operator = {
  watchedNamespace: string("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"),
  image: string(),
  reconciliationIntervalMs: integer(0),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  resources,
  logging,
  jvmOptions,
};

export const entityOperator = object({
  topicOperator: object(operator),
  userOperator: object({ ...operator, secretPrefix: string() }),
  template: object({
    deployment: deploymentTemplate,
    pod: podTemplate,
    topicOperatorContainer: containerTemplate,
    userOperatorContainer: containerTemplate,
    serviceAccount: resourceTemplate,
    entityOperatorRole: resourceTemplate,
    topicOperatorRoleBinding: resourceTemplate,
    userOperatorRoleBinding: resourceTemplate,
  }),
});

const capacity = {
  cpu: string("^[0-9]+([.][0-9]{0,3}|[m]?)$"),
  inboundNetwork: string("^[0-9]+([KMG]i?)?B/s$"),
  outboundNetwork: string("^[0-9]+([KMG]i?)?B/s$"),
};

export const cruiseControl = object({
  image: string(),
  resources,
  livenessProbe: probe,
  readinessProbe: probe,
  jvmOptions,
  logging,
  brokerCapacity: object({ ...capacity, overrides: list(object({ brokers: list(integer()), ...capacity }, ["brokers"])) }),
  config: map(anyValue()),
  metricsConfig,
  apiUsers: object({ type: oneOf("hashLoginService"), valueFrom: object({ secretKeyRef: keySelector }) }, ["type", "valueFrom"]),
  autoRebalance: list(object({ mode: oneOf("add-brokers", "remove-brokers"), template: object({ name: string() }) }, ["mode"]), 1),
  template: object({
    deployment: deploymentTemplate,
    pod: podTemplate,
    apiService: serviceTemplate,
    podDisruptionBudget: disruptionBudgetTemplate,
    cruiseControlContainer: containerTemplate,
    serviceAccount: resourceTemplate,
  }),
});

export const kafkaExporter = object({
  image: string(),
  groupRegex: string(),
  topicRegex: string(),
  groupExcludeRegex: string(),
  topicExcludeRegex: string(),
  showAllOffsets: boolean(),
  logging: string(),
  resources,
  livenessProbe: probe,
  readinessProbe: probe,
  template: object({
    deployment: deploymentTemplate,
    pod: podTemplate,
    service: resourceTemplate,
    container: containerTemplate,
    serviceAccount: resourceTemplate,
  }),
});
