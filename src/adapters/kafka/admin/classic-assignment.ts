import type { PartitionRef } from "../../../model/finding.ts";
import { cursorOver, readInt16, readInt32, readInts, readText } from "../wire/cursor.ts";

/** The partitions in a classic member's assignment: ConsumerProtocolAssignment, of which every version begins alike. None where there is no assignment. */
export function readAssignment(bytes: Uint8Array): PartitionRef[] {
  if (bytes.length === 0) return [];
  const cursor = cursorOver(Buffer.from(bytes));
  readInt16(cursor);
  const partitions: PartitionRef[] = [];
  for (let left = readInt32(cursor); left > 0; left -= 1) {
    const topic = readText(cursor, readInt16(cursor));
    for (const partition of readInts(cursor, readInt32(cursor))) partitions.push({ topic, partition });
  }
  return partitions;
}
