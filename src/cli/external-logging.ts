import { getObject } from "../execute/get-object.ts";
import type { ClusterSpec } from "../model/cluster-spec.ts";
import { type KubeObject, resources } from "../model/kube.ts";
import type { Notice } from "../model/plan.ts";
import type { KubeApi } from "../ports/kube.ts";

type ExternalLogging = { /** Left out: the default. */ readonly text?: string; readonly refusals: readonly Notice[] };

/**
 * The text that external logging names. What it names and is not there is a refusal, unless the reference is optional: then it is the default,
 * as Kubernetes takes the word.
 */
export async function readLogging(kube: KubeApi, { logging, ref }: ClusterSpec, signal: AbortSignal): Promise<ExternalLogging> {
  if (logging.kind !== "external") return { refusals: [] };
  const { configMap: name, key, optional } = logging;
  const found = await getObject(kube, { resource: resources.configMaps, namespace: ref.namespace, name }, signal);
  const text = (found as (KubeObject & { data?: Record<string, string> }) | undefined)?.data?.[key];
  if (text !== undefined) return { text, refusals: [] };
  if (optional) return { refusals: [] };
  const what = found === undefined ? "which is not there" : "which has no such key";
  const refusal: Notice = {
    subject: `Kafka ${ref.name}`,
    reason: "LoggingNotFound",
    message: `spec.kafka.logging names the key ${key} of ConfigMap ${ref.namespace}/${name}, ${what}`,
    hint:
      found === undefined
        ? `kubectl create configmap ${name} -n ${ref.namespace} --from-file=${key}=FILE`
        : `keys that it has: ${Object.keys((found as { data?: object }).data ?? {}).join(", ") || "none"}`,
  };
  return { refusals: [refusal] };
}
