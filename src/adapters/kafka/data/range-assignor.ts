import kafkajs, {
  type Assigner,
  type GroupMember,
  type GroupMemberAssignment,
  type PartitionAssigner,
  type Cluster as PublicCluster,
} from "kafkajs";
import type Cluster from "kafkajs/src/cluster/index.js";

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

/** Partitions 0 to `count` in as many contiguous runs as there are members, the first ones one longer where it does not come out even. */
export function cutRanges(count: number, members: number): number[][] {
  const size = Math.floor(count / members);
  const longer = count % members;
  return Array.from({ length: members }, (_, index) => {
    const from = index * size + Math.min(index, longer);
    return Array.from({ length: size + (index < longer ? 1 : 0) }, (_, step) => from + step);
  });
}

/** Topic → the members that read it, in the order of their ids. */
function readersByTopic(members: readonly GroupMember[]): Map<string, string[]> {
  const readers = new Map<string, string[]>();
  for (const { memberId, memberMetadata } of [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))) {
    for (const topic of MemberMetadata.decode(memberMetadata)?.topics ?? []) readers.set(topic, [...(readers.get(topic) ?? []), memberId]);
  }
  return readers;
}

async function assign(cluster: Cluster, members: readonly GroupMember[]): Promise<GroupMemberAssignment[]> {
  const readers = readersByTopic(members);
  await cluster.addMultipleTargetTopics([...readers.keys()]);
  const assignments = new Map<string, Record<string, number[]>>(members.map(({ memberId }) => [memberId, {}]));
  for (const [topic, ids] of readers) {
    const ranges = cutRanges(cluster.findTopicPartitionMetadata(topic).length, ids.length);
    for (const [index, id] of ids.entries()) Object.assign(assignments.get(id) ?? {}, { [topic]: ranges[index] ?? [] });
  }
  return [...assignments].map(([memberId, assignment]) => ({
    memberId,
    memberAssignment: MemberAssignment.encode({ version: 0, assignment, userData: Buffer.alloc(0) }),
  }));
}

/** Java's default, by Java's name for it: with kafkajs's own only, one could not join a group that Java consumers are in. */
export const rangeAssignor: PartitionAssigner = ({ cluster }: { cluster: PublicCluster }): Assigner => ({
  name: "range",
  version: 0,
  protocol: ({ topics }) => ({ name: "range", metadata: MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }) }),
  assign: ({ members }) => assign(cluster as unknown as Cluster, members),
});
