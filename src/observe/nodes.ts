import type { NodeState, Role } from "../model/observation.ts";
import type { Pod } from "./kube-shapes.ts";
import { imageTag } from "./mode.ts";
import { podState } from "./pods.ts";
import type { KubeView } from "./read-kube.ts";
import { claimedBytes, restartReasons } from "./restart-reasons.ts";

type Expected = { id: number; name: string; pool?: string; roles: readonly Role[] };

const label = (object: { metadata: { labels?: Record<string, string> } }, name: string) => object.metadata.labels?.[`strimzi.io/${name}`];

/** A Kafka node's pod, as opposed to the entity operator's or an exporter's: Strimzi's `name` label, or the role labels. */
export const isKafkaPod = (pod: Pod): boolean =>
  label(pod, "broker-role") !== undefined ||
  label(pod, "controller-role") !== undefined ||
  label(pod, "component-type") === "kafka" ||
  (label(pod, "name") ?? "").endsWith("-kafka");

/** The digits a pod's name ends with are its node id. */
export function nodeIdOf(podName: string): number | undefined {
  const digits = /-(\d+)$/.exec(podName)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Pods from before the role labels are brokers beside ZooKeeper. */
function rolesOf(object: { metadata: { labels?: Record<string, string> } }): Role[] {
  const controller = label(object, "controller-role") === "true";
  const broker = label(object, "broker-role");
  return [
    ...(controller ? (["controller"] as const) : []),
    ...(broker === "true" || (broker === undefined && !controller) ? (["broker"] as const) : []),
  ];
}

const range = (start: number, length: number): number[] => Array.from({ length }, (_, index) => start + index);

/** The nodes there should be: ids in the pools' status, else the sets' own replicas, else nothing but the pods that are there. */
function expectedNodes(cluster: string, view: KubeView): Expected[] {
  const fromPools = view.pools.flatMap((pool) => {
    const roles = (pool.status?.roles ?? pool.spec?.roles ?? []) as Role[];
    return (pool.status?.nodeIds ?? []).map((id) => ({
      id,
      name: `${cluster}-${pool.metadata.name}-${id}`,
      pool: pool.metadata.name,
      roles,
    }));
  });
  const fromSets = view.statefulSets
    .filter((set) => rolesOf(set).length > 0 && isKafkaPod(set as Pod))
    .flatMap((set) => {
      const pool = label(set, "pool-name");
      return range(set.spec?.ordinals?.start ?? 0, set.spec?.replicas ?? 0).map((id) => ({
        id,
        name: `${set.metadata.name}-${id}`,
        roles: rolesOf(set),
        ...(pool === undefined ? {} : { pool }),
      }));
    });
  const fromPodSets = view.podSets
    .flatMap((set) => (set.spec?.pods ?? []) as Pod[])
    .filter(isKafkaPod)
    .flatMap(expectedOfPod);
  const unique = new Map([...fromSets, ...fromPodSets, ...fromPools].map((node) => [node.id, node]));
  return [...unique.values()];
}

function expectedOfPod(pod: Pod): Expected[] {
  const id = nodeIdOf(pod.metadata.name);
  const pool = label(pod, "pool-name");
  return id === undefined ? [] : [{ id, name: pod.metadata.name, roles: rolesOf(pod), ...(pool === undefined ? {} : { pool }) }];
}

/** Kafka's version in an image tag: "4.3.1", or Strimzi's "0.45.0-kafka-3.9.0". */
export function kafkaVersionOf(image: string | undefined): string | undefined {
  const tag = imageTag(image);
  return /kafka-(\d+\.\d+\.\d+)/.exec(tag ?? "")?.[1] ?? /^\d+\.\d+\.\d+/.exec(tag ?? "")?.[0];
}

function zoneOf(host: string | undefined, view: KubeView): string | undefined {
  return view.hosts.find((node) => node.metadata.name === host)?.metadata.labels?.["topology.kubernetes.io/zone"];
}

/** Every Kafka node that exists or should, by id, as far as Kubernetes knows it. */
export function nodesOf(cluster: string, view: KubeView): NodeState[] {
  const pods = new Map(view.pods.filter(isKafkaPod).map((pod) => [pod.metadata.name, pod]));
  const known = new Map([...[...pods.values()].flatMap(expectedOfPod), ...expectedNodes(cluster, view)].map((node) => [node.id, node]));
  return [...known.values()]
    .sort((a, b) => a.id - b.id)
    .map((node) => {
      const pod = pods.get(node.name);
      const state = pod && podState(pod);
      const version = pod?.metadata.annotations?.["strimzi.io/kafka-version"] ?? kafkaVersionOf(state?.image);
      const rack = zoneOf(state?.host, view);
      const sizeBytes = claimedBytes(node.name, view);
      return {
        ...node,
        ...(state === undefined ? {} : { pod: state }),
        ...(version === undefined ? {} : { version }),
        ...(rack === undefined ? {} : { rack }),
        ...(sizeBytes === undefined ? {} : { disk: { sizeBytes } }),
        restartReasons: pod === undefined ? [] : restartReasons(pod, view),
      };
    });
}
