import { AppError } from "../model/errors.ts";
import type { Step } from "../model/plan.ts";
import type { KafkaControl } from "../ports/kafka-cluster.ts";
import { alreadyDone, changed, type StepResult, type StepRun } from "./execute-io.ts";

type Of<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

async function withKafka<T>({ io }: StepRun, work: (kafka: KafkaControl) => Promise<T>): Promise<T> {
  const kafka = await io.openKafka(io.signal);
  try {
    return await work(kafka);
  } finally {
    kafka.close();
  }
}

/** Sets the cluster-wide dynamic defaults of brokers, which take effect at once. */
export function alterConfigs(run: StepRun, { changes }: Of<"AlterConfigs">): Promise<StepResult> {
  const set = Object.fromEntries(changes.flatMap(({ name, to }) => (to === undefined ? [] : [[name, to]])));
  const remove = changes.flatMap(({ name, to }) => (to === undefined ? [name] : []));
  return withKafka(run, async (kafka) => {
    const [refusal] = (await kafka.alterConfigs([{ type: "broker", name: "", set, remove }])).values();
    if (refusal === undefined) return changed;
    const names = changes.map(({ name }) => name).join(", ");
    throw new AppError("KafkaError", `Kafka refuses to change ${names}: ${refusal.message || refusal.error}`, {
      details: { error: refusal.error },
    });
  });
}

export function updateMetadataVersion(run: StepRun, { to }: Of<"UpdateMetadataVersion">): Promise<StepResult> {
  return withKafka(run, async (kafka) => {
    if ((await kafka.features()).metadataVersion === to) return alreadyDone;
    await kafka.updateMetadataVersion(to);
    return changed;
  });
}

/** Makes Kafka forget a broker that is gone for good. */
export function unregisterNode(run: StepRun, { node }: Of<"UnregisterNode">): Promise<StepResult> {
  return withKafka(run, async (kafka) => {
    try {
      await kafka.unregisterBroker(node);
      return changed;
    } catch (error) {
      if (error instanceof AppError && error.details.error === "BROKER_ID_NOT_REGISTERED") return alreadyDone;
      throw error;
    }
  });
}
