/**
 * One partition as Kafka's Metadata answers it. Node ids throughout; `leader` is -1 when there is none. `isr` may be the very same array as
 * `replicas` when both agree: large clusters are read into half the memory, so never write into them.
 */
export type Partition = {
  readonly partition: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
};

export type Topic = {
  readonly name: string;
  readonly id?: string;
  readonly internal: boolean;
  readonly partitions: readonly Partition[];
  /** min.insync.replicas in force; left out when the configuration could not be read. */
  readonly minIsr?: number;
};

/** A move under way (KIP-455): replicas being added to and removed from a partition. */
export type Reassignment = {
  readonly topic: string;
  readonly partition: number;
  readonly replicas: readonly number[];
  readonly adding: readonly number[];
  readonly removing: readonly number[];
};
