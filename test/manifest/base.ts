import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import { type ParseOptions, parseClusters } from "../../src/manifest/parse-clusters.ts";
import { documentsOf, readManifests } from "../../src/manifest/read-manifests.ts";
import { toYaml } from "../../src/manifest/yaml.ts";
import type { ClusterSpec } from "../../src/model/cluster-spec.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import type { Problem } from "../../src/model/problem.ts";

/** A Kafka with three brokers and three controllers, in namespace kafka. */
export const sound = (): KubeObject[] =>
  kafkaManifest({
    name: "my-cluster",
    namespace: "kafka",
    replicas: 3,
    controllers: 3,
    storage: { kind: "jbod", sizes: ["10Gi", "20Gi"] },
    memory: "2Gi",
  });

export const asText = (objects: readonly KubeObject[]): string => objects.map(toYaml).join("---\n");

type Step = string | number;

/** Writes a value at a path of an object; undefined removes it. Refuses a path that leads nowhere. */
export function put(object: object, path: readonly Step[], value: unknown): void {
  const [step, ...rest] = path;
  if (step === undefined) throw new Error("a path is needed");
  const fields = object as Record<Step, unknown>;
  const set = (own: unknown) => Object.defineProperty(object, step, { value: own, enumerable: true, configurable: true, writable: true });
  if (rest.length === 0) {
    if (value === undefined) delete fields[step];
    else set(value);
    return;
  }
  if (!Object.hasOwn(object, step)) set(typeof rest[0] === "number" ? [] : {});
  put(fields[step] as object, rest, value);
}

/** "spec.kafka.listeners[0].name", names with dots in brackets. */
export const steps = (path: string): Step[] =>
  [...path.matchAll(/\[(\d+)\]|\[([^\]]+)\]|[^.[\]]+/g)].map(([whole, index, name]) =>
    index === undefined ? (name ?? whole) : Number(index),
  );

export type Change = readonly [kind: "Kafka" | "controller" | "broker", path: string, value: unknown];

/** The sound documents with changes; the kind "Kafka", or a pool by its name. */
export function changed(...changes: readonly Change[]): KubeObject[] {
  const objects = sound();
  for (const [which, path, value] of changes) {
    const object = objects.find(({ kind, metadata }) => kind === which || metadata.name === which);
    if (!object) throw new Error(`no ${which}`);
    put(object, steps(path), value);
  }
  return objects;
}

type Result = { readonly clusters: readonly ClusterSpec[]; readonly problems: readonly Problem[] };

/** Through text, as a file goes. */
export function parseText(text: string, options: ParseOptions = { namespace: "default" }): Result {
  const { documents, problems } = readManifests([{ name: "a.yaml", text }]);
  const parsed = parseClusters(documents, options);
  return { clusters: parsed.clusters, problems: [...problems, ...parsed.problems] };
}

/** As objects of the API server go. */
export function parseObjects(objects: readonly KubeObject[], options: ParseOptions = { namespace: "default" }): Result {
  const { documents, problems } = documentsOf(objects);
  const parsed = parseClusters(documents, options);
  return { clusters: parsed.clusters, problems: [...problems, ...parsed.problems] };
}

/** The only cluster of changed documents, which must be without errors. */
export function clusterOf(...changes: readonly Change[]): ClusterSpec {
  const { clusters, problems } = parseText(asText(changed(...changes)));
  const [cluster] = clusters;
  if (!cluster || clusters.length > 1) throw new Error(JSON.stringify(problems));
  return cluster;
}
