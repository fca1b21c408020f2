import { adminSecret, authoritySecretNames, settingsOf, trustBundle, wantedLeaves } from "../desired/certificates.ts";
import { desiredConfiguration } from "../desired/configuration.ts";
import { desiredDisruptionBudget, desiredNetworkPolicy, desiredServiceAccount } from "../desired/guards.ts";
import { desiredServices } from "../desired/services.ts";
import { poolObjectName } from "../desired/stateful-sets.ts";
import type { StatusFacts, Warning } from "../desired/status.ts";
import type { CaName, PresentAuthority, PresentLeaf } from "../model/certificate.ts";
import type { ClusterSpec } from "../model/cluster-spec.ts";
import { type KubeObject, type Resource, resources } from "../model/kube.ts";
import type { Observation } from "../model/observation.ts";
import type { Notice, Planned, StatusPhase, Step, Wave } from "../model/plan.ts";
import { certificateSteps, runningGenerations } from "./apply-certificates.ts";
import { leftoverSteps, objectStep } from "./apply-objects.ts";
import { configurationHash, planPool } from "./apply-pools.ts";
import { untouchable } from "./apply-refusals.ts";
import { conditionsIn, needsIds, needsStatus, type Resources, statusWarnings } from "./apply-status.ts";
import { basisOf } from "./basis.ts";
import { type PlannedCertificates, planCertificates } from "./certificates.ts";
import { dynamicConfig, dynamicSteps, governedOptions, overrideSteps, staticSpec, unreadOverrides } from "./dynamic-config.ts";
import { restartOrder } from "./gate.ts";
import { afterRestarts, whileRestarting } from "./listener-ports.ts";
import { type LiveObjects, liveObjects } from "./live-objects.ts";
import { planMetadataVersion, refuseOlderKafka } from "./metadata-version.ts";
import { ephemeralNotices, restartCost } from "./restart-hazard.ts";
import { restartStep } from "./restart-step.ts";
import { keepStorage } from "./storage.ts";
import { leftoverClaims, planVolumes } from "./volumes.ts";

// What it takes to make a cluster as its resources ask for.
// 1. Whatever cannot be done refuses the whole plan, every reason at once: no step is made before all are known to be possible.
// 2. Ids and cluster id stand in the status before anything is made with them; authorities before what they sign; claims, Services,
//    certificates and configuration before the sets that mount them; new nodes are ready before old ones restart.
// 3. Nodes restart one after the other, in the order of the gate.
// 4. What changes live follows, then the metadata version; what nobody asks for any more goes last, then the status.
// Promises: what a finished run leaves behind plans to nothing; the same input makes the same plan; a volume is never deleted unless it said
// so of itself; no pod is ever deleted but to restart it.

export type ApplyInput = {
  /** With ids for all nodes and a cluster id. */
  readonly spec: ClusterSpec;
  /** What stood in the way of the ids. */
  readonly refusals: readonly Notice[];
  /** About what the resources ask for, to stand in their status. */
  readonly warnings?: readonly Warning[];
  readonly resources: Resources;
  /** Every object of the cluster. */
  readonly objects: readonly KubeObject[];
  readonly certificates: {
    readonly authorities: Readonly<Record<CaName, PresentAuthority>>;
    /** In the order of `wantedLeaves`. */
    readonly leaves: readonly PresentLeaf[];
  };
  /** Left out: there are no pods to ask. */
  readonly observation?: Observation;
  /** The dynamic defaults of brokers; left out where Kafka was not asked. */
  readonly dynamic?: ReadonlyMap<string, string>;
  /** What is set on single brokers; left out where Kafka was not asked. */
  readonly overrides?: Parameters<typeof overrideSteps>[1];
  /** Whether Kafka changes an option for all brokers at once. */
  readonly isDynamic: (option: string) => boolean;
  /** The text of the ConfigMap that external logging names. */
  readonly logging?: string;
  readonly clusterCa?: string;
  readonly now: string;
  /** How long a step may wait. */
  readonly timeoutMs: number;
};

function certificatesOf({ spec, certificates, now, objects }: ApplyInput): PlannedCertificates {
  const authority = (ca: CaName) => ({
    settings: settingsOf(spec, ca),
    present: certificates.authorities[ca],
    secrets: authoritySecretNames(spec, ca),
  });
  const none: PresentLeaf = { chain: [], keyFits: false, signedByPresentCa: false };
  const leaves = wantedLeaves(spec).map((wanted, at) => ({ wanted, present: certificates.leaves[at] ?? none }));
  const question = { now, cluster: spec.ref, authorities: { cluster: authority("cluster"), clients: authority("clients") }, leaves };
  const running = runningGenerations(objects);
  return planCertificates(running === undefined ? question : { ...question, running });
}

type Group = { readonly resource: Resource; readonly objects: readonly KubeObject[] };

/** Objects without a story of their own, in the order in which they are made. */
function plainObjects(spec: ClusterSpec, files: ClusterSpec, logging: string | undefined) {
  const one = (resource: Resource, ...objects: KubeObject[]): Group => ({ resource, objects });
  return {
    guards: [one(resources.serviceAccounts, desiredServiceAccount(spec)), one(resources.networkPolicies, desiredNetworkPolicy(spec))],
    services: [one(resources.services, ...desiredServices(spec))],
    files: [one(resources.configMaps, ...files.pools.map((pool) => desiredConfiguration(files, pool, logging)))],
    budget: [one(resources.disruptionBudgets, desiredDisruptionBudget(spec))],
  };
}

const planGroups = (groups: readonly Group[], live: LiveObjects): Step[] =>
  groups.flatMap(({ resource, objects }) => objects.flatMap((object) => objectStep(resource, object, live) ?? []));

type Doors = { readonly before: (groups: readonly Group[]) => Step[]; readonly after: (groups: readonly Group[]) => Step[] };

/** What lets clients in, before the restarts and after them. */
function doors(live: LiveObjects, restarting: boolean): Doors {
  if (!restarting) return { before: (groups) => planGroups(groups, live), after: () => [] };
  const found = ({ kind, metadata }: KubeObject) => live.find(kind, metadata.name);
  const opened = ({ resource, objects }: Group) => ({ resource, objects: objects.map((object) => whileRestarting(object, found(object))) });
  return {
    before: (groups) => planGroups(groups.map(opened), live),
    after: (groups) =>
      groups.flatMap(({ resource, objects }) => objects.flatMap((object) => afterRestarts(resource, object, found(object)))),
  };
}

/** Names of everything that is asked for, of the kinds that are swept. */
function wantedNames(spec: ClusterSpec, groups: readonly Group[]): Set<string> {
  const authorities = (["cluster", "clients"] as const).flatMap((ca) => Object.values(authoritySecretNames(spec, ca)));
  const secrets = [
    ...authorities,
    adminSecret(spec, 0).metadata.name,
    trustBundle(spec).metadata.name,
    ...spec.pools.map((pool) => poolObjectName(spec, pool)),
  ];
  const plain = groups.flatMap(({ objects }) => objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  return new Set([...plain, ...secrets.map((name) => `Secret/${name}`)]);
}

type Pools = {
  readonly sets: readonly Step[];
  readonly awaited: readonly string[];
  readonly restarts: readonly Step[];
  readonly afterwards: readonly Step[];
};

/** `spec`: with what is read at start alone. */
function planPools(
  spec: ClusterSpec,
  generations: (pool: string) => { certificates: number; cas: Record<CaName, number> },
  given: Given,
): Pools {
  const { input, live } = given;
  const plans = spec.pools.map((pool) => {
    const { certificates, cas } = generations(pool.name);
    const configuration = configurationHash(spec, pool, input.logging);
    const hashes = { configuration, certificates: String(certificates), clusterCa: cas.cluster, clientsCa: cas.clients };
    const { restarts, ...plan } = planPool(spec, pool, { hashes, live, observation: input.observation });
    return { ...plan, restarts: restarts.map((one) => ({ ...one, cost: restartCost(spec, pool, { ...input, node: one.node }) })) };
  });
  const restarts = plans.flatMap((plan) => plan.restarts);
  const ids = restarts.map(({ node }) => node).sort((a, b) => a - b);
  const order = input.observation === undefined ? ids : restartOrder(ids, input.observation);
  return {
    sets: plans.flatMap((plan) => plan.sets),
    awaited: plans.flatMap((plan) => plan.awaited),
    afterwards: plans.flatMap((plan) => plan.afterwards),
    restarts: order.flatMap((id) =>
      restarts.filter(({ node }) => node === id).map(({ cost, ...target }): Step => restartStep([target], { leaderMoves: true, cost })),
    ),
  };
}

type Given = { readonly input: ApplyInput; readonly live: LiveObjects };

/** What Kafka itself is told. A cluster without pods is new and has no defaults yet. */
function planKafka(spec: ClusterSpec, { input, live }: Given): { steps: Step[][]; leftAlone: Notice[] } {
  const isNew = live.all("Pod").length === 0;
  const metadata = planMetadataVersion(spec, input.observation?.kafka?.metadataVersion);
  const present = isNew ? new Map<string, string>() : input.dynamic;
  const overrides = input.overrides ?? { values: new Map(), unread: [] };
  if (present !== undefined)
    return {
      steps: [
        dynamicSteps(dynamicConfig(spec, input.isDynamic), present),
        overrideSteps(governedOptions(spec, input.isDynamic), overrides),
        [...metadata.steps],
      ],
      leftAlone: [...unreadOverrides(overrides), ...metadata.leftAlone],
    };
  const because = input.observation?.gaps.find(({ part }) => part === "Kafka")?.because ?? "no broker answered";
  const notice = { subject: "settings of all brokers", reason: "NotRead", message: `they could not be compared: ${because}` };
  return { steps: [[...metadata.steps]], leftAlone: [...metadata.leftAlone, notice] };
}

const waitStep = (pods: readonly string[], timeoutMs: number): Step[] =>
  pods.length === 0
    ? []
    : [{ id: "wait for pods", kind: "WaitFor", hazard: "none", why: [], condition: { kind: "PodsReady", pods }, timeoutMs }];

const growthWait = (steps: readonly Step[], timeoutMs: number): Step[] => {
  const claims = steps.flatMap((step) => (step.kind === "GrowVolume" ? [step.claim.name] : []));
  const condition = { kind: "VolumesResized", claims } as const;
  return claims.length === 0 ? [] : [{ id: "wait for volumes", kind: "WaitFor", hazard: "none", why: [], condition, timeoutMs }];
};

const statusStep = (phase: StatusPhase): Step => ({ id: `status ${phase}`, kind: "WriteStatus", hazard: "none", why: [], phase });

/** By Kafka itself, else as it was told last. */
const metadataInForce = ({ observation, resources: { kafka } }: ApplyInput): string | undefined =>
  observation?.kafka?.metadataVersion ?? (kafka?.status as { kafkaMetadataVersion?: string } | undefined)?.kafkaMetadataVersion;

/** The facts of a status that says the cluster is ready. */
function statusFacts(input: ApplyInput, notices: readonly Notice[]): StatusFacts {
  const { resources: live, clusterCa, now, warnings = [] } = input;
  const metadataVersion = metadataInForce(input);
  return {
    state: { kind: "Ready" },
    warnings: statusWarnings(warnings, notices),
    conditions: conditionsIn(live.kafka),
    now,
    ...(metadataVersion === undefined ? {} : { metadataVersion }),
    ...(clusterCa === undefined ? {} : { clusterCa }),
  };
}

/** The plan for a cluster, or every reason why there can be none. */
export function planCluster(input: ApplyInput): Planned {
  const live = liveObjects(input.objects);
  const decided = certificatesOf(input);
  const { spec, leftAlone, refusals: volumeRefusals } = keepStorage(input.spec, live);
  const refusals = [
    ...untouchable({ spec: input.spec, live, observation: input.observation }),
    ...input.refusals,
    ...refuseOlderKafka(input.spec, metadataInForce(input)),
    ...volumeRefusals,
    ...(decided.ok ? [] : decided.refusals),
  ];
  if (refusals.length > 0 || !decided.ok) return { ok: false, refusals };
  const given = { input, live };
  const files = staticSpec(spec, input.isDynamic);
  const plain = plainObjects(spec, files, input.logging);
  const certificates = certificateSteps(spec, decided, live);
  const { cluster, clients } = decided.authorities;
  const cas = { cluster: cluster.certificateGeneration, clients: clients.certificateGeneration };
  const pools = planPools(files, (pool) => ({ certificates: certificates.generations.get(pool) ?? 0, cas }), given);
  const { before, after } = doors(live, pools.restarts.length > 0);
  const volumes = planVolumes(spec, live);
  const kafka = planKafka(spec, given);
  const restarted = new Set(pools.restarts.flatMap((step) => ("nodes" in step ? step.nodes.map(({ node }) => node) : [])));
  const notices = [...decided.notices, ...leftAlone, ...volumes.leftAlone, ...ephemeralNotices(spec, restarted), ...kafka.leftAlone];
  const facts = statusFacts(input, notices);
  const steps = [
    needsIds(spec, input.resources, facts) ? [statusStep("ids")] : [],
    certificates.authorities,
    before(plain.guards),
    volumes.steps,
    volumes.growths,
    before(plain.services),
    certificates.leaves,
    planGroups(plain.files, live),
    planGroups(plain.budget, live),
    pools.sets,
    waitStep(pools.awaited, input.timeoutMs),
    growthWait(volumes.growths, input.timeoutMs),
    ...pools.restarts.map((step) => [step]),
    pools.afterwards,
    ...kafka.steps,
    after([...plain.guards, ...plain.services]),
    [...leftoverSteps(live, wantedNames(spec, Object.values(plain).flat())), ...leftoverClaims(spec, live)],
  ].filter((wave) => wave.length > 0);
  const changes = steps.length > 0 || needsStatus(spec, input.resources, facts);
  const waves: Wave[] = [...steps, ...(changes ? [[statusStep("final")]] : [])].map((wave) => ({ steps: wave }));
  const basis = basisOf(spec.ref, waves);
  const head = { apiVersion: "kubectl-kafka/v1", kind: "ClusterPlan", cluster: spec.ref } as const;
  return { ok: true, plan: { ...head, observedAt: input.now, basis, waves, leftAlone: notices } };
}
