import { resources } from "../../model/kube.ts";
import { findClusters } from "../../observe/find-clusters.ts";
import type { KubeApi } from "../../ports/kube.ts";
import type { World } from "../context.ts";
import type { Completion } from "./complete.ts";

type LookUp = NonNullable<Completion["lookUp"]>;

/** A person waits for TAB: the cluster has so long to answer. */
const deadlineMs = 200;

async function namesOf(kube: KubeApi, source: LookUp["source"], signal: AbortSignal): Promise<string[]> {
  if (source === "clusters") return (await findClusters(kube, { namespace: kube.target.namespace }, signal)).map(({ name }) => name);
  const { items } = await kube.list({ resource: resources.namespaces, metadataOnly: true }, signal);
  return items.map(({ metadata }) => metadata.name);
}

/** Names from the cluster that begin with `prefix`; none when it does not answer in time or refuses. */
export async function lookUpNames({ source, flags }: LookUp, prefix: string, { outside, clock }: World): Promise<string[]> {
  const controller = new AbortController();
  const { signal } = controller;
  const { connect } = await outside();
  const [kubeconfig, context, namespace, server] = ["kubeconfig", "context", "namespace", "server"].map((flag) => flags.get(flag));
  const connections = connect({ kubeconfig, context, namespace, server }, () => {});
  const inTime = <T>(work: Promise<T>): Promise<T> => {
    const late = clock.sleep(deadlineMs, signal).then(() => Promise.reject(new Error("too late")));
    return Promise.race([work, late]);
  };
  try {
    const kube = await inTime(connections.kube());
    const names = await inTime(namesOf(kube, source, signal));
    return names.filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  } finally {
    controller.abort();
    connections.close();
  }
}
