import { type ClusterState, kafkaStatus, poolStatus, type StatusFacts } from "../desired/status.ts";
import type { ClusterSpec } from "../model/cluster-spec.ts";
import { toInstant } from "../model/instant.ts";
import { type KubeObject, resources } from "../model/kube.ts";
import type { KubeApi } from "../ports/kube.ts";
import { clusterCaOf, type FlowContext, observe } from "./reconcile-input.ts";

const patchStatus = (kube: KubeApi, ref: Parameters<KubeApi["get"]>[0], status: object): Promise<KubeObject> =>
  kube.patch({ ref, type: "merge", subresource: "status", body: { status } });

type KafkaStatus = { conditions?: StatusFacts["conditions"]; kafkaMetadataVersion?: string };

const kafkaRef = ({ ref }: ClusterSpec) => ({ resource: resources.kafkas, namespace: ref.namespace, name: ref.name });

/** Ids and cluster id, before anything is made with them. */
async function writeIds(kube: KubeApi, spec: ClusterSpec): Promise<void> {
  const { namespace } = spec.ref;
  if (spec.clusterId !== undefined) await patchStatus(kube, kafkaRef(spec), { clusterId: spec.clusterId });
  for (const pool of spec.pools)
    await patchStatus(kube, { resource: resources.kafkaNodePools, namespace, name: pool.name }, poolStatus(spec, pool));
}

async function factsOf(context: FlowContext, spec: ClusterSpec, kube: KubeApi): Promise<StatusFacts> {
  const { namespace, name } = spec.ref;
  const secret = { resource: resources.secrets, namespace, name: `${name}-cluster-ca-cert` };
  const [kafka, ca, observation] = await Promise.all([kube.get(kafkaRef(spec)), kube.get(secret), observe(context, spec.ref, undefined)]);
  const { conditions = [], kafkaMetadataVersion } = (kafka.status ?? {}) as KafkaStatus;
  const metadataVersion = observation.kafka?.metadataVersion ?? kafkaMetadataVersion;
  const clusterCa = clusterCaOf([ca], spec.ref);
  return {
    state: { kind: "Ready" },
    conditions,
    now: toInstant(context.clock.now()),
    ...(metadataVersion === undefined ? {} : { metadataVersion }),
    ...(clusterCa === undefined ? {} : { clusterCa }),
  };
}

/** What a run writes into the status of a cluster's resources. */
export async function writeStatus(context: FlowContext, spec: ClusterSpec, phase: "ids" | "final"): Promise<void> {
  const kube = await context.connections.kube();
  if (phase === "ids") return writeIds(kube, spec);
  await patchStatus(kube, kafkaRef(spec), kafkaStatus(spec, await factsOf(context, spec, kube)));
}

/** Says in the status what a cluster is instead of ready; what else stands there stays. */
async function writeState(context: FlowContext, spec: ClusterSpec, state: ClusterState): Promise<void> {
  const kube = await context.connections.kube();
  const kafka = await kube.get(kafkaRef(spec));
  const { conditions = [] } = (kafka.status ?? {}) as KafkaStatus;
  await patchStatus(kube, kafkaRef(spec), kafkaStatus(spec, { state, conditions, now: toInstant(context.clock.now()) }));
}

/** That a run failed, and why: whoever waits for the cluster should not be told it is ready. */
export function writeFailure(context: FlowContext, spec: ClusterSpec, error: Error): Promise<void> {
  const reason = "code" in error ? String(error.code) : error.name;
  return writeState(context, spec, { kind: "NotReady", reason, message: error.message });
}

export const writePaused = (context: FlowContext, spec: ClusterSpec): Promise<void> =>
  writeState(context, spec, { kind: "ReconciliationPaused" });
