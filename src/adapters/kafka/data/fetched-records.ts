import type { Isolation, KafkaRecord } from "../../../ports/kafka-data.ts";
import { decompress } from "./codecs.ts";
import { type BatchHead, readBatchHead, readRecords } from "./record-batch.ts";

export type AbortedTransaction = { readonly producerId: bigint; readonly firstOffset: number };

export type RecordSet = {
  readonly bytes: Buffer;
  /** The offset that was asked for: the first batch may begin before it. */
  readonly from: number;
  readonly aborted: readonly AbortedTransaction[];
  readonly isolation: Isolation;
};

/** `nextOffset` goes beyond the last record where batches were emptied by compaction, aborted, or markers of transactions. */
export type ReadRecords = { readonly records: KafkaRecord[]; readonly nextOffset: number };

const abortMarker = 0;

/** A control record's key is its version and its type, two bytes each. */
const isAbortMarker = (head: BatchHead, bytes: Buffer): boolean => readRecords(head, bytes, 0)[0]?.key?.at(3) === abortMarker;

/**
 * Which batches belong to aborted transactions. The broker names their producers and first offsets; a producer's transaction ends with
 * its abort marker, so that its later batches count again.
 */
function abortedBatches(set: RecordSet): (head: BatchHead) => boolean {
  if (set.isolation === "read_uncommitted") return () => false;
  const ahead = [...set.aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const open: Set<bigint> = new Set();
  return (head) => {
    for (let next = ahead[0]; next !== undefined && next.firstOffset <= head.lastOffset; next = ahead[0]) {
      open.add(next.producerId);
      ahead.shift();
    }
    if (!head.isControl) return head.isTransactional && open.has(head.producerId);
    if (open.has(head.producerId) && isAbortMarker(head, set.bytes.subarray(head.recordsAt, head.end))) open.delete(head.producerId);
    return true;
  };
}

async function readBatch(set: RecordSet, head: BatchHead): Promise<KafkaRecord[]> {
  const packed = set.bytes.subarray(head.recordsAt, head.end);
  return readRecords(head, head.codec === 0 ? packed : await decompress(head.codec, packed), set.from);
}

/**
 * The records a reader is to see, of one partition in one Fetch answer. Throws RangeError or the decompressor's error for a broken batch,
 * once it is the first: what comes before it is read.
 */
export async function readRecordSet(set: RecordSet): Promise<ReadRecords> {
  const isAborted = abortedBatches(set);
  const records: KafkaRecord[] = [];
  let nextOffset = set.from;
  try {
    for (let head = readBatchHead(set.bytes, 0); head !== undefined; head = readBatchHead(set.bytes, head.end)) {
      const isHidden = isAborted(head) || head.isControl || head.count === 0 || head.lastOffset < set.from;
      if (!isHidden) for (const record of await readBatch(set, head)) records.push(record);
      nextOffset = Math.max(nextOffset, head.lastOffset + 1);
    }
  } catch (error) {
    if (nextOffset === set.from) throw error;
  }
  return { records, nextOffset };
}
