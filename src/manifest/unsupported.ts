/** A field of a Kafka or KafkaNodePool resource that is refused by name, since this version would not do what it says. */
export type Unsupported = {
  readonly kind: "Kafka" | "KafkaNodePool";
  /** "[]" stands for every item of a list, "[text]" for a field whose name has dots. */
  readonly path: string;
  readonly reason: string;
  /** Values that are served all the same. */
  readonly except?: readonly unknown[];
};

const kafka = (path: string, reason: string, except?: readonly unknown[]): Unsupported => ({
  kind: "Kafka",
  path,
  reason,
  ...(except ? { except } : {}),
});

const pool = (path: string, reason: string): Unsupported => ({ kind: "KafkaNodePool", path, reason });

const many = (make: typeof kafka | typeof pool, prefix: string, fields: { readonly names: readonly string[]; readonly reason: string }) =>
  fields.names.map((name) => make(`${prefix}${name}`, fields.reason));

const external = "only listeners of the type internal are served, and this option is for others";
const listenerOptions = many(kafka, "spec.kafka.listeners[].configuration.", {
  names: [
    "class",
    "externalTrafficPolicy",
    "loadBalancerSourceRanges",
    "bootstrap",
    "brokers",
    "createBootstrapService",
    "finalizers",
    "preferredNodePortAddressType",
    "allocateLoadBalancerNodePorts",
    "hostTemplate",
    "advertisedHostTemplate",
    "advertisedPortTemplate",
    "perBrokerAnnotationsTemplate",
    "perBrokerLabelsTemplate",
    "parentRefs",
  ],
  reason: external,
});

const noneYet = "this option of a listener is not applied";
const otherListenerOptions = many(kafka, "spec.kafka.listeners[].configuration.", {
  names: [
    "brokerCertChainAndKey",
    "ipFamilyPolicy",
    "ipFamilies",
    "useServiceDnsDomain",
    "maxConnections",
    "maxConnectionCreationRate",
    "publishNotReadyAddresses",
  ],
  reason: noneYet,
});

const objectTemplate = "labels and annotations of this object cannot be chosen";
const kafkaTemplates = many(kafka, "spec.kafka.template.", {
  names: ["podSet", "bootstrapService", "brokersService", "persistentVolumeClaim", "clusterCaCert", "serviceAccount"],
  reason: objectTemplate,
});
const absentTemplates = many(kafka, "spec.kafka.template.", {
  names: [
    "externalBootstrapService",
    "perPodService",
    "externalBootstrapRoute",
    "perPodRoute",
    "externalBootstrapIngress",
    "perPodIngress",
    "initContainer",
    "jmxSecret",
    "clusterRoleBinding",
  ],
  reason: "there is no such object in what is made",
});

const podTemplateFields = [
  "pod.tmpDirSizeLimit",
  "pod.volumes",
  "pod.templatedVolumes",
  "kafkaContainer.env",
  "kafkaContainer.volumeMounts",
];
const podReason = "pods have only the volumes and the environment that Kafka itself needs";

/** Every field that is refused, in the order of the resource. The list shrinks; docs/fields.md prints it. */
export const unsupportedFields: readonly Unsupported[] = [
  kafka("metadata.annotations[strimzi.io/internal-cluster-security]", "encryption inside the cluster cannot be changed"),
  kafka("metadata.annotations[strimzi.io/skip-broker-scaledown-check]", "the check for replicas on removed brokers always runs"),
  kafka("spec.kafka.listeners[].type", "only listeners of the type internal are served: clients outside the cluster cannot be", [
    "internal",
  ]),
  kafka("spec.kafka.listeners[].authentication", "clients are not authenticated"),
  kafka("spec.kafka.listeners[].networkPolicyPeers", "listeners are open to every pod"),
  ...listenerOptions,
  ...otherListenerOptions,
  kafka("spec.kafka.authorization", "there is no authorization: every client may do everything"),
  kafka("spec.kafka.rack", "brokers are not told their rack"),
  kafka("spec.kafka.brokerRackInitImage", "brokers are not told their rack"),
  kafka("spec.kafka.jmxOptions", "JMX is not opened"),
  kafka("spec.kafka.metricsConfig", "metrics are not exported"),
  kafka("spec.kafka.tieredStorage", "remote storage is not configured"),
  kafka("spec.kafka.quotas", "default quotas are not set"),
  kafka("spec.kafka.logging.valueFrom.configMapKeyRef.optional", "logging without its ConfigMap is not what was asked for", [false]),
  kafka("spec.kafka.template.podDisruptionBudget", "one node may be away at a time, and its labels cannot be chosen"),
  ...kafkaTemplates,
  ...absentTemplates,
  ...many(kafka, "spec.kafka.template.", { names: podTemplateFields, reason: podReason }),
  kafka("spec.entityOperator", "no operator is run; topics and users are handled by kubectl kafkatopic and kubectl kafkauser"),
  kafka("spec.clusterCa.certificateExpirationPolicy", "keys are not replaced by themselves", ["renew-certificate"]),
  kafka("spec.clientsCa.certificateExpirationPolicy", "keys are not replaced by themselves", ["renew-certificate"]),
  kafka("spec.cruiseControl", "Cruise Control is not run"),
  kafka("spec.kafkaExporter", "Kafka Exporter is not run"),
  kafka("spec.maintenanceTimeWindows", "nothing is done by itself at a time: certificates are renewed when the cluster is reconciled"),
  pool("metadata.annotations[strimzi.io/next-node-ids]", "the ids of a pool are one range, chosen when it is made"),
  pool("metadata.annotations[strimzi.io/remove-node-ids]", "the highest ids of a pool are removed first"),
  pool("spec.storage.volumeAttributesClass", "volumes have no attributes class"),
  pool("spec.storage.volumes[].volumeAttributesClass", "volumes have no attributes class"),
  pool("spec.resources.claims", "pods claim no devices"),
  ...many(pool, "spec.template.", { names: ["podSet", "persistentVolumeClaim"], reason: objectTemplate }),
  ...many(pool, "spec.template.", {
    names: ["perPodService", "perPodRoute", "perPodIngress", "initContainer"],
    reason: "there is no such object in what is made",
  }),
  ...many(pool, "spec.template.", { names: podTemplateFields, reason: podReason }),
];
