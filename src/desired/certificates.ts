import type { CaName } from "../model/certificate.ts";
import type { CaSettings, ClusterSpec, PoolSpec } from "../model/cluster-spec.ts";
import type { KubeObject } from "../model/kube.ts";
import { bootstrapService, brokersService, labelsOf, metadataOf, type NodePlace, nodesOf, poolLabelsOf } from "./names.ts";
import { poolObjectName } from "./stateful-sets.ts";

// Names, keys, labels, annotations and subjects of the certificates of a cluster: Strimzi's, so that clients made for it find them.

/** How often an authority's certificate and key have been replaced; both begin with 0. */
export type Generations = { readonly certificate: number; readonly key: number };

/** A leaf certificate that a cluster needs, and the keys of its Secret. */
export type WantedLeaf = {
  readonly secret: string;
  readonly certificateKey: string;
  readonly privateKey: string;
  readonly commonName: string;
  readonly dns: readonly string[];
  readonly ca: CaName;
};

export const generationAnnotations = {
  certificate: "strimzi.io/ca-cert-generation",
  key: "strimzi.io/ca-key-generation",
  /** On what the cluster's authority has signed. */
  signedBy: "strimzi.io/cluster-ca-cert-generation",
} as const;

export const settingsOf = (spec: ClusterSpec, ca: CaName): CaSettings => (ca === "cluster" ? spec.clusterCa : spec.clientsCa);

/** The Secrets of an authority: one may be shown to clients, the other to nobody. */
export const authoritySecretNames = (spec: ClusterSpec, ca: CaName): { readonly certificate: string; readonly key: string } => ({
  certificate: `${spec.ref.name}-${ca}-ca-cert`,
  key: `${spec.ref.name}-${ca}-ca`,
});

export const authorityCommonName = (ca: CaName, keyGeneration: number): string => `${ca}-ca v${keyGeneration}`;

const secret = (metadata: KubeObject["metadata"]): KubeObject => ({ apiVersion: "v1", kind: "Secret", metadata, type: "Opaque" });

/** Both Secrets of an authority, without their data: `ca.crt` in one, `ca.key` in the other. */
export function authoritySecrets(spec: ClusterSpec, ca: CaName, generations: Generations): { certificate: KubeObject; key: KubeObject } {
  const names = authoritySecretNames(spec, ca);
  const labels = {
    ...labelsOf(spec),
    "strimzi.io/name": "strimzi",
    "strimzi.io/component-type": "certificate-authority",
    "app.kubernetes.io/name": "certificate-authority",
  };
  const make = (part: keyof Generations): KubeObject => {
    const annotations = { [generationAnnotations[part]]: String(generations[part]) };
    const { ownerReferences, ...metadata } = metadataOf(spec, { name: names[part], labels, annotations });
    return secret(settingsOf(spec, ca).ownerReference && ownerReferences ? { ...metadata, ownerReferences } : metadata);
  };
  return { certificate: make("certificate"), key: make("key") };
}

/** What the nodes trust, for whoever wants to know it: the Secret, without its data, and the keys of it. */
export const trustBundle = (spec: ClusterSpec): KubeObject => secret(metadataOf(spec, { name: `${spec.ref.name}-trustbundle` }));

export const trustBundleKey = (ca: CaName): string => `${ca}-ca.crt`;

/** The Secret of the leaf certificates of a pool's nodes, without its data. */
export function nodeCertificatesSecret(spec: ClusterSpec, pool: PoolSpec, caGeneration: number): KubeObject {
  const annotations = { [generationAnnotations.signedBy]: String(caGeneration) };
  return secret(metadataOf(spec, { name: poolObjectName(spec, pool), labels: poolLabelsOf(spec, pool), annotations }));
}

const adminSecretName = (spec: ClusterSpec): string => `${spec.ref.name}-cluster-operator-certs`;

/** The Secret of the identity this tool itself has towards the nodes, without its data. */
export function adminSecret(spec: ClusterSpec, caGeneration: number): KubeObject {
  const annotations = { [generationAnnotations.signedBy]: String(caGeneration) };
  return secret(metadataOf(spec, { name: adminSecretName(spec), annotations }));
}

/** The names of a Service inside the cluster, from the shortest on. */
const serviceNames = (name: string, namespace: string): string[] => [
  name,
  `${name}.${namespace}`,
  `${name}.${namespace}.svc`,
  `${name}.${namespace}.svc.cluster.local`,
];

/** Where a node can be reached inside the cluster (Strimzi's set and order): through both Services, and itself. */
export function brokerSans(spec: ClusterSpec, node: NodePlace): string[] {
  const { namespace } = spec.ref;
  const own = `${node.pod}.${brokersService(spec)}.${namespace}.svc`;
  return [
    ...serviceNames(bootstrapService(spec), namespace),
    ...serviceNames(brokersService(spec), namespace),
    `${own}.cluster.local`,
    own,
  ];
}

/** X.509 allows 64 characters. */
const nodeCommonName = (spec: ClusterSpec): string => `${spec.ref.name}-kafka`.slice(0, 64);

/** Every leaf certificate of the cluster: one per node, in the order of their ids, and this tool's own. */
export function wantedLeaves(spec: ClusterSpec): WantedLeaf[] {
  const nodes = nodesOf(spec).map(
    (node): WantedLeaf => ({
      secret: poolObjectName(spec, node.pool),
      certificateKey: `${node.pod}.crt`,
      privateKey: `${node.pod}.key`,
      commonName: nodeCommonName(spec),
      dns: brokerSans(spec, node),
      ca: "cluster",
    }),
  );
  const admin: WantedLeaf = {
    secret: adminSecretName(spec),
    certificateKey: "cluster-operator.crt",
    privateKey: "cluster-operator.key",
    commonName: "cluster-operator",
    dns: [],
    ca: "cluster",
  };
  return [...nodes, admin];
}
