import { AppError } from "../model/errors.ts";
import { toInstant } from "../model/instant.ts";
import type { KafkaTarget } from "../model/kafka-target.ts";
import { resources } from "../model/kube.ts";
import type { ClusterRef, Declared, Gap, Observation } from "../model/observation.ts";
import type { ReadCertificates } from "../ports/certificates.ts";
import type { Clock } from "../ports/clock.ts";
import type { BrokerInfo, OpenKafka } from "../ports/kafka.ts";
import type { KafkaControl } from "../ports/kafka-cluster.ts";
import type { KubeApi } from "../ports/kube.ts";
import { certificatesOf } from "./certificates.ts";
import { toGap } from "./gaps.ts";
import { listenerAddresses, ownAccess, userAccess } from "./kafka-access.ts";
import { type KafkaAnswer, readKafka, withKafka } from "./kafka-state.ts";
import type { Secret } from "./kube-shapes.ts";
import { detectMode, findOperator } from "./mode.ts";
import { nodesOf } from "./nodes.ts";
import { openWay } from "./open-way.ts";
import { clustersIn, type KubeView, readKube, type Scope, viewOf } from "./read-kube.ts";

export type Sources = {
  readonly kube: KubeApi;
  readonly openKafka: OpenKafka;
  readonly readCertificates: ReadCertificates;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
};

/** How to reach the brokers. Nothing given: through the API server, with the cluster's own identity. */
export type Access = { readonly target?: KafkaTarget; readonly asUser?: string };

export type Look = { readonly access: Access /** Connect to every broker to read its volumes. */; readonly disks: boolean };

function declaredOf(view: KubeView): Declared | undefined {
  const kafka = view.kafkas[0];
  if (kafka === undefined) return undefined;
  const { status, spec, metadata } = kafka;
  const version = status?.kafkaVersion ?? spec?.kafka?.version;
  const metadataVersion = status?.kafkaMetadataVersion ?? spec?.kafka?.metadataVersion;
  return {
    paused: metadata.annotations?.["strimzi.io/pause-reconciliation"] === "true",
    conditions: status?.conditions ?? [],
    ...(version === undefined ? {} : { version }),
    ...(metadataVersion === undefined ? {} : { metadataVersion }),
    ...(status?.clusterId === undefined ? {} : { clusterId: status.clusterId }),
    ...(metadata.generation === undefined ? {} : { generation: metadata.generation }),
    ...(status?.observedGeneration === undefined ? {} : { observedGeneration: status.observedGeneration }),
  };
}

/** Pods come and go; the resource or the sets tell how old the cluster is. */
function createdAt(view: KubeView): string | undefined {
  const keepers = [view.kafkas, view.pools, view.statefulSets, view.podSets, view.pods].find((objects) => objects.length > 0) ?? [];
  return keepers.flatMap(({ metadata }) => metadata.creationTimestamp ?? []).sort()[0];
}

type Ask = { readonly ref: ClusterRef; readonly view: KubeView; readonly look: Look; readonly gaps: Gap[] };

type Way = Pick<Ask, "ref" | "view"> & { readonly look: Pick<Look, "access"> };

async function targetFor({ kube, signal }: Pick<Sources, "kube" | "signal">, { ref, view, look }: Way): Promise<KafkaTarget> {
  const { target, asUser } = look.access;
  if (target !== undefined) return target;
  if (asUser === undefined) return ownAccess(ref, view);
  return userAccess(ref, view, (await kube.get({ resource: resources.secrets, namespace: ref.namespace, name: asUser }, signal)) as Secret);
}

/** Asks and hangs up again. Throws when no broker answers. */
async function askTarget(sources: Omit<Sources, "kube">, wanted: KafkaTarget, ask: { disks: boolean; gaps: Gap[] }): Promise<KafkaAnswer> {
  const { openKafka, clock, signal } = sources;
  const { admin, target, refused } = await openWay(openKafka, wanted, signal);
  try {
    const { route, via } = target;
    for (const way of refused) ask.gaps.push(toGap(`Kafka by ${way.via}`, way.error));
    // a broker whose pod is not running is told of as such; asking it for its volumes would only make us wait
    const hasDisks = ({ host }: BrokerInfo) => ask.disks && (route.kind === "Direct" || route.pods.includes(host.split(".", 1)[0] ?? ""));
    return await readKafka({ admin, via, now: clock.now(), hasDisks, signal }, ask.gaps);
  } finally {
    admin.close();
  }
}

type AskParts = { readonly disks: boolean; readonly gaps: Gap[] };

/** Kafka's answers; when nobody can be asked, a gap "Kafka" that says why. */
export async function askOrGap(sources: Sources, target: () => Promise<KafkaTarget>, parts: AskParts): Promise<KafkaAnswer | undefined> {
  try {
    return await askTarget(sources, await target(), parts);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "Interrupted") throw error;
    parts.gaps.push(toGap("Kafka", error));
    return undefined;
  }
}

async function observe(sources: Sources, ask: Ask): Promise<Observation> {
  const { ref, view, gaps } = ask;
  const answer = await askOrGap(sources, () => targetFor(sources, ask), { disks: ask.look.disks, gaps });
  const nodes = nodesOf(ref.name, view);
  const operator = findOperator(view.operators, ref.namespace);
  const declared = declaredOf(view);
  const created = createdAt(view);
  const read = certificatesOf(ref.name, view.secrets, sources.readCertificates);
  return {
    apiVersion: "kubectl-kafka/v1",
    kind: "ClusterObservation",
    observedAt: toInstant(sources.clock.now()),
    context: sources.kube.target.context,
    cluster: ref,
    ...(created === undefined ? {} : { createdAt: created }),
    mode: detectMode(view, operator),
    ...(operator === undefined ? {} : { operator }),
    ...(declared === undefined ? {} : { declared }),
    listeners: listenerAddresses(ref, view),
    nodes: answer === undefined ? nodes : withKafka(nodes, answer),
    ...(answer === undefined ? {} : { kafka: answer.state }),
    certificates: read.certificates,
    gaps: [...gaps, ...read.gaps],
  };
}

/** Each Kafka is a tunnel through the API server: this many at the same time. */
const kafkasAtOnce = 8;

async function inTurns<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}

const known = (view: KubeView): boolean =>
  [view.kafkas, view.pools, view.pods, view.statefulSets, view.podSets].some((found) => found.length > 0);

/** Observes one cluster. Undefined: nothing in the namespace carries that name. Throws Forbidden when that cannot be known. */
export async function observeCluster(sources: Sources, ref: ClusterRef, look: Look): Promise<Observation | undefined> {
  const gaps: Gap[] = [];
  const whole = await readKube({ ...sources, gaps }, { namespace: ref.namespace, cluster: ref.name });
  const view = viewOf(whole, ref);
  const refused = gaps.find(({ part }) => part === "pods");
  if (!known(view) && refused !== undefined) throw new AppError("Forbidden", refused.because, { hint: refused.hint });
  if (!known(view)) return undefined;
  return observe(sources, { ref, view, look, gaps });
}

/** Opens a cluster's Kafka by the way it is observed. Throws when no broker answers; the caller closes it. */
export async function openObserved(
  sources: Omit<Sources, "readCertificates" | "clock">,
  ref: ClusterRef,
  access: Access,
): Promise<KafkaControl> {
  const { target } = access;
  if (target !== undefined) return sources.openKafka(target, sources.signal);
  const view = viewOf(await readKube({ ...sources, gaps: [] }, { namespace: ref.namespace, cluster: ref.name }), ref);
  const way = await targetFor(sources, { ref, view, look: { access } });
  return (await openWay(sources.openKafka, way, sources.signal)).admin;
}

/** Observes a Kafka by its address alone. Throws when no broker answers: there is nothing else to show. */
export async function observeElsewhere(sources: Omit<Sources, "kube">, target: KafkaTarget, disks: boolean): Promise<Observation> {
  const gaps: Gap[] = [];
  const answer = await askTarget(sources, target, { disks, gaps });
  return {
    apiVersion: "kubectl-kafka/v1",
    kind: "ClusterObservation",
    observedAt: toInstant(sources.clock.now()),
    context: "",
    cluster: { namespace: "", name: target.bootstrap.map(({ host, port }) => `${host}:${port}`).join(",") },
    mode: { kind: "external", because: "reached by its address" },
    listeners: [],
    nodes: withKafka([], answer),
    kafka: answer.state,
    certificates: [],
    gaps,
  };
}

/** Observes every cluster in scope: a fixed number of requests to the API server for all of them, then each Kafka at the same time. */
export async function observeClusters(sources: Sources, scope: Scope, look: Look): Promise<{ observations: Observation[]; gaps: Gap[] }> {
  const gaps: Gap[] = [];
  const view = await readKube({ ...sources, gaps }, scope);
  const one = (ref: ClusterRef) => observe(sources, { ref, view: viewOf(view, ref), look, gaps: [...gaps] });
  return { observations: await inTurns(clustersIn(view), kafkasAtOnce, one), gaps };
}
