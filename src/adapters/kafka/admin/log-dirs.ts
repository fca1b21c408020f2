import type { LogDirInfo } from "../../../ports/kafka.ts";
import type { KafkaClient } from "../client/client.ts";
import { check } from "../client/kafka-errors.ts";
import { codes, errorOf } from "../wire/error-codes.ts";

type LogDirs = { dirs: LogDirInfo[]; errors: Map<number, string> };

/** Asks for no topics: the directories come all the same, and with them the sizes of their volumes. */
async function askBroker(client: KafkaClient, id: number, signal: AbortSignal | undefined): Promise<LogDirInfo[]> {
  const answer = await client.request("DescribeLogDirs", { topics: [] }, { to: { kind: "Broker", id }, signal });
  check(`Log directories of broker ${id}`, answer);
  return answer.results.map((dir) => ({
    brokerId: id,
    path: dir.logDir,
    totalBytes: dir.totalBytes,
    usableBytes: dir.usableBytes,
    ...(dir.errorCode !== codes.none && { error: errorOf(dir.errorCode).name }),
  }));
}

/** All brokers at once; one that cannot be asked is an error of its id. */
export async function readLogDirs(client: KafkaClient, ids: readonly number[], signal?: AbortSignal): Promise<LogDirs> {
  const errors = new Map<number, string>();
  const read = async (id: number): Promise<LogDirInfo[]> => {
    try {
      return await client.run(() => askBroker(client, id, signal), { signal });
    } catch (error) {
      if (signal?.aborted || !(error instanceof Error)) throw error;
      errors.set(id, error.message);
      return [];
    }
  };
  return { dirs: (await Promise.all(ids.map(read))).flat(), errors };
}
