import { cursorOver, skipTags } from "./cursor.ts";
import { decodeMessage, type ElementMaps } from "./decode.ts";
import { encodeMessage } from "./encode.ts";
import type { Apis } from "./message-types.generated.ts";
import { type Message, messageOf } from "./schema.ts";
import { newSink, writeInt8, writeInt16, writeInt32, writeText, written } from "./sink.ts";

export type ApiName = keyof Apis;
export type RequestOf<N extends ApiName> = Apis[N]["request"];
export type ResponseOf<N extends ApiName> = Apis[N]["response"];

const clientId = "kubectl-kafka";
const apiVersionsKey = 18;

export const requestMessage = (api: ApiName): Message => messageOf(`${api}Request`);
export const responseMessage = (api: ApiName): Message => messageOf(`${api}Response`);

/** One request with its length and header: version 1 of the header, or 2 (with tagged fields, of which there are none) for flexible ones. */
export function encodeRequest(api: ApiName, version: number, content: { correlationId: number; body: object }): Buffer {
  const message = requestMessage(api);
  const sink = newSink();
  writeInt32(sink, 0);
  writeInt16(sink, message.apiKey);
  writeInt16(sink, version);
  writeInt32(sink, content.correlationId);
  writeInt16(sink, clientId.length);
  writeText(sink, clientId);
  if (version >= message.flexibleFrom) writeInt8(sink, 0);
  encodeMessage(message, version, { sink, value: content.body });
  const frame = written(sink);
  frame.writeInt32BE(frame.length - 4);
  return frame;
}

export const correlationIdOf = (frame: Buffer): number => frame.readInt32BE();

/** Where a response's body begins: flexible ones have tagged fields in their header, except those of ApiVersions, which any client must read. */
function bodyOffset(message: Message, version: number, frame: Buffer): number {
  const cursor = cursorOver(frame, 4);
  if (version >= message.flexibleFrom && message.apiKey !== apiVersionsKey) skipTags(cursor);
  return cursor.at;
}

/** The body of a response frame. Throws RangeError where the bytes are no such response. */
export function decodeResponse(api: ApiName, version: number, answer: { frame: Buffer; maps?: ElementMaps | undefined }): unknown {
  const message = responseMessage(api);
  return decodeMessage(message, version, { bytes: answer.frame, at: bodyOffset(message, version, answer.frame), maps: answer.maps });
}
