import {
  type ClusterState,
  type KafkaIdentity,
  kafkaStatus,
  poolStatus,
  type StatusFacts,
  stateStatus,
  type Warning,
} from "../desired/status.ts";
import type { ClusterSpec } from "../model/cluster-spec.ts";
import { toInstant } from "../model/instant.ts";
import { type KubeObject, resources } from "../model/kube.ts";
import type { ClusterRef } from "../model/observation.ts";
import type { Notice, StatusPhase } from "../model/plan.ts";
import type { Problem } from "../model/problem.ts";
import { conditionsIn } from "../plan/apply-status.ts";
import type { KubeApi } from "../ports/kube.ts";
import { renderProblem } from "../render/problems.ts";
import { clusterCaOf, type FlowContext, observe } from "./reconcile-input.ts";

const patchStatus = (kube: KubeApi, ref: Parameters<KubeApi["get"]>[0], status: object): Promise<KubeObject> =>
  kube.patch({ ref, type: "merge", subresource: "status", body: { status } });

const kafkaRef = ({ ref }: KafkaIdentity) => ({ resource: resources.kafkas, namespace: ref.namespace, name: ref.name });

/** What a status is written for, and what it warns of. */
type Told = { readonly spec: ClusterSpec; readonly warnings: readonly Warning[] };

/** Ids and cluster id, before anything is made with them. */
async function writeIds({ connections, clock }: FlowContext, { spec, warnings }: Told): Promise<void> {
  const kube = await connections.kube();
  if (spec.clusterId !== undefined) await patchStatus(kube, kafkaRef(spec), { clusterId: spec.clusterId });
  for (const pool of spec.pools) {
    const ref = { resource: resources.kafkaNodePools, namespace: spec.ref.namespace, name: pool.name };
    const facts = { warnings, conditions: conditionsIn(await kube.get(ref)), now: toInstant(clock.now()) };
    await patchStatus(kube, ref, poolStatus(spec, pool, facts));
  }
}

async function factsOf(context: FlowContext, { spec, warnings }: Told, kube: KubeApi): Promise<StatusFacts> {
  const { namespace, name } = spec.ref;
  const secret = { resource: resources.secrets, namespace, name: `${name}-cluster-ca-cert` };
  const [kafka, ca, observation] = await Promise.all([kube.get(kafkaRef(spec)), kube.get(secret), observe(context, spec.ref, undefined)]);
  const told = (kafka.status as { kafkaMetadataVersion?: string } | undefined)?.kafkaMetadataVersion;
  const metadataVersion = observation.kafka?.metadataVersion ?? told;
  const clusterCa = clusterCaOf([ca], spec.ref);
  return {
    state: { kind: "Ready" },
    warnings,
    conditions: conditionsIn(kafka),
    now: toInstant(context.clock.now()),
    ...(metadataVersion === undefined ? {} : { metadataVersion }),
    ...(clusterCa === undefined ? {} : { clusterCa }),
  };
}

/** Says in the status what a cluster is instead of ready; what else stands there stays. */
async function writeState(context: FlowContext, of: KafkaIdentity, state: ClusterState): Promise<void> {
  const kube = await context.connections.kube();
  const kafka = await kube.get(kafkaRef(of));
  const facts = { state, warnings: [], conditions: conditionsIn(kafka), now: toInstant(context.clock.now()) };
  await patchStatus(kube, kafkaRef(of), stateStatus(of, facts));
}

const unfinished: ClusterState = {
  kind: "NotReady",
  reason: "Unfinished",
  message: "the last run did not wait: the next one waits for pods and restarts those that must",
};

/** What a run writes into the status of a cluster's resources. */
export async function writeStatus(context: FlowContext, told: Told, phase: StatusPhase): Promise<void> {
  if (phase === "ids") return writeIds(context, told);
  if (phase === "unfinished") return writeState(context, told.spec, unfinished);
  const kube = await context.connections.kube();
  await patchStatus(kube, kafkaRef(told.spec), kafkaStatus(told.spec, await factsOf(context, told, kube)));
}

/** That a run failed, and why: whoever waits for the cluster should not be told it is ready. */
export function writeFailure(context: FlowContext, spec: ClusterSpec, error: Error): Promise<void> {
  const reason = "code" in error ? String(error.code) : error.name;
  return writeState(context, spec, { kind: "NotReady", reason, message: error.message });
}

/** Why nothing is done for a cluster, and of which of its generations that is so. */
export type Refused = { readonly of: KafkaIdentity; readonly state: ClusterState };

const isPaused = (annotations: Readonly<Record<string, string>> = {}): boolean => annotations["strimzi.io/pause-reconciliation"] === "true";

/** As Strimzi calls it. */
const invalid = (messages: readonly string[]): ClusterState => ({
  kind: "NotReady",
  reason: "InvalidResourceException",
  message: messages.join("; "),
});

/** What is wrong with resources, as the state of their Kafka. */
export function refusedProblems(ref: ClusterRef, { metadata }: KubeObject, problems: readonly Problem[]): Refused {
  const of = { ref, ...(metadata.generation === undefined ? {} : { generation: metadata.generation }) };
  if (isPaused(metadata.annotations)) return { of, state: { kind: "ReconciliationPaused" } };
  const errors = problems.filter(({ severity }) => severity === "error");
  return { of, state: invalid(errors.map((problem) => renderProblem(problem).replace(/^error: /, ""))) };
}

/** Why a plan was refused, as the state of the Kafka; undefined: another one looks after it, and after its status. */
export function refusedPlan(spec: ClusterSpec, refusals: readonly Notice[]): Refused | undefined {
  if (refusals.some(({ reason }) => reason === "ManagedByOperator")) return undefined;
  if (spec.paused) return { of: spec, state: { kind: "ReconciliationPaused" } };
  return { of: spec, state: invalid(refusals.map(({ subject, message }) => `${subject}: ${message}`)) };
}

/** Says in the status that nothing is done, and why: whoever waits for the cluster should not be told that it is ready. */
export const writeRefused = (context: FlowContext, { of, state }: Refused): Promise<void> => writeState(context, of, state);
