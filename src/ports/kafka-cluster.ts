/** Changes to the cluster itself. */
export interface KafkaCluster {
  /** Finalizes a feature at a level, "metadata.version" for instance. A lower one than now must be asked for as such. */
  updateFeature(
    feature: string,
    level: number,
    options?: { downgrade?: "safe" | "unsafe"; validateOnly?: boolean; signal?: AbortSignal | undefined },
  ): Promise<void>;
  /** Makes the cluster forget a broker that is gone for good. */
  unregisterBroker(id: number, signal?: AbortSignal): Promise<void>;
}
