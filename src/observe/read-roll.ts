import { AppError } from "../model/errors.ts";
import { msOf } from "../model/instant.ts";
import { atVersion, type KubeObject, type OwnerReference, resources } from "../model/kube.ts";
import type { ClusterRef } from "../model/observation.ts";
import type { RollJournal, RollState } from "../model/roll.ts";
import type { KubeApi } from "../ports/kube.ts";
import { servedStrimziVersion } from "./read-kube.ts";

/** The ConfigMap that a cluster's last roll is written to, and the key. It is no part of the cluster, and carries none of its labels. */
export const journalRef = ({ namespace, name }: ClusterRef) => ({ resource: resources.configMaps, namespace, name: `${name}-roll` });
export const journalKey = "roll.json";

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

const isNode = (value: unknown): boolean =>
  isObject(value) && typeof value.node === "number" && typeof value.pod === "string" && typeof value.uid === "string";

/** A journal as it was written; undefined for anything else. */
export function parseJournal(text: string): RollJournal | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || value.apiVersion !== "kubectl-kafka/v1" || value.kind !== "Roll" || !isObject(value.request)) return undefined;
    if (typeof value.startedAt !== "string" || !Array.isArray(value.nodes) || !value.nodes.every(isNode)) return undefined;
    return value as RollJournal;
  } catch {
    return undefined;
  }
}

async function orNothing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AppError && error.code === "NotFound") return undefined;
    throw error;
  }
}

/** The cluster's last roll; undefined: none was written down, or what is there is not ours to read. */
export async function readJournal(kube: KubeApi, cluster: ClusterRef, signal?: AbortSignal): Promise<RollJournal | undefined> {
  const found = (await orNothing(kube.get(journalRef(cluster), signal))) as (KubeObject & { data?: Record<string, string> }) | undefined;
  const text = found?.data?.[journalKey];
  return text === undefined ? undefined : parseJournal(text);
}

type Lease = KubeObject & { spec?: { holderIdentity?: string; renewTime?: string; leaseDurationSeconds?: number } };

/** Who holds a cluster for a run, by its Lease; undefined: nobody. */
async function holderOf(kube: KubeApi, { namespace, name }: ClusterRef, now: number): Promise<string | undefined> {
  const lease = (await orNothing(kube.get({ resource: resources.leases, namespace, name: `kubectl-kafka-${name}` }))) as Lease | undefined;
  const { holderIdentity, renewTime = "", leaseDurationSeconds = 60 } = lease?.spec ?? {};
  return msOf(renewTime) + leaseDurationSeconds * 1_000 > now ? holderIdentity : undefined;
}

async function stateOf(kube: KubeApi, journal: RollJournal, now: number): Promise<RollState["state"]> {
  if (journal.outcome === "done") return "done";
  try {
    return (await holderOf(kube, journal.cluster, now)) === journal.holder && journal.endedAt === undefined ? "underWay" : "unfinished";
  } catch (error) {
    if (error instanceof AppError && error.code === "Forbidden") return "unknown";
    throw error;
  }
}

/** A roll beside the pods that are there now. A node with another pod than before is done; a node that is away has none. */
export async function rollState(
  kube: KubeApi,
  journal: RollJournal,
  { now, signal }: { now: number; signal?: AbortSignal },
): Promise<RollState> {
  const { namespace, name } = journal.cluster;
  const pods = kube.list({ resource: resources.pods, namespace, labelSelector: `strimzi.io/cluster=${name}` }, signal);
  const [{ items }, state] = await Promise.all([pods, stateOf(kube, journal, now)]);
  const uids = new Map(items.map(({ metadata }) => [metadata.name, metadata.uid]));
  const nodes = journal.nodes.map((node) => {
    const uid = uids.get(node.pod);
    return { ...node, isDone: node.outcome !== undefined || (uid !== undefined && uid !== node.uid) };
  });
  return { ...journal, state, nodes };
}

const asOwner = ({ apiVersion, kind, metadata }: KubeObject): OwnerReference => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid ?? "",
});

/** With whom a journal goes: the Kafka resource, else the cluster's first StatefulSet. */
export async function journalOwner(
  kube: KubeApi,
  { namespace, name }: ClusterRef,
  signal?: AbortSignal,
): Promise<OwnerReference | undefined> {
  const version = await servedStrimziVersion(kube, signal);
  if (version !== undefined) {
    const kafka = await orNothing(kube.get({ resource: atVersion(resources.kafkas, version), namespace, name }, signal));
    if (kafka !== undefined) return asOwner(kafka);
  }
  const { items } = await kube.list({ resource: resources.statefulSets, namespace, labelSelector: `strimzi.io/cluster=${name}` }, signal);
  return items[0] && asOwner(items[0]);
}
