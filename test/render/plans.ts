import { resources } from "../../src/model/kube.ts";
import type { RestartReason } from "../../src/model/observation.ts";
import type { Plan, Step } from "../../src/model/plan.ts";

type Bare<S> = S extends Step ? Omit<S, "id" | "hazard" | "why"> & Partial<Pick<Step, "hazard" | "why">> : never;

export const planOf = (...waves: readonly Bare<Step>[][]): Plan => ({
  apiVersion: "kubectl-kafka/v1",
  kind: "ClusterPlan",
  cluster: { namespace: "kafka", name: "my-cluster" },
  observedAt: "2026-11-23T12:00:00.000Z",
  basis: "b",
  waves: waves.map((steps, wave) => ({
    steps: steps.map((step, at) => ({ id: `${wave}.${at}`, hazard: "none", why: [], ...step }) as Step),
  })),
  leftAlone: [],
});

const object = (kind: string, name: string) => ({ apiVersion: "v1", kind, metadata: { name, namespace: "kafka" } });
const leaf = (pod: string, why: string) => ({
  secret: "my-cluster-broker",
  certificateKey: `${pod}.crt`,
  privateKey: `${pod}.key`,
  commonName: "my-cluster-kafka",
  dns: [`${pod}.my-cluster-kafka-brokers.kafka.svc`],
  ca: "cluster" as const,
  why,
});
const restart = (pool: string, node: number, ...reasons: RestartReason[]) => {
  const nodes = [{ node, pod: `my-cluster-${pool}-${node}`, uid: "u", reasons }];
  return { kind: "RestartNodes", hazard: "disruptive", nodes, leaderMoves: true } as const;
};
const claim = (id: number) => ({ resource: resources.volumeClaims, name: `data-my-cluster-broker-${id}` });
const grow = (id: number) => ({ kind: "GrowVolume", claim: claim(id), from: "100Gi", to: "200Gi" }) as const;

/** Everything a plan can hold. */
export const everything: Plan = {
  ...planOf(
    [{ kind: "WriteStatus", phase: "ids" }],
    [{ kind: "CreateAuthority", ca: "clients", validityDays: 365, generation: 0, commonName: "clients-ca v0", secrets: [] }],
    [3, 4, 5].map(grow),
    [
      {
        kind: "CreateObject",
        resource: resources.services,
        object: object("Service", "my-cluster-kafka-bootstrap"),
        changes: [],
        why: ["it is not there"],
      },
      ...[6, 7, 8, 9].map(
        (id) =>
          ({
            kind: "CreateObject",
            resource: resources.volumeClaims,
            object: object("PersistentVolumeClaim", `data-my-cluster-broker-${id}`),
            changes: [],
          }) as const,
      ),
      {
        kind: "UpdateObject",
        resource: resources.configMaps,
        object: object("ConfigMap", "my-cluster-broker"),
        changes: [
          {
            path: "data.server.properties",
            from: "num.io.threads=8\nnum.network.threads=3\nlog.retention.hours=168\n",
            to: "num.io.threads=16\nnum.network.threads=3\n",
          },
          { path: "metadata.labels.team", from: "payments" },
          { path: "metadata.annotations.note", to: "by hand" },
        ],
      },
      {
        kind: "UpdateObject",
        resource: resources.secrets,
        object: object("Secret", "my-cluster-trustbundle"),
        changes: [{ path: "data.clients-ca.crt", from: "(secret)", to: "(secret)" }],
      },
      {
        kind: "CopyCertificates",
        secret: object("Secret", "my-cluster-cluster-ca-cert"),
        texts: [{ key: "ca.crt", from: { secret: "my-cluster-broker", key: "my-cluster-broker-3.crt" }, part: "behind" }],
        why: ["its certificate was lost, and is kept beside those that it signed"],
      },
      {
        kind: "IssueCertificates",
        secret: object("Secret", "my-cluster-broker"),
        leafs: [leaf("my-cluster-broker-3", "its names change"), leaf("my-cluster-broker-4", "ends in 12 days")],
        validityDays: 365,
      },
    ],
    [
      {
        kind: "ReplaceStatefulSet",
        object: object("StatefulSet", "my-cluster-broker"),
        uid: "u",
        changes: [
          { path: "spec.volumeClaimTemplates[data].spec.resources.requests.storage", from: "100Gi", to: "200Gi" },
          { path: "spec.template.spec.containers[kafka].image", from: "apache/kafka:4.3.0", to: "apache/kafka:4.3.1" },
        ],
      },
    ],
    [{ kind: "WaitFor", condition: { kind: "PodsReady", pods: ["my-cluster-broker-6"] }, timeoutMs: 300_000 }],
    [restart("controller", 0, "PodHasOldRevision")],
    [restart("controller", 2, "PodHasOldRevision")],
    [{ ...restart("controller", 1, "PodHasOldRevision"), why: ["active controller, last of its group"] }],
    [restart("broker", 3, "PodHasOldRevision", "KafkaCertificatesChanged")],
    [
      {
        kind: "AlterConfigs",
        scope: "cluster",
        changes: [
          { name: "log.retention.ms", from: "604800000", to: "86400000" },
          { name: "num.io.threads", from: "8" },
        ],
      },
      {
        kind: "UpdateMetadataVersion",
        hazard: "destructive",
        from: "4.2-IV1",
        to: "4.3-IV0",
        why: ["Kafka does not go back to 4.2 afterwards"],
      },
    ],
    [
      {
        kind: "RemoveAnnotation",
        ref: { resource: resources.statefulSets, name: "my-cluster-broker" },
        annotation: "strimzi.io/manual-rolling-update",
      },
    ],
    [{ kind: "UnregisterNode", node: 9 }],
    [
      { kind: "DeleteObject", ref: { resource: resources.services, name: "my-cluster-kafka-old" }, why: ["no listener uses it"] },
      { kind: "DeleteObject", hazard: "destructive", ref: claim(10), uid: "u", why: ["deleteClaim is true: its data is lost"] },
    ],
    [{ kind: "WriteStatus", phase: "final" }],
  ),
  leftAlone: [
    {
      subject: "KafkaNodePool controller",
      reason: "StorageShrink",
      message: "a volume cannot become smaller: 10Gi stays in place of 5Gi, and everything else of its storage as it was",
      hint: "set spec.storage.size back to 10Gi",
    },
  ],
};
