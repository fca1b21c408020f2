import type { KafkaAdmin } from "./kafka.ts";
import type { KafkaTopics } from "./kafka-topics.ts";

/** Changes to the cluster itself. */
export interface KafkaCluster {
  /** Finalizes a feature at a level, "metadata.version" for instance. A lower one than now must be asked for as such. */
  updateFeature(
    feature: string,
    level: number,
    options?: { downgrade?: "safe" | "unsafe"; validateOnly?: boolean; signal?: AbortSignal | undefined },
  ): Promise<void>;
  /**
   * Finalizes metadata.version by Kafka's name ("4.3-IV0") or by a release ("4.3": its newest). A lower one than now only where nothing is
   * lost. Throws UnsupportedByBroker for a name that is not known here.
   */
  updateMetadataVersion(version: string, signal?: AbortSignal): Promise<void>;
  /** Makes the cluster forget a broker that is gone for good. */
  unregisterBroker(id: number, signal?: AbortSignal): Promise<void>;
}

/** What it takes to run a cluster: to read it, and to change its settings, its leaders and itself. */
export type KafkaControl = KafkaAdmin & KafkaCluster & Pick<KafkaTopics, "alterConfigs" | "electLeaders">;
