import type { FilledLogDir, LogDirInfo } from "../../../ports/kafka.ts";
import type { KafkaClient } from "../client/client.ts";
import { check } from "../client/kafka-errors.ts";
import { codes, errorOf } from "../wire/error-codes.ts";
import type { DescribeLogDirsResponse } from "../wire/message-types.generated.ts";

type Found = DescribeLogDirsResponse["results"][number];
type Answer<T> = { dirs: T[]; errors: Map<number, string> };

/** `topics`: null for all; where none is asked for the directories come all the same, and with them the sizes of their volumes. */
type Question<T> = { readonly topics: null | readonly []; readonly read: (brokerId: number, dir: Found) => T };

const toLogDir = (brokerId: number, dir: Found): LogDirInfo => ({
  brokerId,
  path: dir.logDir,
  totalBytes: dir.totalBytes,
  usableBytes: dir.usableBytes,
  ...(dir.errorCode !== codes.none && { error: errorOf(dir.errorCode).name }),
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + Math.max(0, one), 0);

function toFilledLogDir(brokerId: number, dir: Found): FilledLogDir {
  // a future replica is one that moves between the directories of its broker
  const replicas = dir.topics.flatMap(({ partitions }) => partitions.filter(({ isFutureKey }) => !isFutureKey));
  return {
    ...toLogDir(brokerId, dir),
    replicaBytes: sum(replicas.map(({ partitionSize }) => partitionSize)),
    recordsBehind: sum(replicas.map(({ offsetLag }) => offsetLag)),
  };
}

/** All brokers at once; one that cannot be asked is an error of its id. */
async function ask<T>(client: KafkaClient, ids: readonly number[], question: Question<T> & { signal: AbortSignal | undefined }) {
  const { topics, read, signal } = question;
  const errors = new Map<number, string>();
  const askBroker = async (id: number): Promise<T[]> => {
    try {
      const answer = await client.run(() => client.request("DescribeLogDirs", { topics }, { to: { kind: "Broker", id }, signal }), {
        signal,
      });
      check(`Log directories of broker ${id}`, answer);
      return answer.results.map((dir) => read(id, dir));
    } catch (error) {
      if (signal?.aborted || !(error instanceof Error)) throw error;
      errors.set(id, error.message);
      return [];
    }
  };
  return { dirs: (await Promise.all(ids.map(askBroker))).flat(), errors };
}

export const readLogDirs = (client: KafkaClient, ids: readonly number[], signal?: AbortSignal): Promise<Answer<LogDirInfo>> =>
  ask(client, ids, { topics: [], read: toLogDir, signal });

export const readFilledLogDirs = (client: KafkaClient, ids: readonly number[], signal?: AbortSignal): Promise<Answer<FilledLogDir>> =>
  ask(client, ids, { topics: null, read: toFilledLogDir, signal });
