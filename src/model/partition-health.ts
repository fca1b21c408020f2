import type { Partition, Topic } from "./topic.ts";

/** No leader: it can be neither read nor written. */
export const isOffline = (partition: Partition): boolean => partition.leader < 0;

/** A replica of it is missing from the ISR. */
export const isUnderReplicated = (partition: Partition): boolean => partition.isr.length < partition.replicas.length;

/** Writes with acks=all fail (Kafka: NOT_ENOUGH_REPLICAS). */
export const isUnderMinIsr = (partition: Partition, topic: Topic): boolean =>
  topic.minIsr !== undefined && partition.isr.length < topic.minIsr;

/** One more loss and writes with acks=all fail. A partition with a single replica is always there, which tells nothing, and does not count. */
export const isAtMinIsr = (partition: Partition, topic: Topic): boolean =>
  topic.minIsr !== undefined && partition.isr.length === topic.minIsr && partition.replicas.length > 1;
