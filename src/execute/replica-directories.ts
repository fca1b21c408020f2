import { AppError } from "../model/errors.ts";
import type { NodeProgress } from "../model/event.ts";
import type { FilledLogDir } from "../ports/kafka.ts";
import type { StepRun } from "./execute-io.ts";

type Replicas = NonNullable<NodeProgress["replicas"]>;

/** What brokers' log directories tell of replicas that are not in sync. `fault`: one is offline, and what is in it does not come back. */
export type ReplicaDirectories = { readonly fault?: AppError; readonly replicas: ReadonlyMap<number, Replicas> };

type Broker = { readonly node: number; readonly pod: string };

function faultOf(dirs: readonly FilledLogDir[], brokers: readonly Broker[], namespace: string): AppError | undefined {
  const offline = dirs.find(({ error }) => error !== undefined);
  const broker = brokers.find(({ node }) => node === offline?.brokerId);
  if (offline === undefined || broker === undefined) return undefined;
  const message = `${broker.pod}: log directory ${offline.path} is offline (${offline.error}), and its replicas in it cannot catch up`;
  return new AppError("KafkaError", message, { hint: `kubectl logs ${broker.pod} -n ${namespace}` });
}

function replicasOf(dirs: readonly FilledLogDir[]): Replicas {
  const sum = (field: "replicaBytes" | "recordsBehind") => dirs.reduce((total, dir) => total + dir[field], 0);
  return { bytes: sum("replicaBytes"), recordsBehind: sum("recordsBehind") };
}

/** Asks brokers for their log directories; undefined where none could be asked. */
export async function readDirectories({ io, cluster }: StepRun, brokers: readonly Broker[]): Promise<ReplicaDirectories | undefined> {
  try {
    const kafka = await io.openKafka();
    try {
      const { dirs } = await kafka.filledLogDirs(brokers.map(({ node }) => node));
      const fault = faultOf(dirs, brokers, cluster.namespace);
      const byBroker = Map.groupBy(dirs, ({ brokerId }) => brokerId);
      const replicas = new Map([...byBroker].map(([node, own]) => [node, replicasOf(own)]));
      return { replicas, ...(fault === undefined ? {} : { fault }) };
    } finally {
      kafka.close();
    }
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
