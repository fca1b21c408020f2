import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import * as http from "node:http";
import * as https from "node:https";
import { clearTimeout, setTimeout } from "node:timers";
import { reasonOf } from "./reason.ts";

export type HttpCall = {
  readonly url: URL;
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string | undefined;
  readonly agent: http.Agent;
  readonly signal?: AbortSignal | undefined;
  /** Until the whole answer is there, or its headers with `stream`. */
  readonly deadlineMs?: number | undefined;
  readonly stream?: boolean | undefined;
};

/** How long to wait for TCP, proxy and TLS. */
export const connectTimeoutMs = 15_000;

/** No HTTP answer, or half of one. `reused`: it was on a connection that had carried others, so the server may just have closed it. */
export class ConnectionFault extends Error {
  override readonly name = "ConnectionFault";
  readonly reused: boolean;

  constructor(cause: unknown, reused = false) {
    super(reasonOf(cause), { cause });
    this.reused = reused;
  }
}

/** The request's own deadline, or the time to connect, ran out. */
export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";
  readonly afterMs: number;
  readonly connecting: boolean;

  constructor(afterMs: number, connecting = false) {
    super(`no answer within ${afterMs} ms`);
    this.afterMs = afterMs;
    this.connecting = connecting;
  }
}

/** One HTTP request. Resolves with the answer's headers, whatever the status; throws ConnectionFault, also with the signal's reason as cause. */
export function sendHttp(call: HttpCall): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    if (call.signal?.aborted) return reject(new ConnectionFault(call.signal.reason));
    const { request: start } = call.url.protocol === "https:" ? https : http;
    const request = start(call.url, { method: call.method, headers: call.headers, agent: call.agent, timeout: connectTimeoutMs });
    let response: IncomingMessage | undefined;
    const stop = (reason: unknown): void => {
      (response ?? request).destroy(reason instanceof Error ? reason : new Error(String(reason)));
    };
    const { deadlineMs, signal } = call;
    const timer = deadlineMs ? setTimeout(() => stop(new DeadlineExceeded(deadlineMs)), deadlineMs) : undefined;
    const onAbort = (): void => stop(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    request.on("close", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    });
    request.on("timeout", () => {
      if (isConnecting(request)) request.destroy(new DeadlineExceeded(connectTimeoutMs, true));
    });
    request.on("response", (answer) => {
      response = answer;
      if (call.stream) clearTimeout(timer);
      resolve(answer);
    });
    request.on("error", (error) => reject(new ConnectionFault(error, request.reusedSocket)));
    request.end(call.body);
  });
}

function isConnecting(request: http.ClientRequest): boolean {
  const socket = request.socket;
  return !socket || socket.connecting || ("secureConnecting" in socket && socket.secureConnecting === true);
}

/** The whole body, unpacked; `bytes` as they came over the wire. Throws ConnectionFault when it breaks off. */
export async function readBody(response: IncomingMessage): Promise<{ text: string; bytes: number }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk);
  } catch (error) {
    throw new ConnectionFault(error, true);
  }
  const packed = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  const body = response.headers["content-encoding"] === "gzip" ? await unpack(packed) : packed;
  return { text: body.toString("utf8"), bytes: packed.length };
}

async function unpack(packed: Buffer): Promise<Buffer> {
  const { gunzip } = await import("node:zlib");
  return new Promise((resolve, reject) => gunzip(packed, (error, body) => (error ? reject(new ConnectionFault(error)) : resolve(body))));
}
