import { resources } from "../../model/kube.ts";
import type { KubeApi } from "../../ports/kube.ts";
import type { World } from "../context.ts";
import type { Completion } from "./complete.ts";

/** A person waits for TAB: what has not answered by then is not offered. */
const deadlineMs = 200;

async function namesOf(kube: KubeApi, { source, flags }: NonNullable<Completion["lookUp"]>, signal: AbortSignal): Promise<string[]> {
  const request =
    source === "namespaces"
      ? { resource: resources.namespaces }
      : { resource: resources.kafkas, namespace: flags.get("namespace") ?? kube.target.namespace };
  const { items } = await kube.list({ ...request, metadataOnly: true }, signal);
  return items.map(({ metadata }) => metadata.name);
}

/** Names from the cluster that begin with `prefix`; none when it does not answer in time or refuses. */
export async function lookUpNames(lookUp: NonNullable<Completion["lookUp"]>, prefix: string, { outside, clock }: World): Promise<string[]> {
  const controller = new AbortController();
  const { connect } = await outside();
  const given = (name: string): string | undefined => lookUp.flags.get(name);
  const target = { kubeconfig: given("kubeconfig"), context: given("context"), namespace: given("namespace"), server: given("server") };
  const connections = connect(target, () => {});
  const found = connections.kube().then((kube) => namesOf(kube, lookUp, controller.signal));
  try {
    const names = await Promise.race([found, clock.sleep(deadlineMs, controller.signal).then(() => [])]);
    return names.filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  } finally {
    controller.abort();
    found.catch(() => {});
    connections.close();
  }
}
