import { defaultHeapBytes, parseHeap } from "../model/heap.ts";
import { parseQuantity } from "../model/units.ts";
import type { KafkaFields, PoolDocument } from "./kafka-resource.ts";
import { type Reporter, reporterFor } from "./reporter.ts";

const heapOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : parseHeap(text));

/** Whether a pool's JVM can start, and in the memory that its container has. Its jvmOptions are its own, or else those of its Kafka. */
export function checkHeap(document: PoolDocument, { jvmOptions }: Pick<KafkaFields, "jvmOptions">): Reporter {
  const report = reporterFor(document);
  const { spec } = document.object;
  const options = spec.jvmOptions ?? jvmOptions ?? {};
  const { "-Xms": xms, "-Xmx": xmx } = options;
  const memory = spec.resources?.limits?.memory;
  const limit = memory === undefined ? undefined : parseQuantity(String(memory));
  const [least, most] = [heapOf(xms), heapOf(xmx) ?? (limit === undefined ? undefined : defaultHeapBytes(limit))];
  const place = (option: string) => (spec.jvmOptions === undefined ? ["spec", "resources"] : ["spec", "jvmOptions", option]);
  if (least !== undefined && most !== undefined && least > most)
    report.error(
      place("-Xms"),
      `-Xms ${xms} is more than ${xmx === undefined ? `half of the memory ${memory}, which is -Xmx` : `-Xmx ${xmx}`}`,
    );
  const heap = heapOf(xmx);
  if (heap !== undefined && limit !== undefined && heap > limit)
    report.error(place("-Xmx"), `-Xmx ${xmx} is more than the memory limit ${memory}: the node would be killed`);
  return report;
}
