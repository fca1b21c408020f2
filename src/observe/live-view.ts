import type { KafkaTarget } from "../model/kafka-target.ts";
import type { ClusterRef } from "../model/observation.ts";
import { ownAccess } from "./kafka-access.ts";
import type { Kafka, NodePool, Pod, Secret, Service } from "./kube-shapes.ts";
import type { LiveCluster } from "./read-live.ts";

/** The way to the brokers of a cluster that was read whole. Throws KafkaUnreachable when there is none. */
export function liveAccess(ref: ClusterRef, { kafka, pools, objects }: LiveCluster): KafkaTarget {
  const all = (kind: string) => objects.filter((object) => object.kind === kind);
  return ownAccess(ref, {
    kafkas: [kafka as Kafka],
    pools: pools as NodePool[],
    pods: all("Pod") as Pod[],
    secrets: all("Secret") as Secret[],
    services: all("Service") as Service[],
    statefulSets: [],
    podSets: [],
    claims: [],
    operators: [],
    hosts: [],
  });
}
