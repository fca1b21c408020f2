import { AppError } from "../model/errors.ts";
import type { StepRun } from "./execute-io.ts";

type Broker = { readonly node: number; readonly pod: string };

/** The fault of brokers that lost a log directory, whose replicas in it do not come back; undefined where all are well, or none could be asked. */
export async function offlineLogDirs({ io, cluster }: StepRun, brokers: readonly Broker[]): Promise<AppError | undefined> {
  try {
    const kafka = await io.openKafka();
    try {
      const { dirs } = await kafka.logDirs(brokers.map(({ node }) => node));
      const offline = dirs.find(({ error }) => error !== undefined);
      const broker = brokers.find(({ node }) => node === offline?.brokerId);
      if (offline === undefined || broker === undefined) return undefined;
      const message = `${broker.pod}: log directory ${offline.path} is offline (${offline.error}), and its replicas in it cannot catch up`;
      return new AppError("KafkaError", message, { hint: `kubectl logs ${broker.pod} -n ${cluster.namespace}` });
    } finally {
      kafka.close();
    }
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
