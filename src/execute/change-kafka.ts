import { AppError } from "../model/errors.ts";
import type { Step } from "../model/plan.ts";
import { changeGate } from "../plan/gate.ts";
import type { KafkaControl } from "../ports/kafka-cluster.ts";
import { describeHold } from "./describe-hold.ts";
import { alreadyDone, changed, type StepResult, type StepRun } from "./execute-io.ts";
import { inSyncAnywhere } from "./node-progress.ts";
import { waitUntil } from "./wait-until.ts";

type Of<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

async function withKafka<T>({ io }: StepRun, work: (kafka: KafkaControl) => Promise<T>): Promise<T> {
  const kafka = await io.openKafka(io.signal);
  try {
    return await work(kafka);
  } finally {
    kafka.close();
  }
}

/** Waits until the cluster is well enough for a change of settings. */
export const waitForChange = (run: StepRun, options: readonly string[], timeoutMs: number): Promise<undefined> =>
  waitUntil(run, {
    condition: { kind: "ChangeAllowed" },
    otherwise: "settings may still not be changed",
    hint: `kubectl kafka status ${run.cluster.name} -n ${run.cluster.namespace}`,
    timeoutMs,
    patient: true,
    signal: run.io.signal,
    async look() {
      const observation = await run.io.observe(run.io.signal);
      const answer = changeGate(observation, options);
      if (answer.open) return { done: true, value: undefined };
      return { done: false, because: describeHold(answer.because), score: inSyncAnywhere(observation) };
    },
  });

/** Changes settings that take effect at once, of all brokers or of one. What Kafka refuses is told by name, and nothing is tried in its place. */
export async function alterConfigs(run: StepRun, { changes, node }: Of<"AlterConfigs">): Promise<StepResult> {
  const set = Object.fromEntries(changes.flatMap(({ name, to }) => (to === undefined ? [] : [[name, to]])));
  const remove = changes.flatMap(({ name, to }) => (to === undefined ? [name] : []));
  const names = changes.map(({ name }) => name);
  await waitForChange(run, names, run.io.waitMs);
  return withKafka(run, async (kafka) => {
    const [refusal] = (await kafka.alterConfigs([{ type: "broker", name: node === undefined ? "" : String(node), set, remove }])).values();
    if (refusal === undefined) return changed;
    const where = node === undefined ? "" : ` of node ${node}`;
    throw new AppError("KafkaError", `Kafka refuses to change ${names.join(", ")}${where}: ${refusal.message || refusal.error}`, {
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
