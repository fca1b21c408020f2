import { type ApiName, requestMessage } from "../../../src/adapters/kafka/wire/request.ts";
import { messageNames } from "../../../src/adapters/kafka/wire/schema.ts";

export type Range = readonly [min: number, max: number];
export type Ranges = ReadonlyMap<ApiName, Range>;

const apis = messageNames.filter((name) => name.endsWith("Request")).map((name) => name.slice(0, -"Request".length) as ApiName);

/** What Kafka 4.3 speaks. */
export const kafka43: Ranges = new Map(apis.map((api) => [api, [requestMessage(api).min, requestMessage(api).max]]));

/** Where Kafka 3.9 ends earlier; `undefined` where it had no such request. */
const olderMax: Partial<Record<ApiName, number | undefined>> = {
  ListOffsets: 9,
  Metadata: 12,
  OffsetCommit: 9,
  OffsetFetch: 9,
  DescribeGroups: 5,
  WriteTxnMarkers: 1,
  DescribeLogDirs: 4,
  AlterPartitionReassignments: 0,
  UpdateFeatures: 1,
  DescribeCluster: 1,
  ListTransactions: 1,
  ConsumerGroupDescribe: 0,
  AddRaftVoter: 0,
  ListConfigResources: undefined,
  ShareGroupDescribe: undefined,
  StreamsGroupDescribe: undefined,
  DescribeShareGroupOffsets: undefined,
  AlterShareGroupOffsets: undefined,
  DeleteShareGroupOffsets: undefined,
};

/** What Kafka 3.9 speaks; it also takes the oldest versions, which 4.0 dropped. */
export const kafka39: Ranges = new Map(
  [...kafka43].flatMap(([api, [min, max]]): [ApiName, Range][] => {
    const older = api in olderMax ? olderMax[api] : max;
    return older === undefined ? [] : [[api, [min, older]]];
  }),
);
