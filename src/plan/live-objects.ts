import { manager } from "../desired/names.ts";
import type { KubeObject } from "../model/kube.ts";

/** What is there, by kind and name. */
export type LiveObjects = {
  find(kind: string, name: string): KubeObject | undefined;
  all(kind: string): readonly KubeObject[];
};

export function liveObjects(objects: readonly KubeObject[]): LiveObjects {
  const byName = new Map(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
  const byKind = Map.groupBy(objects, ({ kind }) => kind);
  return { find: (kind, name) => byName.get(`${kind}/${name}`), all: (kind) => byKind.get(kind) ?? [] };
}

/** Made by this tool for the cluster itself: what belongs to its users has the same label of the cluster, and another kind. */
export const isOurs = ({ metadata: { labels = {} } }: KubeObject): boolean =>
  labels["app.kubernetes.io/managed-by"] === manager && labels["strimzi.io/kind"] === "Kafka";
