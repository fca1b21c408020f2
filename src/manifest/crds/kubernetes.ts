import { boolean, freeObject, integer, list, map, object, oneOf, quantity, type Schema, string } from "./schema.ts";

// What custom resources take over from Kubernetes, and what they share among each other. Built once, used in many places.

export const metadata = object({ labels: map(string()), annotations: map(string()) });

export const resourceTemplate = object({ metadata });

export const resources = object({
  limits: map(quantity()),
  requests: map(quantity()),
  claims: list(object({ name: string(), request: string() }, ["name"])),
});

export const keySelector = object({ name: string(), key: string(), optional: boolean() });

const secretKey = object({ secretKeyRef: keySelector, configMapKeyRef: keySelector });

export const containerTemplate = object({
  env: list(object({ name: string(), value: string(), valueFrom: secretKey }, ["name"])),
  securityContext: freeObject(),
  volumeMounts: list(
    object(
      {
        name: string(),
        mountPath: string(),
        mountPropagation: string(),
        readOnly: boolean(),
        recursiveReadOnly: string(),
        subPath: string(),
        subPathExpr: string(),
      },
      ["name", "mountPath"],
    ),
  ),
});

const toleration = object({
  effect: string(),
  key: string(),
  operator: string(),
  tolerationSeconds: integer(),
  value: string(),
});

/** With the limits that Kubernetes itself would refuse to pass, only later: when the StatefulSet is made. */
const spread = object(
  {
    labelSelector: freeObject(),
    matchLabelKeys: list(string()),
    maxSkew: integer(1),
    minDomains: integer(1),
    nodeAffinityPolicy: string(),
    nodeTaintsPolicy: string(),
    topologyKey: string("^.+$"),
    whenUnsatisfiable: oneOf("DoNotSchedule", "ScheduleAnyway"),
  },
  ["maxSkew", "topologyKey", "whenUnsatisfiable"],
);

export const volumeSources = {
  secret: freeObject(),
  configMap: freeObject(),
  emptyDir: freeObject(),
  persistentVolumeClaim: freeObject(),
  csi: freeObject(),
  image: freeObject(),
};

const volume = object({ name: string(), ...volumeSources }, ["name"]);

export const podTemplate = object({
  metadata,
  imagePullSecrets: list(object({ name: string() })),
  securityContext: freeObject(),
  terminationGracePeriodSeconds: integer(0),
  affinity: object({ nodeAffinity: freeObject(), podAffinity: freeObject(), podAntiAffinity: freeObject() }),
  tolerations: list(toleration),
  topologySpreadConstraints: list(spread),
  priorityClassName: string(),
  schedulerName: string(),
  hostAliases: list(object({ hostnames: list(string()), ip: string() })),
  dnsPolicy: oneOf("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
  dnsConfig: object({
    nameservers: list(string()),
    options: list(object({ name: string(), value: string() })),
    searches: list(string()),
  }),
  enableServiceLinks: boolean(),
  hostUsers: boolean(),
  tmpDirSizeLimit: string("^([0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"),
  volumes: list(volume),
  templatedVolumes: list(volume),
});

const ipFamily = oneOf("IPv4", "IPv6");
export const ipFamilies = list(ipFamily);
export const ipFamilyPolicy = oneOf("SingleStack", "PreferDualStack", "RequireDualStack");

export const serviceTemplate = object({ metadata, ipFamilyPolicy, ipFamilies });

export const deploymentTemplate = object({ metadata, deploymentStrategy: oneOf("RollingUpdate", "Recreate") });

export const disruptionBudgetTemplate = object({ metadata, maxUnavailable: integer(0) });

export const probe = object({
  initialDelaySeconds: integer(0),
  timeoutSeconds: integer(1),
  periodSeconds: integer(1),
  successThreshold: integer(1),
  failureThreshold: integer(1),
});

const heap = string("^[0-9]+[mMgG]?$");

export const jvmOptions = object({
  "-Xms": heap,
  "-Xmx": heap,
  "-XX": map(string()),
  gcLoggingEnabled: boolean(),
  javaSystemProperties: list(object({ name: string(), value: string() })),
});

export const logging = object(
  {
    type: oneOf("inline", "external"),
    loggers: map(string()),
    valueFrom: object({ configMapKeyRef: keySelector }),
  },
  ["type"],
);

export const metricsConfig = object(
  {
    type: oneOf("jmxPrometheusExporter", "strimziMetricsReporter"),
    valueFrom: object({ configMapKeyRef: keySelector }),
    values: object({ allowList: list(string()) }),
  },
  ["type"],
);

export const jmxOptions = object({ authentication: object({ type: oneOf("password") }, ["type"]) });

/** As NetworkPolicy has it. */
export const networkPeer = object({
  ipBlock: object({ cidr: string(), except: list(string()) }),
  namespaceSelector: freeObject(),
  podSelector: freeObject(),
});

/** Status is written by a reconciler and not read from manifests: its envelope is typed, the rest is kept. */
export const statusOf = (fields: Readonly<Record<string, Schema>>): Schema =>
  object({
    conditions: list(object({ type: string(), status: string(), lastTransitionTime: string(), reason: string(), message: string() })),
    observedGeneration: integer(),
    ...fields,
  });
