import type { CommittedOffset, KafkaGroups } from "../../../ports/kafka-groups.ts";
import type { KafkaClient } from "../client/client.ts";
import { check } from "../client/kafka-errors.ts";
import type { Destination } from "../client/router.ts";
import { mergeRefusals, partitionKey, refusalsOf } from "./refusals.ts";

const coordinator = (id: string): Destination => ({ kind: "GroupCoordinator", id });

/** Version 10 of both requests names topics by id alone. */
const lastByName = 9;
/** From version 8 on many groups can be asked about at once. */
const firstOfMany = 8;
const nothingCommitted = -1;

/** Stands for somebody who is no member, as Kafka lets it while the group is empty. */
const outsider = { generationIdOrMemberEpoch: -1, memberId: "" };

const byTopic = <T extends { topic: string }>(list: readonly T[]): [string, T[]][] => [...Map.groupBy(list, ({ topic }) => topic)];

async function readCommitted(client: KafkaClient, id: string, signal?: AbortSignal): Promise<CommittedOffset[]> {
  const answer = await client.request(
    "OffsetFetch",
    (version) => (version >= firstOfMany ? { groups: [{ groupId: id, topics: null }] } : { groupId: id, topics: null }),
    {
      to: coordinator(id),
      signal,
      ceiling: lastByName,
    },
  );
  const group = answer.groups[0] ?? answer;
  check(`Offsets of group "${id}"`, group);
  return group.topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ committedOffset }) => committedOffset !== nothingCommitted)
      .map(({ partitionIndex, committedOffset, metadata }) => ({
        topic: name,
        partition: partitionIndex,
        offset: committedOffset,
        ...(metadata && { metadata }),
      })),
  );
}

type Result = { readonly name: string; readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[] };

const partitionRefusals = (topics: readonly Result[]): ReturnType<typeof refusalsOf> =>
  refusalsOf(
    topics.flatMap(({ name, partitions }) => partitions.map((partition) => ({ ...partition, name }))),
    ({ name, partitionIndex }) => partitionKey(name, partitionIndex),
  );

export const groupOffsets = (client: KafkaClient): Pick<KafkaGroups, "committed" | "commit" | "deleteCommitted" | "deleteGroups"> => ({
  committed: (id, signal) => client.run(() => readCommitted(client, id, signal), { signal }),

  commit: (id, offsets, signal) =>
    client.run(
      async () => {
        const topics = byTopic(offsets).map(([name, some]) => ({
          name,
          partitions: some.map(({ partition, offset, metadata }) => ({
            partitionIndex: partition,
            committedOffset: offset,
            committedMetadata: metadata ?? "",
          })),
        }));
        const answer = await client.request(
          "OffsetCommit",
          { groupId: id, ...outsider, topics },
          { to: coordinator(id), signal, ceiling: lastByName },
        );
        return partitionRefusals(answer.topics);
      },
      { signal },
    ),

  deleteCommitted: (id, partitions, signal) =>
    client.run(
      async () => {
        const topics = byTopic(partitions).map(([name, some]) => ({
          name,
          partitions: some.map(({ partition }) => ({ partitionIndex: partition })),
        }));
        const answer = await client.request("OffsetDelete", { groupId: id, topics }, { to: coordinator(id), signal });
        check(`Offsets of group "${id}"`, answer);
        return partitionRefusals(answer.topics);
      },
      { signal },
    ),

  async deleteGroups(ids, signal) {
    const remove = (id: string): ReturnType<KafkaGroups["deleteGroups"]> =>
      client.run(
        async () => {
          const answer = await client.request("DeleteGroups", { groupsNames: [id] }, { to: coordinator(id), signal });
          return refusalsOf(answer.results, ({ groupId }) => groupId);
        },
        { signal, repeatable: false },
      );
    return mergeRefusals(await Promise.all(ids.map(remove)));
  },
});
