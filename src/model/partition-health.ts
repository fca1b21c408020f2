import type { Partition, Topic } from "./topic.ts";

/** No leader: it can be neither read nor written. */
export const isOffline = (partition: Partition): boolean => partition.leader < 0;

/** A replica of it is missing from the ISR. */
export const isUnderReplicated = (partition: Partition): boolean => partition.isr.length < partition.replicas.length;

/** What Kafka itself counts with: never more than there are replicas (Partition.effectiveMinIsr). Undefined when it was not read. */
export const effectiveMinIsr = (partition: Partition, { minIsr }: Topic): number | undefined =>
  minIsr === undefined ? undefined : Math.min(minIsr, partition.replicas.length);

/** Writes with acks=all fail (Kafka: NOT_ENOUGH_REPLICAS). */
export const isUnderMinIsr = (partition: Partition, topic: Topic): boolean =>
  partition.isr.length < (effectiveMinIsr(partition, topic) ?? 0);

/** One more loss and writes with acks=all fail. A partition with a single replica is always there, which tells nothing, and does not count. */
export const isAtMinIsr = (partition: Partition, topic: Topic): boolean =>
  partition.isr.length === effectiveMinIsr(partition, topic) && partition.replicas.length > 1;
