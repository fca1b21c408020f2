import { cruiseControl, entityOperator, kafkaExporter } from "./kafka-companions.ts";
import {
  containerTemplate,
  disruptionBudgetTemplate,
  ipFamilies,
  ipFamilyPolicy,
  jmxOptions,
  jvmOptions,
  logging,
  metricsConfig,
  networkPeer,
  podTemplate,
  probe,
  resourceTemplate,
  serviceTemplate,
  statusOf,
} from "./kubernetes.ts";
import { anyValue, boolean, freeObject, integer, list, map, number, object, oneOf, type Rule, string } from "./schema.ts";

const annotated = { annotations: map(string()), labels: map(string()) };

const bootstrap = object({
  alternativeNames: list(string()),
  host: string(),
  nodePort: integer(),
  loadBalancerIP: string(),
  externalIPs: list(string()),
  ...annotated,
});

const brokerAddress = object(
  {
    broker: integer(0),
    advertisedHost: string(),
    advertisedPort: integer(),
    host: string(),
    nodePort: integer(),
    loadBalancerIP: string(),
    externalIPs: list(string()),
    ...annotated,
  },
  ["broker"],
);

const certificate = object({ secretName: string(), certificate: string(), key: string() }, ["secretName", "certificate", "key"]);

const listenerConfiguration = object({
  brokerCertChainAndKey: certificate,
  class: string(),
  externalTrafficPolicy: oneOf("Local", "Cluster"),
  loadBalancerSourceRanges: list(string()),
  bootstrap,
  brokers: list(brokerAddress),
  ipFamilyPolicy,
  ipFamilies,
  createBootstrapService: boolean(),
  finalizers: list(string()),
  useServiceDnsDomain: boolean(),
  maxConnections: integer(),
  maxConnectionCreationRate: integer(),
  preferredNodePortAddressType: oneOf("ExternalIP", "ExternalDNS", "InternalIP", "InternalDNS", "Hostname"),
  publishNotReadyAddresses: boolean(),
  allocateLoadBalancerNodePorts: boolean(),
  hostTemplate: string(),
  advertisedHostTemplate: string(),
  advertisedPortTemplate: string(),
  perBrokerAnnotationsTemplate: map(string()),
  perBrokerLabelsTemplate: map(string()),
  parentRefs: list(freeObject()),
});

const listenerAuthentication = object({ type: oneOf("tls", "scram-sha-512", "custom"), sasl: boolean(), listenerConfig: map(anyValue()) }, [
  "type",
]);

const listener = object(
  {
    name: string("^[a-z0-9]{1,11}$"),
    port: integer(9092, 65_535),
    type: oneOf("internal", "cluster-ip", "nodeport", "loadbalancer", "route", "tlsroute", "ingress"),
    tls: boolean(),
    authentication: listenerAuthentication,
    networkPolicyPeers: list(networkPeer),
    configuration: listenerConfiguration,
  },
  ["name", "port", "type", "tls"],
);

const rackRules: readonly Rule[] = [
  {
    rule: "(has(self.type) && self.type == 'environment-variable') || has(self.topologyKey)",
    message: "topologyKey is required for the type topology-label",
    holds: ({ type, topologyKey }) => type === "environment-variable" || topologyKey !== undefined,
  },
  {
    rule: "!has(self.type) || self.type != 'environment-variable' || has(self.envVarName)",
    message: "envVarName is required for the type environment-variable",
    holds: ({ type, envVarName }) => type !== "environment-variable" || envVarName !== undefined,
  },
];

export const rack = object(
  { type: oneOf("topology-label", "environment-variable"), topologyKey: string(), envVarName: string() },
  [],
  rackRules,
);

const authorization = object(
  { type: oneOf("simple", "custom"), superUsers: list(string()), authorizerClass: string(), supportsAdminApi: boolean() },
  ["type"],
);

const quotaRules: readonly Rule[] = [
  {
    rule: "!(has(self.minAvailableBytesPerVolume) && has(self.minAvailableRatioPerVolume))",
    message: "give minAvailableBytesPerVolume or minAvailableRatioPerVolume, not both",
    holds: (self) => self.minAvailableBytesPerVolume === undefined || self.minAvailableRatioPerVolume === undefined,
  },
];

const quotas = object(
  {
    type: oneOf("kafka", "strimzi"),
    producerByteRate: integer(0),
    consumerByteRate: integer(0),
    requestPercentage: integer(0),
    controllerMutationRate: number(0),
    minAvailableBytesPerVolume: integer(0),
    minAvailableRatioPerVolume: number(0, 1),
    excludedPrincipals: list(string()),
  },
  ["type"],
  quotaRules,
);

const tieredStorage = object(
  { type: oneOf("custom"), remoteStorageManager: object({ className: string(), classPath: string(), config: map(string()) }) },
  ["type"],
);

const template = object({
  pod: podTemplate,
  podSet: resourceTemplate,
  bootstrapService: serviceTemplate,
  brokersService: serviceTemplate,
  externalBootstrapService: resourceTemplate,
  perPodService: resourceTemplate,
  externalBootstrapRoute: resourceTemplate,
  perPodRoute: resourceTemplate,
  externalBootstrapIngress: resourceTemplate,
  perPodIngress: resourceTemplate,
  persistentVolumeClaim: resourceTemplate,
  podDisruptionBudget: disruptionBudgetTemplate,
  kafkaContainer: containerTemplate,
  initContainer: containerTemplate,
  clusterCaCert: resourceTemplate,
  serviceAccount: resourceTemplate,
  jmxSecret: resourceTemplate,
  clusterRoleBinding: resourceTemplate,
});

const cluster = object(
  {
    version: string(),
    metadataVersion: string(),
    image: string(),
    listeners: list(listener, 1),
    config: map(anyValue()),
    authorization,
    rack,
    brokerRackInitImage: string(),
    livenessProbe: probe,
    readinessProbe: probe,
    jvmOptions,
    jmxOptions,
    metricsConfig,
    logging,
    tieredStorage,
    quotas,
    template,
  },
  ["listeners"],
);

const authority = object({
  generateCertificateAuthority: boolean(),
  generateSecretOwnerReference: boolean(),
  validityDays: integer(1),
  renewalDays: integer(1),
  certificateExpirationPolicy: oneOf("renew-certificate", "replace-key"),
});

const spec = object(
  {
    kafka: cluster,
    entityOperator,
    clusterCa: authority,
    clientsCa: authority,
    cruiseControl,
    kafkaExporter,
    maintenanceTimeWindows: list(string()),
  },
  ["kafka"],
);

const address = object({ host: string(), port: integer() });

const status = statusOf({
  listeners: list(object({ name: string(), addresses: list(address), bootstrapServers: string(), certificates: list(string()) })),
  kafkaNodePools: list(object({ name: string() })),
  registeredNodeIds: list(integer()),
  clusterId: string(),
  operatorLastSuccessfulVersion: string(),
  kafkaVersion: string(),
  kafkaMetadataVersion: string(),
  autoRebalance: object({
    state: oneOf("Idle", "RebalanceOnScaleDown", "RebalanceOnScaleUp"),
    lastTransitionTime: string(),
    modes: list(object({ mode: oneOf("add-brokers", "remove-brokers"), brokers: list(integer()) })),
  }),
  clusterSecurity: freeObject(),
});

export const kafkaSchema = { spec, status };
