import { AppError } from "../../src/model/errors.ts";
import type { KafkaTarget } from "../../src/model/kafka-target.ts";
import type { Reassignment, Topic } from "../../src/model/topic.ts";
import type { ClusterInfo, KafkaAdmin, LogDirInfo, OpenKafka, QuorumInfo } from "../../src/ports/kafka.ts";
import type { KafkaControl } from "../../src/ports/kafka-cluster.ts";

export type FakeKafka = {
  readonly info: ClusterInfo;
  readonly topics: readonly Topic[];
  readonly quorum?: QuorumInfo;
  readonly logDirs?: readonly LogDirInfo[];
  readonly reassignments?: readonly Reassignment[];
  /** Calls that Kafka refuses to this client. */
  readonly refuses?: readonly (keyof KafkaAdmin)[];
  /** Nobody answers. */
  readonly down?: AppError;
  /** Ports that refuse whoever comes. */
  readonly closed?: Readonly<Record<number, AppError>>;
};

/** A Kafka in memory, for reading. `targets` notes how it was reached, `open` how many connections were not closed again. */
export function fakeKafka(state: FakeKafka): { openKafka: OpenKafka; targets: KafkaTarget[]; open: () => number } {
  const targets: KafkaTarget[] = [];
  let open = 0;
  const answer = async <T>(call: keyof KafkaAdmin, value: T): Promise<T> => {
    if (state.refuses?.includes(call)) throw new AppError("KafkaError", `${call}: CLUSTER_AUTHORIZATION_FAILED`);
    return value;
  };
  const minIsr = (name: string) => state.topics.find((topic) => topic.name === name)?.minIsr;
  const admin = {
    cluster: () => answer("cluster", state.info),
    features: () => answer("features", { metadataVersion: "4.3-IV0", level: 30 }),
    topics: (names) =>
      answer(
        "topics",
        state.topics.filter(({ name }) => names === undefined || names.includes(name)).map(({ minIsr: _, ...topic }) => topic),
      ),
    configs: ({ names }) =>
      answer("configs", {
        entries: new Map(
          names.map((name) => [
            name,
            [{ name: "min.insync.replicas", value: String(minIsr(name)), source: "DEFAULT_CONFIG", readOnly: false, sensitive: false }],
          ]),
        ),
        errors: new Map(),
      }),
    quorum: () => answer("quorum", state.quorum ?? { leaderId: -1, leaderEpoch: 0, highWatermark: 0, voters: [], observers: [] }),
    logDirs: (ids) =>
      answer("logDirs", { dirs: (state.logDirs ?? []).filter(({ brokerId }) => ids.includes(brokerId)), errors: new Map() }),
    filledLogDirs: (ids) => {
      const own = (state.logDirs ?? []).filter(({ brokerId }) => ids.includes(brokerId));
      return answer("logDirs", { dirs: own.map((dir) => ({ ...dir, replicaBytes: 0, recordsBehind: 0 })), errors: new Map() });
    },
    reassignments: () => answer("reassignments", [...(state.reassignments ?? [])]),
    close: () => void (open -= 1),
  } as KafkaAdmin as KafkaControl;
  const openKafka: OpenKafka = async (target) => {
    targets.push(target);
    if (state.down) throw state.down;
    const refusal = state.closed?.[target.bootstrap[0]?.port ?? 0];
    if (refusal) throw refusal;
    open += 1;
    return admin;
  };
  return { openKafka, targets, open: () => open };
}
