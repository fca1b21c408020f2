import type { Socket } from "node:net";
import { cursorOver, readInt16, readInt32, readText, skipTags } from "../../../src/adapters/kafka/wire/cursor.ts";
import { decodeMessage } from "../../../src/adapters/kafka/wire/decode.ts";
import { encodeMessage } from "../../../src/adapters/kafka/wire/encode.ts";
import { frameAssembler } from "../../../src/adapters/kafka/wire/frames.ts";
import { type ApiName, requestMessage, responseMessage } from "../../../src/adapters/kafka/wire/request.ts";
import { newSink, writeInt8, writeInt32, written } from "../../../src/adapters/kafka/wire/sink.ts";
import { type Call, handlers } from "./handlers.ts";
import type { Ranges } from "./releases.ts";
import { newSession, type SaslOptions, type Session } from "./session.ts";
import type { State } from "./state.ts";

/** A request as it came in. */
export type Incoming = {
  readonly api: ApiName;
  readonly version: number;
  readonly node: number;
  readonly clientId: string;
  readonly body: unknown;
};

/** What to do in place of answering as a broker would. `Bytes` go out as they are; `Frame` is a body that gets its length and header. */
export type Mischief =
  | { readonly kind: "Body"; readonly body: object }
  | { readonly kind: "Bytes"; readonly bytes: Buffer }
  | { readonly kind: "HangUp" }
  | { readonly kind: "Silence" }
  | { readonly kind: "WrongCorrelation" }
  | { readonly kind: "CutShort" /** Of the whole answer, before the connection ends. */; readonly bytes: number };

export type Serving = {
  readonly state: State;
  readonly ranges: Ranges;
  readonly sasl: SaslOptions | undefined;
  /** Called with each request; what it returns is done, undefined lets the fake answer. */
  readonly intercept: (request: Incoming) => Mischief | undefined | Promise<Mischief | undefined>;
};

const unsupportedVersion = 35;
const beforeLogin: readonly ApiName[] = ["ApiVersions", "SaslHandshake", "SaslAuthenticate"];

type Parsed = Incoming & { readonly correlationId: number; readonly known: boolean };

function parse(frame: Buffer, node: number, { ranges }: Serving): Parsed {
  const cursor = cursorOver(frame);
  const key = readInt16(cursor);
  const version = readInt16(cursor);
  const correlationId = readInt32(cursor);
  const clientId = readText(cursor, readInt16(cursor));
  const found = [...ranges].find(([api]) => requestMessage(api).apiKey === key);
  if (!found) throw new Error(`no request has the key ${key}`);
  const [api, [min, max]] = found;
  const known = version >= min && version <= max;
  if (known && version >= requestMessage(api).flexibleFrom) skipTags(cursor);
  const body = known ? decodeMessage(requestMessage(api), version, { bytes: frame, at: cursor.at }) : {};
  return { api, version, node, clientId, body, correlationId, known };
}

const apiVersions = ({ ranges, state }: Serving, errorCode: number): object => ({
  errorCode,
  apiKeys: [...ranges].map(([api, [minVersion, maxVersion]]) => ({ apiKey: requestMessage(api).apiKey, minVersion, maxVersion })),
  supportedFeatures: [{ name: "metadata.version", minVersion: 7, maxVersion: 30 }],
  finalizedFeatures: [{ name: "metadata.version", minVersionLevel: state.metadataLevel, maxVersionLevel: state.metadataLevel }],
  finalizedFeaturesEpoch: 1,
});

function answerBody(request: Parsed, serving: Serving, session: Session): object {
  if (request.api === "ApiVersions") return apiVersions(serving, request.known ? 0 : unsupportedVersion);
  if (request.api === "SaslHandshake") return session.handshake(request.body as never);
  if (request.api === "SaslAuthenticate") return session.authenticate(request.body as never);
  const handle = handlers[request.api] as ((call: Call<ApiName>) => object) | undefined;
  if (!handle) throw new Error(`the fake does not answer ${request.api}`);
  return handle({ request: request.body as never, version: request.version, node: request.node, state: serving.state });
}

function encodeAnswer({ api, version, known, correlationId }: Parsed, body: object): Buffer {
  const message = responseMessage(api);
  const spoken = known ? version : 0;
  const sink = newSink(1024);
  writeInt32(sink, 0);
  writeInt32(sink, correlationId);
  if (spoken >= message.flexibleFrom && api !== "ApiVersions") writeInt8(sink, 0);
  encodeMessage(message, spoken, { sink, value: body });
  const bytes = written(sink);
  bytes.writeInt32BE(bytes.length - 4);
  return bytes;
}

/** Answers of all topics are large and asked for again and again: each is kept until a topic changes. */
const kept = new WeakMap<State, Map<string, { epoch: number; bytes: Buffer }>>();

function answer(request: Parsed, serving: Serving, session: Session): Buffer {
  const all = request.api === "Metadata" && (request.body as { topics: unknown }).topics === null;
  if (!all) return encodeAnswer(request, answerBody(request, serving, session));
  const { state } = serving;
  const answers = kept.get(state) ?? new Map<string, { epoch: number; bytes: Buffer }>();
  kept.set(state, answers);
  const known = answers.get(`${request.version}`);
  const bytes = known?.epoch === state.topicsEpoch ? known.bytes : encodeAnswer(request, answerBody(request, serving, session));
  answers.set(`${request.version}`, { epoch: state.topicsEpoch, bytes });
  const head = Buffer.from(bytes.subarray(0, 8));
  head.writeInt32BE(request.correlationId, 4);
  return Buffer.concat([head, bytes.subarray(8)]);
}

async function respond(socket: Socket, request: Parsed, { serving, session }: { serving: Serving; session: Session }): Promise<void> {
  const mischief = await serving.intercept(request);
  switch (mischief?.kind) {
    case undefined:
      if (session.open || beforeLogin.includes(request.api)) socket.write(answer(request, serving, session));
      else socket.destroy();
      return;
    case "Body":
      socket.write(encodeAnswer(request, mischief.body));
      return;
    case "Bytes":
      socket.write(mischief.bytes);
      return;
    case "HangUp":
      socket.destroy();
      return;
    case "Silence":
      return;
    case "WrongCorrelation":
      socket.write(answer({ ...request, correlationId: request.correlationId + 1 }, serving, session));
      return;
    case "CutShort":
      socket.end(answer(request, serving, session).subarray(0, mischief.bytes));
  }
}

/** Speaks with one client of one node. Requests are answered one after the other, as Kafka does. */
export function serve(socket: Socket, node: number, serving: Serving): void {
  const assemble = frameAssembler();
  const session = newSession(serving.sasl);
  let turn: Promise<void> = Promise.resolve();
  const take = (frame: Buffer): void => {
    turn = turn.then(() => respond(socket, parse(frame, node, serving), { serving, session })).catch(() => void socket.destroy());
  };
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    try {
      for (const frame of assemble(chunk)) take(Buffer.from(frame));
    } catch {
      socket.destroy();
    }
  });
}
