import { rack } from "./kafka.ts";
import {
  containerTemplate,
  deploymentTemplate,
  disruptionBudgetTemplate,
  jmxOptions,
  jvmOptions,
  logging,
  metadata,
  metricsConfig,
  podTemplate,
  probe,
  resources,
  resourceTemplate,
  serviceTemplate,
} from "./kubernetes.ts";
import { anyValue, boolean, integer, list, map, object, oneOf, string } from "./schema.ts";

// What Connect, MirrorMaker 2 and the bridge have in common: they are clients of a Kafka.

const certificateSource = object({ secretName: string(), certificate: string(), pattern: string() }, ["secretName"]);

export const tls = object({ trustedCertificates: list(certificateSource) });

const clientCertificate = object({ secretName: string(), certificate: string(), key: string() }, ["secretName", "certificate", "key"]);

export const clientAuthentication = object(
  {
    type: oneOf("tls", "scram-sha-256", "scram-sha-512", "plain", "custom"),
    certificateAndKey: clientCertificate,
    username: string(),
    passwordSecret: object({ secretName: string(), password: string() }, ["secretName", "password"]),
    sasl: boolean(),
    config: map(anyValue()),
  },
  ["type"],
);

/** A Kafka, and how to log in to it. */
export const connection = { bootstrapServers: string(), tls, authentication: clientAuthentication };

export const freeConfig = map(anyValue());

export const tracing = object({ type: oneOf("opentelemetry") }, ["type"]);

/** How Connect's workers run; MirrorMaker 2 is Connect too. */
export const workers = {
  replicas: integer(0),
  version: string(),
  image: string(),
  resources,
  livenessProbe: probe,
  readinessProbe: probe,
  jvmOptions,
  jmxOptions,
  logging,
  clientRackInitImage: string(),
  rack,
  metricsConfig,
  tracing,
  template: object({
    podSet: resourceTemplate,
    deployment: deploymentTemplate,
    buildConfig: object({ metadata, pullSecret: string() }),
    buildContainer: containerTemplate,
    buildPod: podTemplate,
    buildServiceAccount: resourceTemplate,
    clusterRoleBinding: resourceTemplate,
    pod: podTemplate,
    apiService: serviceTemplate,
    headlessService: serviceTemplate,
    connectContainer: containerTemplate,
    initContainer: containerTemplate,
    podDisruptionBudget: disruptionBudgetTemplate,
    serviceAccount: resourceTemplate,
    jmxSecret: resourceTemplate,
  }),
};

export const restarts = object({ enabled: boolean(), maxRestarts: integer(0) });

const bridgeClient = object({ enabled: boolean(), config: freeConfig, timeoutSeconds: integer() });

const cors = object({ allowedOrigins: list(string()), allowedMethods: list(string()) }, ["allowedOrigins", "allowedMethods"]);

/** KafkaBridge's spec beyond its replicas. */
export const bridge = {
  image: string(),
  ...connection,
  http: object({
    port: integer(1023),
    tls: object({ certificateAndKey: clientCertificate, config: freeConfig }),
    cors,
  }),
  adminClient: bridgeClient,
  consumer: bridgeClient,
  producer: bridgeClient,
  resources,
  jvmOptions,
  logging,
  clientRackInitImage: string(),
  rack,
  metricsConfig,
  livenessProbe: probe,
  readinessProbe: probe,
  tracing,
  template: object({
    deployment: deploymentTemplate,
    pod: podTemplate,
    apiService: serviceTemplate,
    podDisruptionBudget: disruptionBudgetTemplate,
    bridgeContainer: containerTemplate,
    clusterRoleBinding: resourceTemplate,
    serviceAccount: resourceTemplate,
    initContainer: containerTemplate,
  }),
};

const artifact = object(
  {
    type: oneOf("jar", "tgz", "zip", "maven", "other"),
    url: string("^(https?|ftp)://[-a-zA-Z0-9+&@#/%?=~_|!:,.;]*[-a-zA-Z0-9+&@#/%=~_|]$"),
    sha512sum: string(),
    insecure: boolean(),
    repository: string(),
    group: string(),
    artifact: string(),
    version: string(),
    fileName: string(),
  },
  ["type"],
);

/** An image made from connectors. */
export const build = object(
  {
    output: object(
      {
        type: oneOf("docker", "imagestream"),
        image: string(),
        pushSecret: string(),
        additionalBuildOptions: list(string()),
        additionalPushOptions: list(string()),
      },
      ["type", "image"],
    ),
    plugins: list(object({ name: string("^[a-z0-9][-_a-z0-9]*[a-z0-9]$"), artifacts: list(artifact) }, ["name", "artifacts"])),
    resources,
  },
  ["output", "plugins"],
);

const imageVolume = object({ type: oneOf("image"), reference: string(), pullPolicy: string() }, ["type", "reference"]);

/** Connectors mounted from images. */
export const mountedPlugins = list(
  object({ name: string("^[a-z0-9][-_a-z0-9]*[a-z0-9]$"), artifacts: list(imageVolume) }, ["name", "artifacts"]),
);
