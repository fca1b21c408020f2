import type { Mode, Operator } from "../model/observation.ts";
import type { Deployment } from "./kube-shapes.ts";
import type { KubeView } from "./read-kube.ts";

/** "0.45.0" of "quay.io/strimzi/operator:0.45.0"; undefined for a digest or no tag. */
export function imageTag(image: string | undefined): string | undefined {
  const [, tag] = /:([^:/@]+)(?:@.*)?$/.exec(image ?? "") ?? [];
  return tag;
}

/** Strimzi's STRIMZI_NAMESPACE: a list, "*", or a reference to its own namespace. */
function watches(deployment: Deployment, namespace: string): boolean {
  const env = deployment.spec?.template?.spec?.containers?.[0]?.env?.find((variable) => variable.name === "STRIMZI_NAMESPACE");
  if (env === undefined) return true;
  if (env.value === undefined) return deployment.metadata.namespace === namespace;
  const watched = env.value.split(",").map((entry) => entry.trim());
  return watched.includes("*") || watched.includes(namespace);
}

/** The Strimzi Cluster Operator that watches the namespace; one that is ready goes first. */
export function findOperator(deployments: readonly Deployment[], namespace: string): Operator | undefined {
  const candidates = deployments
    .filter((deployment) => deployment.metadata.name.includes("cluster-operator") && watches(deployment, namespace))
    .map((deployment): Operator => {
      const version = imageTag(deployment.spec?.template?.spec?.containers?.[0]?.image);
      return {
        namespace: deployment.metadata.namespace ?? "",
        name: deployment.metadata.name,
        ready: (deployment.status?.availableReplicas ?? 0) > 0,
        ...(version === undefined ? {} : { version }),
      };
    });
  return candidates.find((operator) => operator.ready) ?? candidates[0];
}

/**
 * Who reconciles the cluster, by the strongest evidence there is:
 * 1. StrimziPodSets of the cluster, or pods owned by one: an operator made them.
 * 2. An operator that watches the namespace, and a Kafka resource for it to reconcile.
 * 3. Otherwise nobody: direct.
 */
export function detectMode(view: KubeView, operator: Operator | undefined): Mode {
  if (view.podSets.length > 0) return { kind: "managed", because: "its pods belong to StrimziPodSets" };
  const owned = view.pods.some((pod) => pod.metadata.ownerReferences?.some((owner) => owner.kind === "StrimziPodSet"));
  if (owned) return { kind: "managed", because: "its pods belong to StrimziPodSets" };
  if (operator !== undefined && view.kafkas.length > 0)
    return { kind: "managed", because: `operator ${operator.namespace}/${operator.name} watches the namespace` };
  return { kind: "direct", because: view.statefulSets.length > 0 ? "its pods belong to StatefulSets" : "no operator" };
}
