import { wantedLeaves } from "../desired/certificates.ts";
import { clusterIdAnnotation } from "../desired/volumes.ts";
import type { ClusterSpec } from "../model/cluster-spec.ts";
import { AppError } from "../model/errors.ts";
import { toInstant } from "../model/instant.ts";
import type { KubeObject } from "../model/kube.ts";
import type { ClusterRef, Mode, Observation } from "../model/observation.ts";
import type { Notice } from "../model/plan.ts";
import type { Problem } from "../model/problem.ts";
import { readBrokerDefaults } from "../observe/broker-defaults.ts";
import { readBrokerOverrides } from "../observe/broker-overrides.ts";
import { type Secret, secretText } from "../observe/kube-shapes.ts";
import { liveCertificates } from "../observe/live-certificates.ts";
import { liveAccess } from "../observe/live-view.ts";
import { observeCluster } from "../observe/observe-cluster.ts";
import { observeOperator } from "../observe/observe-operator.ts";
import { openWay } from "../observe/open-way.ts";
import { type LiveCluster, type PresentCluster, readLive, readPresent } from "../observe/read-live.ts";
import type { ApplyInput } from "../plan/apply.ts";
import { governedOptions } from "../plan/dynamic-config.ts";
import { liveNodes } from "../plan/live-nodes.ts";
import { assignIds } from "../plan/node-ids.ts";
import { otherMaker, unseenOperator } from "../plan/operator.ts";
import type { KafkaControl } from "../ports/kafka-cluster.ts";
import type { KubeApi } from "../ports/kube.ts";
import type { Context } from "./context.ts";
import { readLogging } from "./external-logging.ts";

/** What a flow over one cluster needs of the verb's context. */
export type FlowContext = Pick<
  Context,
  | "clock"
  | "connections"
  | "readCertificates"
  | "compareCertificates"
  | "certificateAuthority"
  | "signal"
  | "env"
  | "process"
  | "terminal"
  | "style"
  | "width"
  | "self"
>;

/** Everything that a plan is made from, or what is wrong with the resources. */
export type Gathered =
  | {
      readonly ok: true;
      readonly input: ApplyInput;
      readonly warnings: readonly Problem[] /** What the plan is made without knowing. */;
      readonly doubts: readonly Notice[];
    }
  | {
      readonly ok: false;
      readonly problems: readonly Problem[];
      readonly kafka: KubeObject;
      /** Left out where it could not be told. */
      readonly mode?: Mode;
    };

/** 22 characters of base64, as Kafka writes a UUID: made of the resource's own, so that every run makes the same. */
export function clusterIdOf(uid: string): string {
  const bytes = (uid.replaceAll("-", "").match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  const text = btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
  // Kafka's own tools would take it for an option
  return text.replace(/^-/, "A");
}

const isError = ({ severity }: Problem): boolean => severity === "error";

/** What the resources ask for, as every cluster of the documents must be asked for. */
export async function parseResources(objects: readonly KubeObject[], namespace: string) {
  const [{ manifests }, { loadBrokerOptions }] = await Promise.all([
    import("../manifest/manifests.ts"),
    import("../manifest/broker-options.ts"),
  ]);
  const options = await loadBrokerOptions();
  const { documents, problems } = manifests.documentsOf(objects);
  const parsed = manifests.parseClusters(documents, { namespace, ...options });
  return { clusters: parsed.clusters, problems: [...problems, ...parsed.problems], scopeOf: options.scopeOf };
}

/** The cluster as its own administrator. */
export async function openCluster({ connections }: FlowContext, ref: ClusterRef, signal?: AbortSignal): Promise<KafkaControl> {
  const live = await readLive(await connections.kube(), ref, signal);
  return (await openWay(connections.openKafka, liveAccess(ref, live), signal)).admin;
}

export async function observe(context: FlowContext, ref: ClusterRef, signal: AbortSignal | undefined): Promise<Observation> {
  const { clock, readCertificates, connections } = context;
  const sources = { kube: await connections.kube(), openKafka: connections.openKafka, clock, readCertificates };
  const found = await observeCluster(signal === undefined ? sources : { ...sources, signal }, ref, { access: {}, disks: false });
  if (found === undefined) throw new AppError("ClusterNotFound", `Kafka ${ref.name} is not there any more`);
  return found;
}

type Settings = { readonly ref: ClusterRef; readonly live: LiveCluster; readonly governed: readonly string[] };
type BrokerSettings = Pick<ApplyInput, "dynamic" | "overrides">;

/** What brokers are set to beside their files; nothing where nobody answers: the observation tells why. */
async function brokerSettings({ connections, signal }: FlowContext, { ref, live, governed }: Settings): Promise<BrokerSettings> {
  if (!live.objects.some(({ kind }) => kind === "Pod")) return {};
  try {
    const { admin } = await openWay(connections.openKafka, liveAccess(ref, live), signal);
    try {
      const [dynamic, overrides] = await Promise.all([readBrokerDefaults(admin, signal), readBrokerOverrides(admin, governed, signal)]);
      return { dynamic, overrides };
    } finally {
      admin.close();
    }
  } catch (error) {
    if (error instanceof AppError && error.code !== "Interrupted") return {};
    throw error;
  }
}

export const clusterCaOf = (objects: readonly KubeObject[], ref: ClusterRef): string | undefined =>
  secretText(
    objects.find(({ kind, metadata }) => kind === "Secret" && metadata.name === `${ref.name}-cluster-ca-cert`) as Secret | undefined,
    "ca.crt",
  );

/** Of volumes that an earlier cluster of this name left: Kafka starts on them with no other id. */
const keptClusterId = (objects: readonly KubeObject[]): string | undefined =>
  objects.find(({ kind }) => kind === "PersistentVolumeClaim")?.metadata.annotations?.[clusterIdAnnotation];

type Given = { readonly spec: ClusterSpec; readonly live: PresentCluster };

/** The input of a plan from what was read; what only a running cluster has is left out. */
function inputOf(
  { clock, readCertificates, compareCertificates }: FlowContext,
  { spec: asked, live }: Given,
  rest: Pick<ApplyInput, "isDynamic" | "timeoutMs">,
): ApplyInput {
  const { objects, kafka, pools } = live;
  const clusterId = asked.clusterId ?? keptClusterId(objects) ?? clusterIdOf(asked.uid ?? "");
  const identified = { ...asked, clusterId };
  const { spec, refusals } = assignIds(identified, liveNodes(identified, pools, objects));
  const readers = { read: readCertificates, compare: compareCertificates };
  const certificates = liveCertificates(objects, { cluster: spec.ref.name, places: wantedLeaves(spec) }, readers);
  const clusterCa = clusterCaOf(objects, spec.ref);
  const now = toInstant(clock.now());
  const common = { spec, refusals, resources: { kafka, pools }, objects, certificates, now };
  return { ...common, ...rest, ...(clusterCa === undefined ? {} : { clusterCa }) };
}

/** The resources as they would be: those that are there, but for the ones that are given. */
function withGiven({ kafka, pools, objects }: PresentCluster, given: readonly KubeObject[], ref: ClusterRef): PresentCluster {
  const own = given.filter(({ metadata }) => metadata.namespace === ref.namespace);
  const newPools = own.filter(({ kind, metadata }) => kind === "KafkaNodePool" && metadata.labels?.["strimzi.io/cluster"] === ref.name);
  const names = new Set(newPools.map(({ metadata }) => metadata.name));
  const kept = pools.filter(({ metadata }) => !names.has(metadata.name));
  const newKafka = own.find(({ kind, metadata }) => kind === "Kafka" && metadata.name === ref.name);
  return { kafka: newKafka ?? kafka, pools: [...kept, ...newPools], objects };
}

export type Wanted = {
  readonly timeoutMs: number;
  /** Resources to plan for in the place of those that are there. */
  readonly given?: readonly KubeObject[];
};

type Surroundings = {
  /** Left out: the cluster is not there yet, and has nothing to tell. */
  readonly observation?: Observation;
  readonly refusals: readonly Notice[];
  readonly doubts: readonly Notice[];
};

/** Who else may look after a cluster that is not there yet. */
async function beforeItIsThere(kube: KubeApi, ref: ClusterRef, signal: AbortSignal): Promise<Surroundings> {
  const { operator, gaps } = await observeOperator(kube, ref.namespace, signal);
  return {
    refusals: operator === undefined ? [] : [otherMaker(ref, operator)],
    doubts: unseenOperator({ cluster: ref, mode: { kind: "direct", because: "no operator" }, gaps }),
  };
}

const modeOf = (observing: Promise<Observation>): Promise<{ readonly mode?: Mode }> =>
  observing.then(
    ({ mode }) => ({ mode }),
    () => ({}),
  );

async function seenAround(observing: Promise<Observation>): Promise<Surroundings> {
  const observation = await observing;
  return { observation, refusals: [], doubts: unseenOperator(observation) };
}

/**
 * Reads everything a plan is made from: a number of requests that does not depend on the number of nodes, but for the settings that somebody
 * may have made on single brokers, which each broker alone tells (`readBrokerOverrides`).
 */
export async function gather(context: FlowContext, ref: ClusterRef, { timeoutMs, given = [] }: Wanted): Promise<Gathered> {
  const { connections, signal } = context;
  const kube = await connections.kube();
  const observing = observe(context, ref, signal);
  // it is awaited below, unless reading fails
  observing.catch(() => {});
  const present = await readPresent(kube, ref, signal);
  const { kafka, pools, objects } = withGiven(present, given, ref);
  if (kafka === undefined) throw new AppError("NotFound", `there is no Kafka resource ${ref.name} in namespace ${ref.namespace}`);
  const { clusters, problems, scopeOf } = await parseResources([kafka, ...pools], ref.namespace);
  const [spec] = clusters;
  if (spec === undefined || problems.some(isError)) return { ok: false, problems, kafka, ...(await modeOf(observing)) };
  const isDynamic = (option: string) => scopeOf(option, spec.version) === "cluster-wide";
  const live = present.kafka === undefined ? undefined : { ...present, kafka: present.kafka };
  const governed = governedOptions(spec, isDynamic);
  const [around, settings] = await Promise.all([
    live === undefined ? beforeItIsThere(kube, ref, signal) : seenAround(observing),
    live === undefined ? undefined : brokerSettings(context, { ref, live, governed }),
  ]);
  const planned = inputOf(context, { spec, live: { kafka, pools, objects } }, { isDynamic, timeoutMs });
  const logging = await readLogging(kube, spec, signal);
  const warnings = problems.flatMap(({ reason, message }) =>
    reason === undefined ? [] : [{ subject: `Kafka ${ref.name}`, reason, message }],
  );
  const input: ApplyInput = {
    ...planned,
    ...settings,
    warnings,
    refusals: [...around.refusals, ...planned.refusals, ...logging.refusals],
    ...(logging.text === undefined ? {} : { logging: logging.text }),
    ...(around.observation === undefined ? {} : { observation: around.observation }),
  };
  return { ok: true, input, warnings: problems, doubts: around.doubts };
}
