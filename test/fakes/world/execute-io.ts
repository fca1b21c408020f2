import type { ExecuteIo } from "../../../src/execute/execute-io.ts";
import { resources } from "../../../src/model/kube.ts";
import type { ClusterRef, Observation } from "../../../src/model/observation.ts";
import { ownAccess } from "../../../src/observe/kafka-access.ts";
import { observeCluster } from "../../../src/observe/observe-cluster.ts";
import { readKube, viewOf } from "../../../src/observe/read-kube.ts";
import { fakeAuthority, readFakeCertificates } from "./authority.ts";
import type { FakeWorld } from "./world.ts";

/** Observes a cluster of the world the way a verb does. */
export async function observeWorld({ kube, openKafka, clock }: FakeWorld, ref: ClusterRef, signal?: AbortSignal): Promise<Observation> {
  const sources = { kube, openKafka, clock, readCertificates: readFakeCertificates, ...(signal ? { signal } : {}) };
  const observation = await observeCluster(sources, ref, { access: {}, disks: false });
  if (observation === undefined) throw new Error(`there is no cluster ${ref.name}`);
  return observation;
}

/** What a run touches, over the world. */
export function executeIo(world: FakeWorld, ref: ClusterRef, changes: Partial<ExecuteIo> = {}): ExecuteIo {
  return {
    kube: world.kube,
    async openKafka(signal) {
      const view = viewOf(await readKube({ kube: world.kube, gaps: [] }, { namespace: ref.namespace, cluster: ref.name }), ref);
      return world.openKafka(ownAccess(ref, view), signal);
    },
    authority: fakeAuthority(),
    clock: world.clock,
    observe: (signal) => observeWorld(world, ref, signal),
    async writeStatus(phase) {
      const metadata = { name: ref.name, namespace: ref.namespace };
      const object = { apiVersion: "kafka.strimzi.io/v1", kind: "Kafka", metadata, status: { phase } };
      await world.kube.apply({ object, resource: resources.kafkas, fieldManager: "kubectl-kafka", subresource: "status" });
    },
    signal: new AbortController().signal,
    waitMs: 120_000,
    ...changes,
  };
}
