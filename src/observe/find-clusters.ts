import { AppError } from "../model/errors.ts";
import { atVersion, resources } from "../model/kube.ts";
import type { ClusterRef, Gap } from "../model/observation.ts";
import type { KubeApi } from "../ports/kube.ts";
import { seen } from "./gaps.ts";
import type { Kafka, Pod } from "./kube-shapes.ts";
import { clustersIn, servedStrimziVersion } from "./read-kube.ts";

/**
 * The clusters of a namespace (or of all) by name alone: Kafka resources where that kind exists, and labelled pods. `selector`, in kubectl's
 * syntax, narrows both. Throws when neither may be listed.
 */
export async function findClusters(
  kube: KubeApi,
  scope: { readonly namespace?: string | undefined; readonly selector?: string | undefined },
  signal?: AbortSignal,
): Promise<ClusterRef[]> {
  const gaps: Gap[] = [];
  const { namespace, selector } = scope;
  const declared = servedStrimziVersion(kube, signal).then((version) =>
    version === undefined
      ? undefined
      : seen(
          gaps,
          "Kafka resources",
          kube.list({ resource: atVersion(resources.kafkas, version), namespace, labelSelector: selector, metadataOnly: true }, signal),
        ),
  );
  const labelSelector = ["strimzi.io/cluster", "strimzi.io/kind=Kafka", selector].filter(Boolean).join(",");
  const [kafkas, pods] = await Promise.all([
    declared,
    seen(gaps, "pods", kube.list({ resource: resources.pods, namespace, labelSelector, metadataOnly: true }, signal)),
  ]);
  const refused = gaps[0];
  if (kafkas === undefined && pods === undefined && refused) throw new AppError("Forbidden", refused.because, { hint: refused.hint });
  const none = { pools: [], statefulSets: [], podSets: [], claims: [], secrets: [], services: [], operators: [], hosts: [] };
  return clustersIn({ ...none, kafkas: (kafkas?.items ?? []) as Kafka[], pods: (pods?.items ?? []) as Pod[] });
}
