import { Buffer } from "node:buffer";
import kafkajs from "kafkajs";
import Broker, { type FetchArguments } from "kafkajs/src/broker/index.js";
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";
import Decoder from "kafkajs/src/protocol/decoder.js";
import { createErrorFromCode } from "kafkajs/src/protocol/error.js";
import metadataV6 from "kafkajs/src/protocol/requests/metadata/v6/response.js";
import { compressors } from "./codecs.ts";
import { fetchForConsumer } from "./fetch.ts";

// What is wrong or missing in kafkajs 2.2.4 and is put right when this file is imported, once. kafkajs is frozen and pinned to that version.

/** An idle connection woke up every millisecond to look at an empty queue (a timer with a negative delay, which Node also warns of). */
const { scheduleCheckPendingRequests } = RequestQueue.prototype;
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
};

/** A tagged field's size was read as one byte more than it says, so that everything after it was garbage. */
Decoder.prototype.readTaggedFields = function (this: Decoder): null {
  for (let fields = this.readUVarInt(); fields > 0; fields -= 1) {
    this.readUVarInt();
    this.forward(this.readUVarInt());
  }
  return null;
};

/** One partition without a leader made the whole topic unusable. Such a partition stays in the answer, its leader is -1. */
metadataV6.parse = async (data) => {
  const failed = data.topicMetadata.find(({ topicErrorCode }) => topicErrorCode !== 0);
  if (failed !== undefined) throw createErrorFromCode(failed.topicErrorCode);
  return data;
};

/**
 * Records are read by our own reader. kafkajs's loses records (it goes on at the high watermark after a batch that compaction emptied), shows
 * those of aborted transactions (it takes a record whose key is four zero bytes for the end of one) and overflows the stack on large batches.
 */
Broker.prototype.fetch = function (this: Broker, args: FetchArguments): Promise<unknown> {
  return fetchForConsumer(this, args);
};

/** A coordinator that is gone was asked again and again. By this name kafkajs looks for the new one, and stays the member that it is. */
const { heartbeat } = Broker.prototype;
Broker.prototype.heartbeat = function (this: Broker, args: object): Promise<unknown> {
  return heartbeat.call(this, args).catch((error: unknown) => {
    const isLost = error instanceof Error && /Connection|RequestTimeout/.test(error.name);
    throw isLost ? Object.assign(error, { type: "NOT_COORDINATOR_FOR_GROUP" }) : error;
  });
};

const { CompressionCodecs, CompressionTypes } = kafkajs;
const codec = (compress: (bytes: Buffer) => Promise<Buffer>) => () => ({
  compress: ({ buffer }: { buffer: Buffer }) => compress(Buffer.from(buffer)),
  decompress: (): never => {
    throw new Error("records are decompressed by our own reader");
  },
});
Object.assign(CompressionCodecs, {
  [CompressionTypes.Snappy]: codec(compressors.snappy),
  [CompressionTypes.LZ4]: codec(compressors.lz4),
  [CompressionTypes.ZSTD]: codec(compressors.zstd),
});
