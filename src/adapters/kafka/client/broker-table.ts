import type { BrokerInfo } from "../../../ports/kafka.ts";
import type { ResponseOf } from "../wire/request.ts";
import { check } from "./kafka-errors.ts";

export type Cluster = { readonly clusterId: string; readonly controllerId: number; readonly brokers: readonly BrokerInfo[] };

type Ask = (
  api: "DescribeCluster",
  body: (version: number) => { includeClusterAuthorizedOperations: boolean; includeFencedBrokers?: boolean },
) => Promise<ResponseOf<"DescribeCluster">>;

/** From version 2 of the request on (Kafka 4.0) fenced brokers are told of too, and which ones they are. */
const firstWithFenced = 2;

/** The brokers as any of them knows them. In KRaft `controllerId` is some broker's: the controllers are hidden behind the brokers. */
export async function describeCluster(ask: Ask): Promise<Cluster> {
  let fencedKnown = false;
  const answer = await ask("DescribeCluster", (version) => {
    fencedKnown = version >= firstWithFenced;
    return { includeClusterAuthorizedOperations: false, ...(fencedKnown && { includeFencedBrokers: true }) };
  });
  check("The cluster's description", answer);
  const brokers = answer.brokers.map(({ brokerId, host, port, rack, isFenced }) => ({
    id: brokerId,
    host,
    port,
    ...(rack !== null && { rack }),
    ...(fencedKnown && { fenced: isFenced }),
  }));
  return { clusterId: answer.clusterId, controllerId: answer.controllerId, brokers };
}
