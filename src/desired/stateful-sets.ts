import type { CaName } from "../model/certificate.ts";
import type { ClusterSpec, PoolSpec, Probe } from "../model/cluster-spec.ts";
import type { KubeObject } from "../model/kube.ts";
import { brokersService, metadataOf, poolLabelsOf, serviceAccountName } from "./names.ts";
import { claimTemplates, ephemeralVolumes, mountPath, volumeName } from "./volumes.ts";

/** What makes a pod out of date: a change of one of these texts is a reason to restart it, named by the ecosystem. */
export type PodHashes = {
  /** Of the part of the broker configuration that is read only at start. */
  readonly configuration: string;
  /** Of the certificates of the pool's nodes. */
  readonly certificates: string;
  /** Generations of the two authorities that the nodes trust. */
  readonly clusterCa: number;
  readonly clientsCa: number;
};

/** The annotations by which a pod tells what it was started with. */
export const podAnnotations = (spec: ClusterSpec, hashes: PodHashes): Record<string, string> => ({
  "strimzi.io/configuration-hash": hashes.configuration,
  "strimzi.io/server-cert-hash": hashes.certificates,
  "strimzi.io/cluster-ca-cert-generation": String(hashes.clusterCa),
  "strimzi.io/clients-ca-cert-generation": String(hashes.clientsCa),
  "strimzi.io/kafka-version": spec.version,
});

/** Where the pool's ConfigMap, its Secret and the trusted authorities are mounted. */
export const configurationPath = "/opt/kafka/custom-config";
export const certificatesPath = "/opt/kafka/node-certs";
export const trustPath = "/opt/kafka/trust";

/** One ConfigMap and one Secret for a pool, since all pods of a StatefulSet mount the same. */
export const poolObjectName = (spec: ClusterSpec, pool: PoolSpec): string => `${spec.ref.name}-${pool.name}`;

/** The certificate of an authority straight from its Secret: what nodes trust needs no copy that could be out of date. */
const trusted = ({ ref }: ClusterSpec, ca: CaName) => ({
  secret: { name: `${ref.name}-${ca}-ca-cert`, items: [{ key: "ca.crt", path: `${ca}-ca.crt` }] },
});

const volumesOf = (spec: ClusterSpec, pool: PoolSpec) => [
  { name: "configuration", configMap: { name: poolObjectName(spec, pool), defaultMode: 0o444 } },
  { name: "node-certs", secret: { secretName: poolObjectName(spec, pool), defaultMode: 0o440 } },
  { name: "trust", projected: { defaultMode: 0o440, sources: [trusted(spec, "cluster"), trusted(spec, "clients")] } },
  { name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "5Mi" } },
  ...ephemeralVolumes(pool),
];

const mountsOf = (pool: PoolSpec) => [
  { name: "configuration", mountPath: configurationPath, readOnly: true },
  { name: "node-certs", mountPath: certificatesPath, readOnly: true },
  { name: "trust", mountPath: trustPath, readOnly: true },
  { name: "tmp", mountPath: "/tmp" },
  ...pool.volumes.map((volume) => ({ name: volumeName(volume), mountPath: mountPath(volume) })),
];

/** Brokers open their listeners when they run, controllers theirs at once. A plain port is asked where there is one: a probe speaks no TLS, which a TLS port logs. */
function probedPort(spec: ClusterSpec, pool: PoolSpec): number {
  if (!pool.roles.includes("broker")) return 9090;
  return spec.listeners.find((listener) => !listener.tls)?.port ?? 9091;
}

/**
 * Alive is what runs as process 1: Kafka itself, or the script that becomes it. No port is asked, since a broker that recovers its logs, which
 * may take hours, answers on none, and would begin anew each time it is killed for that.
 */
const liveness = (probe: Probe) => ({ ...probe, exec: { command: ["bash", "-c", "kill -0 1"] } });

const readiness = (probe: Probe, port: number) => ({ ...probe, tcpSocket: { port } });

const portsOf = (spec: ClusterSpec, pool: PoolSpec) => [
  ...(pool.roles.includes("controller") ? [{ name: "tcp-ctrlplane", containerPort: 9090 }] : []),
  ...(pool.roles.includes("broker")
    ? [
        { name: "tcp-replication", containerPort: 9091 },
        ...spec.listeners.map(({ name, port }) => ({ name: `tcp-${name}`, containerPort: port })),
      ]
    : []),
];

/** What the Pod Security Standard "restricted" wants. What a template says holds, field by field; the rest stays as it is here. */
const podSecurity = ({ template }: PoolSpec) => ({
  runAsNonRoot: true,
  runAsUser: 1000,
  fsGroup: 1000,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
  ...(template.spec.securityContext as object | undefined),
});

const containerSecurity = (pool: PoolSpec) => ({
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: podSecurity(pool).runAsNonRoot,
  seccompProfile: podSecurity(pool).seccompProfile,
  ...pool.template.containerSecurityContext,
});

function containerOf(spec: ClusterSpec, pool: PoolSpec) {
  return {
    name: "kafka",
    image: spec.image,
    imagePullPolicy: "IfNotPresent",
    command: ["bash", `${configurationPath}/start.sh`],
    ports: portsOf(spec, pool).map((entry) => ({ ...entry, protocol: "TCP" })),
    livenessProbe: liveness(spec.livenessProbe),
    readinessProbe: readiness(spec.readinessProbe, probedPort(spec, pool)),
    securityContext: containerSecurity(pool),
    volumeMounts: mountsOf(pool),
    ...(pool.resources === undefined ? {} : { resources: pool.resources }),
  };
}

/** One StatefulSet for a pool. Nothing restarts by itself (OnDelete); the ids of a pool are one range. */
export function desiredStatefulSet(spec: ClusterSpec, pool: PoolSpec, hashes: PodHashes): KubeObject {
  const labels = poolLabelsOf(spec, pool);
  const { template } = pool;
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadataOf(spec, { name: poolObjectName(spec, pool), labels }),
    spec: {
      replicas: pool.nodeIds.length,
      ordinals: { start: pool.nodeIds[0] ?? 0 },
      serviceName: brokersService(spec),
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "OnDelete" },
      selector: { matchLabels: { "strimzi.io/cluster": spec.ref.name, "strimzi.io/kind": "Kafka", "strimzi.io/pool-name": pool.name } },
      template: {
        metadata: { labels: { ...template.labels, ...labels }, annotations: { ...template.annotations, ...podAnnotations(spec, hashes) } },
        spec: {
          serviceAccountName: serviceAccountName(spec),
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 30,
          ...template.spec,
          securityContext: podSecurity(pool),
          containers: [containerOf(spec, pool)],
          volumes: volumesOf(spec, pool),
        },
      },
      volumeClaimTemplates: claimTemplates(pool),
    },
  };
}
