import type { ClusterSpec, InternalListener } from "../model/cluster-spec.ts";
import type { KubeObject } from "../model/kube.ts";
import { metadataOf, nodesOf, selectorOf, serviceAccountName } from "./names.ts";

/** No rights at all: Kafka asks nothing of the Kubernetes API. */
export const desiredServiceAccount = (spec: ClusterSpec): KubeObject => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: metadataOf(spec, { name: serviceAccountName(spec) }),
  automountServiceAccountToken: false,
});

const tcp = (port: number) => ({ protocol: "TCP", port });

/** Who may connect to a listener: everybody where nobody is named; an empty list is nobody, which for Kubernetes is no rule at all. */
function clientRule(port: number, peers: InternalListener["networkPolicyPeers"]) {
  if (peers?.length === 0) return [];
  return [{ ...(peers === undefined ? {} : { from: peers }), ports: [tcp(port)] }];
}

/**
 * Controllers and brokers talk among themselves on 9090 and 9091; clients reach the listeners from anywhere. Port-forwards come from the
 * kubelet, which network policies do not hold back.
 */
export function desiredNetworkPolicy(spec: ClusterSpec): KubeObject {
  const own = { podSelector: { matchLabels: selectorOf(spec) } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadataOf(spec, { name: `${spec.ref.name}-network-policy-kafka` }),
    spec: {
      podSelector: { matchLabels: selectorOf(spec) },
      policyTypes: ["Ingress"],
      ingress: [
        { from: [own], ports: [tcp(9090)] },
        { from: [own], ports: [tcp(9091)] },
        ...spec.listeners.flatMap(({ port, networkPolicyPeers }) => clientRule(port, networkPolicyPeers)),
      ],
    },
  };
}

/** So many nodes of the whole cluster may be away by choice at a time, one unless said otherwise (as Strimzi has it: the others must stay). */
export const desiredDisruptionBudget = (spec: ClusterSpec): KubeObject => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: metadataOf(spec, { name: `${spec.ref.name}-kafka` }),
  spec: { minAvailable: Math.max(0, nodesOf(spec).length - (spec.maxUnavailable ?? 1)), selector: { matchLabels: selectorOf(spec) } },
});
