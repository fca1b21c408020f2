import type { KubeObject } from "../model/kube.ts";
import { managedBy } from "./crds/documents.ts";

type Rule = { readonly apiGroups: readonly string[]; readonly resources: readonly string[]; readonly verbs: readonly string[] };

const read = ["get", "list", "watch"];
const write = [...read, "create", "patch", "delete"];

const rule = (group: string, kinds: readonly string[], verbs: readonly string[]): Rule => ({ apiGroups: [group], resources: kinds, verbs });
const kafka = (kinds: readonly string[], verbs: readonly string[]): Rule => rule("kafka.strimzi.io", kinds, verbs);

/** To see pods and Services, and to reach the brokers through the API server. */
const reach = [
  rule("", ["pods", "services"], read),
  rule("", ["pods/portforward"], ["get", "create"]),
  kafka(["kafkas", "kafkanodepools"], read),
];

/** To tell whether an operator looks after a cluster: its Deployment and its pod sets. */
const whoRunsIt = [rule("apps", ["deployments"], read), rule("core.strimzi.io", ["strimzipodsets"], read)];

const withStatus = (kind: string): Rule[] => [kafka([kind], write), kafka([`${kind}/status`], ["get", "patch"])];

const roles: Readonly<Record<string, readonly Rule[]>> = {
  viewer: [
    rule("", ["pods", "services", "persistentvolumeclaims", "events"], read),
    rule("", ["pods/portforward"], ["get", "create"]),
    rule("apps", ["statefulsets"], read),
    ...whoRunsIt,
    kafka(["*"], read),
  ],
  "cluster-admin": [
    kafka(["kafkas", "kafkanodepools"], write),
    kafka(["kafkas/status", "kafkanodepools/status", "kafkanodepools/scale"], ["get", "patch"]),
    rule("", ["services", "configmaps", "secrets", "serviceaccounts", "persistentvolumeclaims"], write),
    rule("", ["pods"], [...read, "delete"]),
    rule("", ["pods/eviction"], ["create"]),
    rule("", ["pods/log"], ["get"]),
    rule("", ["pods/portforward"], ["get", "create"]),
    rule("", ["events"], [...read, "create"]),
    rule("apps", ["statefulsets"], write),
    ...whoRunsIt,
    rule("policy", ["poddisruptionbudgets"], write),
    rule("networking.k8s.io", ["networkpolicies"], write),
    rule("coordination.k8s.io", ["leases"], [...write, "update"]),
  ],
  "topic-admin": [...reach, ...withStatus("kafkatopics")],
  "user-admin": [...reach, ...withStatus("kafkausers"), rule("", ["secrets"], write)],
};

/** The smallest Roles of a namespace: to look, to run clusters on demand, for topics and for users. Nobody is bound to them. */
export const roleDocuments = (namespace: string): KubeObject[] =>
  Object.entries(roles).map(([name, rules]) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: `kubectl-kafka-${name}`, namespace, labels: { ...managedBy } },
    rules,
  }));
