import { AppError } from "../../../model/errors.ts";
import type { GroupInfo, GroupMember, GroupSummary, KafkaGroups } from "../../../ports/kafka-groups.ts";
import type { KafkaClient } from "../client/client.ts";
import { check } from "../client/kafka-errors.ts";
import type { Destination } from "../client/router.ts";
import { codes } from "../wire/error-codes.ts";
import type { ResponseOf } from "../wire/request.ts";
import { readAssignment } from "./classic-assignment.ts";

const coordinator = (id: string): Destination => ({ kind: "GroupCoordinator", id });

async function listOf(client: KafkaClient, broker: number, signal?: AbortSignal): Promise<GroupSummary[]> {
  const answer = await client.request("ListGroups", {}, { to: { kind: "Broker", id: broker }, signal });
  check(`Groups of broker ${broker}`, answer);
  return answer.groups.map(({ groupId, protocolType, groupState, groupType }) => ({
    id: groupId,
    protocol: protocolType,
    state: groupState,
    type: groupType,
  }));
}

type NewMember = ResponseOf<"ConsumerGroupDescribe">["groups"][number]["members"][number];
type OldMember = ResponseOf<"DescribeGroups">["groups"][number]["members"][number];

/** Kafka writes addresses with a slash before them. */
const toHost = (clientHost: string): string => clientHost.replace(/^\//, "");

const toMember = ({ memberId, instanceId, clientId, clientHost, assignment }: NewMember): GroupMember => ({
  id: memberId,
  ...(instanceId !== null && { instanceId }),
  clientId,
  host: toHost(clientHost),
  partitions: assignment.topicPartitions.flatMap(({ topicName, partitions }) =>
    partitions.map((partition) => ({ topic: topicName, partition })),
  ),
});

const toClassicMember = ({ memberId, groupInstanceId, clientId, clientHost, memberAssignment }: OldMember): GroupMember => ({
  id: memberId,
  ...(groupInstanceId !== null && { instanceId: groupInstanceId }),
  clientId,
  host: toHost(clientHost),
  partitions: readAssignment(memberAssignment),
});

/** Groups of the protocol of KIP-848; undefined where it is none of those. Asked first, for to the older request they look dead. */
async function readConsumerGroup(client: KafkaClient, id: string, signal?: AbortSignal): Promise<GroupInfo | undefined> {
  const answer = await client
    .request("ConsumerGroupDescribe", { groupIds: [id], includeAuthorizedOperations: false }, { to: coordinator(id), signal })
    .catch((error: unknown) => {
      if (error instanceof AppError && error.code === "UnsupportedByBroker") return undefined;
      throw error;
    });
  const group = answer?.groups[0];
  if (!group || group.errorCode === codes.groupIdNotFound || group.errorCode === codes.unsupportedVersion) return undefined;
  check(`Group "${id}"`, group);
  return { id, type: "consumer", state: group.groupState, assignor: group.assignorName, members: group.members.map(toMember) };
}

const notFound = (id: string): AppError =>
  new AppError("NotFound", `Group "${id}" does not exist`, { details: { error: "GROUP_ID_NOT_FOUND" } });

async function readClassicGroup(client: KafkaClient, id: string, signal?: AbortSignal): Promise<GroupInfo> {
  const answer = await client.request("DescribeGroups", { groups: [id] }, { to: coordinator(id), signal });
  const group = answer.groups[0];
  if (!group || group.errorCode === codes.groupIdNotFound || (group.errorCode === codes.none && group.groupState === "Dead"))
    throw notFound(id);
  check(`Group "${id}"`, group);
  const members = group.protocolType === "consumer" || group.protocolType === "" ? group.members.map(toClassicMember) : [];
  return { id, type: "classic", state: group.groupState, assignor: group.protocolData, members };
}

export const groupReads = (client: KafkaClient): Pick<KafkaGroups, "groups" | "group"> => ({
  async groups(signal) {
    const { brokers } = await client.run(() => client.cluster(signal), { signal });
    const errors = new Map<number, string>();
    const read = async (id: number): Promise<GroupSummary[]> => {
      try {
        return await client.run(() => listOf(client, id, signal), { signal });
      } catch (error) {
        if (signal?.aborted || !(error instanceof AppError)) throw error;
        errors.set(id, error.message);
        return [];
      }
    };
    return { groups: (await Promise.all(brokers.map(({ id }) => read(id)))).flat(), errors };
  },
  group: (id, signal) =>
    client.run(async () => (await readConsumerGroup(client, id, signal)) ?? readClassicGroup(client, id, signal), { signal }),
});
