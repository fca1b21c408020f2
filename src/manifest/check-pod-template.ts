import type { Path } from "../model/problem.ts";
import type { TemplateFields } from "./kafka-resource.ts";
import { type Reporter, repeated } from "./reporter.ts";

// What a template of pods may not say: what the cluster is found by, what pods tell of themselves, and what Kubernetes takes for twice the same.

const ours = /^(strimzi\.io|kubectl-kafka)\//;

/** Set by this tool, or by Kubernetes on the pods of a StatefulSet. */
const takenLabels = new Set([
  "app.kubernetes.io/name",
  "app.kubernetes.io/instance",
  "app.kubernetes.io/part-of",
  "app.kubernetes.io/managed-by",
  "controller-revision-hash",
  "statefulset.kubernetes.io/pod-name",
  "apps.kubernetes.io/pod-index",
]);

type Entry = Readonly<Record<string, unknown>>;

/** Lists whose entries Kubernetes tells apart, and by which fields. */
const keyed: Readonly<Record<string, readonly string[]>> = {
  topologySpreadConstraints: ["topologyKey", "whenUnsatisfiable"],
  hostAliases: ["ip"],
  imagePullSecrets: ["name"],
};

/** `path`: of the template. */
export function checkPodTemplate(report: Reporter, path: Path, { pod = {} }: TemplateFields = {}): void {
  const { labels = {}, annotations = {} } = pod.metadata ?? {};
  const metadata = [...path, "pod", "metadata"];
  for (const name of Object.keys(labels)) {
    if (ours.test(name)) report.error([...metadata, "labels", name], "labels of strimzi.io cannot be chosen");
    else if (takenLabels.has(name)) report.error([...metadata, "labels", name], "this label is set for every pod and cannot be chosen");
  }
  for (const name of Object.keys(annotations))
    if (ours.test(name)) report.error([...metadata, "annotations", name], "annotations of strimzi.io cannot be chosen");
  for (const [list, keys] of Object.entries(keyed)) {
    const entries = (pod[list] ?? []) as readonly Entry[];
    for (const { index } of repeated(entries, (entry) => JSON.stringify(keys.map((key) => entry[key]))))
      report.error([...path, "pod", list, index], `there is another entry with the same ${keys.join(" and ")}`);
  }
}
