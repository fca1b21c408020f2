import { AppError } from "../model/errors.ts";
import { toInstant } from "../model/instant.ts";
import type { KafkaTarget } from "../model/kafka-target.ts";
import { resources } from "../model/kube.ts";
import type { ClusterRef, Gap, NodeState, Observation } from "../model/observation.ts";
import type { KubeApi } from "../ports/kube.ts";
import { type KafkaAnswer, withKafka } from "./kafka-state.ts";
import type { Pod, StatefulSet } from "./kube-shapes.ts";
import { nodeIdOf } from "./nodes.ts";
import { askOrGap, type Sources } from "./observe-cluster.ts";
import { podState } from "./pods.ts";
import { restartReasons } from "./restart-reasons.ts";

// Observes a Kafka on StatefulSets that carry no labels of Strimzi's, by a selector of its pods.
// 1. Kafka is reached by the address given, else through the API server at the pods' own port for clients, without authentication.
// 2. A pod is the broker whose advertised host begins with its name. A pod that no broker names is a controller, when its name ends with the
//    id of a voter that is no broker. Nothing is guessed: a pod that is neither is a fault.
// 3. Who is who is found once; brokers that are away are not forgotten.

export type Selected = {
  readonly namespace: string;
  readonly selector: string;
  /** Left out: through the API server. */
  readonly target?: KafkaTarget;
  /** The nodes as they were found first: which pod is which node, in which roles, does not change. */
  readonly before?: readonly NodeState[];
  readonly disks: boolean;
};

/** Names of ports for clients, as charts have them. */
const clientPort = /^(tcp-)?(client|kafka|plaintext|plain)(-.*)?$/;
const usualPort = 9092;

/** One that is shutting down answers nobody soon, though it is ready still. */
function serves(pod: Pod): boolean {
  const { ready, terminating } = podState(pod);
  return ready && !terminating;
}

function targetOf(pods: readonly Pod[], namespace: string): KafkaTarget {
  const running = pods.filter((pod) => pod.status?.phase === "Running").sort((a, b) => Number(serves(b)) - Number(serves(a)));
  const names = running.map(({ metadata }) => metadata.name);
  if (names.length === 0) throw new AppError("KafkaUnreachable", "none of the pods is running");
  const ports = running.flatMap(({ spec }) => spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const port = ports.find(({ name }) => clientPort.test(name ?? ""))?.containerPort ?? usualPort;
  const bootstrap = names.map((host) => ({ host, port }));
  return { bootstrap, security: {}, route: { kind: "Tunnel", namespace, pods: names }, via: `port ${port} without authentication` };
}

const ownerOf = ({ metadata }: Pod): string | undefined => metadata.ownerReferences?.find(({ controller }) => controller)?.name;

type Where = Pick<Selected, "namespace" | "selector">;

async function listPods(kube: KubeApi, { namespace, selector }: Where, signal?: AbortSignal): Promise<Pod[]> {
  return (await kube.list({ resource: resources.pods, namespace, labelSelector: selector }, signal)).items as Pod[];
}

function requirePods(pods: readonly Pod[], { namespace, selector }: Where): void {
  if (pods.length > 0) return;
  throw new AppError("NotFound", `no pod in namespace ${namespace} has the labels ${selector}`, {
    hint: `kubectl get pods -n ${namespace} --show-labels`,
  });
}

/** The name by which locks and journals know such a cluster: that of its release, else of its first set. */
export async function selectedRef(
  kube: KubeApi,
  selected: Pick<Selected, "namespace" | "selector">,
  signal?: AbortSignal,
): Promise<ClusterRef> {
  const pods = await listPods(kube, selected, signal);
  requirePods(pods, selected);
  const managed = pods.find(({ metadata }) => metadata.labels?.["strimzi.io/cluster"] !== undefined);
  if (managed !== undefined)
    throw new AppError("Usage", `${managed.metadata.name} belongs to Kafka ${managed.metadata.labels?.["strimzi.io/cluster"]}`, {
      hint: "name that cluster in the place of a selector",
    });
  const [release] = pods.flatMap(({ metadata }) => metadata.labels?.["app.kubernetes.io/instance"] ?? []);
  const [owner] = pods.flatMap((pod) => ownerOf(pod) ?? []).sort();
  return { namespace: selected.namespace, name: release ?? owner ?? pods[0]?.metadata.name ?? "" };
}

type Identity = Pick<NodeState, "id" | "roles">;

/** Which node a pod is, by what Kafka tells of brokers and voters. */
function identify(pod: string, answer: KafkaAnswer | undefined, [gap]: readonly Gap[]): Identity {
  if (answer === undefined)
    throw new AppError("KafkaUnreachable", `Kafka could not be asked which node ${pod} is: ${gap?.because}`, { hint: gap?.hint });
  const { brokers } = answer.info;
  const isVoter = (id: number | undefined): boolean => answer.state.quorum?.voters.some((voter) => voter.id === id) ?? false;
  const broker = brokers.find(({ host }) => host.split(".", 1)[0] === pod)?.id;
  if (broker !== undefined) return { id: broker, roles: isVoter(broker) ? ["controller", "broker"] : ["broker"] };
  const digits = nodeIdOf(pod);
  if (digits !== undefined && isVoter(digits) && !brokers.some(({ id }) => id === digits)) return { id: digits, roles: ["controller"] };
  throw new AppError("KafkaUnreachable", `no broker advertises a host that begins with ${pod}: which node it is cannot be told`, {
    hint: "choose pods of one Kafka alone, and reach it by a listener that advertises its pods' names (--bootstrap-server HOST:PORT)",
  });
}

function nodeOf(pod: Pod, identity: Identity, sets: readonly StatefulSet[]): NodeState {
  const pool = ownerOf(pod);
  const reasons = restartReasons(pod, { statefulSets: [...sets], podSets: [], claims: [], secrets: [] });
  const { id, roles } = identity;
  return { id, name: pod.metadata.name, roles, ...(pool === undefined ? {} : { pool }), pod: podState(pod), restartReasons: reasons };
}

/** Observes the Kafka of some pods. Throws when there are none, or when it cannot be told which node one is. */
export async function observeSelected(sources: Sources, ref: ClusterRef, selected: Selected): Promise<Observation> {
  const { kube, signal, clock } = sources;
  const gaps: Gap[] = [];
  const { before = [], namespace } = selected;
  const [pods, sets] = await Promise.all([
    listPods(kube, selected, signal),
    kube.list({ resource: resources.statefulSets, namespace }, signal),
  ]);
  if (before.length === 0) requirePods(pods, selected);
  const target = async () => selected.target ?? targetOf(pods, namespace);
  const answer = await askOrGap(sources, target, { disks: selected.disks, gaps });
  const known = new Map(before.map((node) => [node.name, node]));
  const present = pods.map((pod) => {
    const { name } = pod.metadata;
    return nodeOf(pod, known.get(name) ?? identify(name, answer, gaps), sets.items as StatefulSet[]);
  });
  const names = new Set(present.map(({ name }) => name));
  const away = before
    .filter(({ name, pod }) => pod !== undefined && !names.has(name))
    .map(({ id, name, roles, pool = "" }): NodeState => ({ id, name, roles, pool, restartReasons: [] }));
  const nodes = [...present, ...away].sort((a, b) => a.id - b.id);
  return {
    apiVersion: "kubectl-kafka/v1",
    kind: "ClusterObservation",
    observedAt: toInstant(clock.now()),
    context: kube.target.context,
    cluster: ref,
    mode: { kind: "direct", because: `its pods were chosen by ${selected.selector}` },
    listeners: [],
    nodes: answer === undefined ? nodes : withKafka(nodes, answer),
    ...(answer === undefined ? {} : { kafka: answer.state }),
    certificates: [],
    gaps,
  };
}

/** Opens the Kafka of some pods. */
export async function openSelected({ kube, openKafka, signal }: Pick<Sources, "kube" | "openKafka" | "signal">, selected: Selected) {
  const target = selected.target ?? targetOf(await listPods(kube, selected, signal), selected.namespace);
  return openKafka(target, signal);
}
