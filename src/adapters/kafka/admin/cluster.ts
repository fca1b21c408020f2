import { AppError } from "../../../model/errors.ts";
import type { ClusterInfo, FeatureInfo, QuorumInfo, QuorumReplica } from "../../../ports/kafka.ts";
import type { KafkaClient } from "../client/client.ts";
import { check } from "../client/kafka-errors.ts";
import { metadataVersions } from "../wire/metadata-versions.generated.ts";
import type { ResponseOf } from "../wire/request.ts";

/** Reads the brokers and the cluster's id: what opening the client told the first time, and anew from then on. */
export function clusterReader(client: KafkaClient): (signal?: AbortSignal) => Promise<ClusterInfo> {
  let told = false;
  return async (signal) => {
    if (told) client.forget();
    told = true;
    const { clusterId, controllerId, brokers } = await client.run(() => client.cluster(signal), { signal });
    return { clusterId, controllerId, brokers: [...brokers] };
  };
}

const levelName = (level: number): string => metadataVersions[level] ?? `level ${level}`;

/** metadata.version in force, by Kafka's name for it. */
export function readFeatures(client: KafkaClient, signal?: AbortSignal): Promise<FeatureInfo> {
  return client.run(
    async () => {
      const answer = await client.request("ApiVersions", { clientSoftwareName: "kubectl-kafka", clientSoftwareVersion: "1" }, { signal });
      check("The broker's features", answer);
      const level = answer.finalizedFeatures.find((feature) => feature.name === "metadata.version")?.maxVersionLevel;
      return level === undefined ? {} : { level, metadataVersion: levelName(level) };
    },
    { signal },
  );
}

const metadataTopic = "__cluster_metadata";

type ReplicaState = ResponseOf<"DescribeQuorum">["topics"][number]["partitions"][number]["observers"][number];

const toReplica = ({ replicaId, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp }: ReplicaState): QuorumReplica => ({
  id: replicaId,
  logEndOffset,
  lastFetchMs: lastFetchTimestamp,
  lastCaughtUpMs: lastCaughtUpTimestamp,
});

/** The KRaft quorum, asked for through a broker, which passes the question on to the active controller. */
export function readQuorum(client: KafkaClient, signal?: AbortSignal): Promise<QuorumInfo> {
  return client.run(
    async () => {
      const body = { topics: [{ topicName: metadataTopic, partitions: [{ partitionIndex: 0 }] }] };
      const answer = await client.request("DescribeQuorum", body, { signal, to: { kind: "Controller" } });
      check("The metadata quorum", answer);
      const partition = answer.topics[0]?.partitions[0];
      if (!partition)
        throw new AppError("KafkaError", "The metadata quorum: the answer is empty", { details: { error: "MALFORMED_ANSWER" } });
      check("The metadata quorum", partition);
      return {
        leaderId: partition.leaderId,
        leaderEpoch: partition.leaderEpoch,
        highWatermark: partition.highWatermark,
        voters: partition.currentVoters.map(toReplica),
        observers: partition.observers.map(toReplica),
      };
    },
    { signal },
  );
}
