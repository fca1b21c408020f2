import { AppError } from "../model/errors.ts";
import type { KafkaAdmin } from "../ports/kafka.ts";

/** The dynamic defaults of all brokers, by name: one request. Secrets among them have no value to compare and are left out. */
export async function readBrokerDefaults(admin: KafkaAdmin, signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const { entries, errors } = await admin.configs({ type: "broker", names: [""] }, signal);
  const [error] = errors.values();
  if (error !== undefined) throw new AppError("KafkaError", error);
  const found = entries.get("") ?? [];
  return new Map(
    found
      .filter(({ source, sensitive }) => source === "DYNAMIC_DEFAULT_BROKER_CONFIG" && !sensitive)
      .flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const])),
  );
}
