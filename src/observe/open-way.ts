import { AppError } from "../model/errors.ts";
import type { KafkaTarget } from "../model/kafka-target.ts";
import type { OpenKafka } from "../ports/kafka.ts";
import type { KafkaControl } from "../ports/kafka-cluster.ts";

type Opened = {
  readonly admin: KafkaControl;
  /** The way that was taken. */
  readonly target: KafkaTarget;
  /** The ways before it, and why they were not. */
  readonly refused: readonly { readonly via: string; readonly error: AppError }[];
};

/** Faults of an identity or of what is trusted, which another listener may not ask for. */
const isRefusal = (error: unknown): error is AppError =>
  error instanceof AppError && (error.code === "TlsFailed" || error.code === "KafkaAuthenticationFailed");

/** Opens a target, or what stands in for it where its identity is refused. Throws what the first way said when none is open. */
export async function openWay(openKafka: OpenKafka, target: KafkaTarget, signal?: AbortSignal): Promise<Opened> {
  try {
    return { admin: await openKafka(target, signal), target, refused: [] };
  } catch (error) {
    const { via, otherwise } = target;
    if (!isRefusal(error) || otherwise === undefined) throw error;
    const opened = await openWay(openKafka, otherwise, signal).catch((second: unknown) => {
      throw signal?.aborted ? second : error;
    });
    return { ...opened, refused: [{ via, error }, ...opened.refused] };
  }
}
