import type { CaSettings, ClusterSpec, InternalListener, Logging, Probe } from "../model/cluster-spec.ts";
import { configText } from "./config-values.ts";
import { inheritedLabels } from "./inherited-labels.ts";
import type { AuthorityFields, KafkaDocument, ListenerFields, LoggingFields } from "./kafka-resource.ts";

export const defaultVersion = "4.3.1";

const probeOf = (given: Partial<Probe> = {}): Probe => ({
  initialDelaySeconds: 15,
  timeoutSeconds: 5,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  ...given,
});

const authorityOf = (given: AuthorityFields = {}): CaSettings => ({
  generate: given.generateCertificateAuthority ?? true,
  validityDays: given.validityDays ?? 365,
  renewalDays: given.renewalDays ?? 30,
  ownerReference: given.generateSecretOwnerReference ?? true,
});

function listenerOf({ name, port, tls, networkPolicyPeers, configuration }: ListenerFields): InternalListener {
  const own = configuration?.brokerCertChainAndKey;
  return {
    name,
    port,
    tls,
    ...(networkPolicyPeers ? { networkPolicyPeers } : {}),
    ...(own ? { certificate: { secret: own.secretName, certificateKey: own.certificate, privateKey: own.key } } : {}),
  };
}

function loggingOf(given: LoggingFields | undefined): Logging {
  if (given?.type !== "external") return { kind: "inline", loggers: given?.loggers ?? {} };
  const { name = "", key = "", optional = false } = given.valueFrom?.configMapKeyRef ?? {};
  return { kind: "external", configMap: name, key, optional };
}

const configOf = (config: Readonly<Record<string, unknown>> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).flatMap(([name, value]) => {
      const text = configText(value);
      return text === undefined ? [] : [[name, text]];
    }),
  );

/** What a Kafka resource asks for, defaults filled in; its pools are added by the caller. */
export function parseKafka({ object }: KafkaDocument, namespace: string): Omit<ClusterSpec, "pools"> {
  const { metadata, spec, status } = object;
  const { kafka } = spec;
  const version = kafka.version ?? defaultVersion;
  const maxUnavailable = kafka.template?.podDisruptionBudget?.maxUnavailable;
  return {
    ref: { namespace: metadata.namespace ?? namespace, name: metadata.name },
    ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
    ...(metadata.generation === undefined ? {} : { generation: metadata.generation }),
    labels: inheritedLabels(metadata.labels),
    paused: metadata.annotations?.["strimzi.io/pause-reconciliation"] === "true",
    version,
    ...(kafka.metadataVersion === undefined ? {} : { metadataVersion: kafka.metadataVersion }),
    image: kafka.image ?? `apache/kafka:${version}`,
    listeners: kafka.listeners.map(listenerOf),
    config: configOf(kafka.config),
    logging: loggingOf(kafka.logging),
    livenessProbe: probeOf(kafka.livenessProbe),
    readinessProbe: probeOf(kafka.readinessProbe),
    clusterCa: authorityOf(spec.clusterCa),
    clientsCa: authorityOf(spec.clientsCa),
    ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
    ...(typeof status?.clusterId === "string" ? { clusterId: status.clusterId } : {}),
  };
}
