import type { KafkaTarget } from "../../../model/kafka-target.ts";
import type { KafkaData } from "../../../ports/kafka-data.ts";
import type { DataIo } from "./session.ts";

/** Loads kafkajs (250 KB) when records are first asked for: no other command needs it. */
export async function openKafkaData(target: KafkaTarget, io: DataIo): Promise<KafkaData> {
  const { openData } = await import("./open-data.ts");
  return openData(target, io);
}
