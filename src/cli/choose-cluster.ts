import { AppError } from "../model/errors.ts";
import type { ClusterRef } from "../model/observation.ts";
import { findClusters } from "../observe/find-clusters.ts";
import type { KubeApi } from "../ports/kube.ts";
import { nearest } from "./nearest.ts";

type Choice = {
  readonly kube: KubeApi;
  readonly named: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly line: string;
  readonly signal: AbortSignal;
};

/**
 * The cluster a verb works on: the one that was named, else KUBECTL_KAFKA_CLUSTER, else the only one of the namespace.
 * Throws Usage with the candidates when there are several, ClusterNotFound when there is none. `line` is the verb as typed, for the hint.
 */
export async function chooseCluster({ kube, named, env, line, signal }: Choice): Promise<ClusterRef> {
  const { namespace } = kube.target;
  const name = named ?? (env.KUBECTL_KAFKA_CLUSTER || undefined);
  if (name !== undefined) return { namespace, name };
  const found = await findClusters(kube, { namespace }, signal);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) throw await notFound(kube, undefined, { line, signal });
  throw new AppError("Usage", `namespace ${namespace} has ${found.length} Kafka clusters: ${found.map((ref) => ref.name).join(", ")}`, {
    hint: `${line} ${only.name} -n ${namespace}`,
  });
}

/** What to say when a cluster is not there: the near name in this namespace, else where such a name, or any cluster, is. */
export async function notFound(
  kube: KubeApi,
  name: string | undefined,
  { line, signal }: { line: string; signal: AbortSignal },
): Promise<AppError> {
  const { namespace } = kube.target;
  const what = name === undefined ? `no Kafka cluster in namespace ${namespace}` : `no Kafka cluster ${name} in namespace ${namespace}`;
  const all = await findClusters(kube, {}, signal).catch(() => findClusters(kube, { namespace }, signal).catch((): ClusterRef[] => []));
  const here = all.filter((ref) => ref.namespace === namespace).map((ref) => ref.name);
  const near = name === undefined ? undefined : nearest(name, here);
  const elsewhere = all.find((ref) => ref.namespace !== namespace && (name === undefined || ref.name === name));
  const other = near ?? here[0];
  if (near !== undefined) return new AppError("ClusterNotFound", what, { hint: `did you mean ${near}? ${line} ${near} -n ${namespace}` });
  if (elsewhere !== undefined)
    return new AppError("ClusterNotFound", what, {
      hint: `there is one in namespace ${elsewhere.namespace}: ${line} ${elsewhere.name} -n ${elsewhere.namespace}`,
    });
  if (other !== undefined) return new AppError("ClusterNotFound", what, { hint: `clusters there: ${here.join(", ")}` });
  return new AppError("ClusterNotFound", what, { hint: "kubectl kafka list -A shows the clusters of all namespaces" });
}
