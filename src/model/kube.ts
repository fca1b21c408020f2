/** A kind of object in the Kubernetes API, as its URL and its documents name it. `group` is "" for the core group. */
export type Resource = {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
};

export type OwnerReference = {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
};

export type ObjectMeta = {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
};

/** Any object of the API, unread beyond its envelope. Readers narrow what they use. */
export type KubeObject = { apiVersion: string; kind: string; metadata: ObjectMeta; [field: string]: unknown };

export type ObjectRef = {
  readonly resource: Resource;
  /** Left out: the namespace of the connection for namespaced kinds. */
  readonly namespace?: string | undefined;
  readonly name: string;
};

const core = (plural: string, kind: string, namespaced = true): Resource => ({ group: "", version: "v1", plural, kind, namespaced });
const strimzi = (plural: string, kind: string): Resource => ({ group: "kafka.strimzi.io", version: "v1", plural, kind, namespaced: true });

/** The kinds this tool reads or writes. Strimzi's serve v1 from 0.49 on; `atVersion` asks for an older one. */
export const resources = {
  pods: core("pods", "Pod"),
  secrets: core("secrets", "Secret"),
  services: core("services", "Service"),
  configMaps: core("configmaps", "ConfigMap"),
  volumeClaims: core("persistentvolumeclaims", "PersistentVolumeClaim"),
  events: core("events", "Event"),
  nodes: core("nodes", "Node", false),
  namespaces: core("namespaces", "Namespace", false),
  serviceAccounts: core("serviceaccounts", "ServiceAccount"),
  networkPolicies: { group: "networking.k8s.io", version: "v1", plural: "networkpolicies", kind: "NetworkPolicy", namespaced: true },
  disruptionBudgets: { group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget", namespaced: true },
  deployments: { group: "apps", version: "v1", plural: "deployments", kind: "Deployment", namespaced: true },
  statefulSets: { group: "apps", version: "v1", plural: "statefulsets", kind: "StatefulSet", namespaced: true },
  storageClasses: { group: "storage.k8s.io", version: "v1", plural: "storageclasses", kind: "StorageClass", namespaced: false },
  leases: { group: "coordination.k8s.io", version: "v1", plural: "leases", kind: "Lease", namespaced: true },
  customResourceDefinitions: {
    group: "apiextensions.k8s.io",
    version: "v1",
    plural: "customresourcedefinitions",
    kind: "CustomResourceDefinition",
    namespaced: false,
  },
  kafkas: strimzi("kafkas", "Kafka"),
  kafkaNodePools: strimzi("kafkanodepools", "KafkaNodePool"),
  strimziPodSets: { group: "core.strimzi.io", version: "v1", plural: "strimzipodsets", kind: "StrimziPodSet", namespaced: true },
} as const satisfies Record<string, Resource>;

/** The same kind at another served version. */
export const atVersion = (resource: Resource, version: string): Resource => ({ ...resource, version });
