import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { KubeObject, OwnerReference } from "../../../src/model/kube.ts";
import type { Store } from "./store.ts";

type Template = { metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }; spec?: Record<string, unknown> };
type ClaimTemplate = { metadata: { name: string; labels?: Record<string, string> }; spec: Record<string, unknown> };

export type StatefulSet = KubeObject & {
  spec: {
    replicas?: number;
    ordinals?: { start?: number };
    selector: { matchLabels: Record<string, string> };
    template: Template;
    volumeClaimTemplates?: ClaimTemplate[];
    updateStrategy?: { type?: string };
  };
};

export const isTerminating = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;

/** Templates are shared until they change, and are hashed once. */
const hashes = new WeakMap<object, string>();

function revisionOf({ metadata, spec: { template } }: StatefulSet): string {
  const hash =
    hashes.get(template) ??
    createHash("sha256")
      .update(JSON.stringify(sorted(template)))
      .digest("hex")
      .slice(0, 10);
  hashes.set(template, hash);
  return `${metadata.name}-${hash}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

const ownerOf = (set: KubeObject): OwnerReference => ({
  apiVersion: set.apiVersion,
  kind: set.kind,
  name: set.metadata.name,
  uid: set.metadata.uid ?? "",
  controller: true,
  blockOwnerDeletion: true,
});

const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller);

const selects = ({ spec }: StatefulSet, pod: KubeObject): boolean =>
  Object.entries(spec.selector.matchLabels).every(([key, value]) => pod.metadata.labels?.[key] === value);

function makeClaims(store: Store, set: StatefulSet, pod: string): { name: string; persistentVolumeClaim: { claimName: string } }[] {
  const { namespace } = set.metadata;
  return (set.spec.volumeClaimTemplates ?? []).map(({ metadata: { name, labels }, spec }) => {
    const claimName = `${name}-${pod}`;
    if (store.find("PersistentVolumeClaim", namespace, claimName) === undefined)
      store.insert({
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: claimName, ...(namespace ? { namespace } : {}), labels: { ...labels, ...set.spec.selector.matchLabels } },
        spec,
        status: { phase: "Pending" },
      });
    return { name, persistentVolumeClaim: { claimName } };
  });
}

function makePod(store: Store, set: StatefulSet, name: string): void {
  const { metadata, spec } = set.spec.template;
  const account = spec?.serviceAccountName as string | undefined;
  if (account !== undefined && store.find("ServiceAccount", set.metadata.namespace, account) === undefined) return;
  const claims = makeClaims(store, set, name);
  const revision = revisionOf(set);
  const labels = { ...metadata?.labels, "controller-revision-hash": revision, "statefulset.kubernetes.io/pod-name": name };
  store.insert({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      ...(set.metadata.namespace ? { namespace: set.metadata.namespace } : {}),
      labels,
      annotations: { ...metadata?.annotations },
      ownerReferences: [ownerOf(set)],
    },
    spec: { ...structuredClone(spec), volumes: [...((spec?.volumes as object[] | undefined) ?? []), ...claims] },
    status: { phase: "Pending", conditions: [{ type: "PodScheduled", status: "True" }] },
  });
}

/** What the StatefulSet controller does when it looks: adopt, make what is missing, drop what is too much, tell its revision. OnDelete only. */
export function reconcileSet(store: Store, set: StatefulSet, drop: (pod: KubeObject) => void): void {
  if (set.spec.updateStrategy?.type !== "OnDelete") throw new Error("this world knows OnDelete only");
  const pods = store.all("Pod").filter((pod) => pod.metadata.namespace === set.metadata.namespace);
  for (const pod of pods.filter((one) => controllerOf(one) === undefined && selects(set, one) && !isTerminating(one)))
    store.update({ ...pod, metadata: { ...pod.metadata, ownerReferences: [...(pod.metadata.ownerReferences ?? []), ownerOf(set)] } });
  const start = set.spec.ordinals?.start ?? 0;
  const names = Array.from({ length: set.spec.replicas ?? 1 }, (_, at) => `${set.metadata.name}-${start + at}`);
  for (const name of names.filter((one) => store.find("Pod", set.metadata.namespace, one) === undefined)) makePod(store, set, name);
  const own = store.all("Pod").filter((pod) => controllerOf(pod)?.uid === set.metadata.uid);
  for (const pod of own) if (!names.includes(pod.metadata.name) && !isTerminating(pod)) drop(pod);
  const ready = own.filter(isReady).length;
  const status = { replicas: own.length, readyReplicas: ready, updateRevision: revisionOf(set), currentRevision: revisionOf(set) };
  if (!isDeepStrictEqual(set.status, status)) store.update({ ...set, status });
}

export const isReady = (pod: KubeObject): boolean =>
  (pod.status as { conditions?: { type: string; status: string }[] } | undefined)?.conditions?.some(
    ({ type, status }) => type === "Ready" && status === "True",
  ) ?? false;
