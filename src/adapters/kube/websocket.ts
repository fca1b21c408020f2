import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { clearInterval, setInterval } from "node:timers";
import type { WebSocket } from "ws";
import type { Client, Upgrade } from "./client.ts";
import { statusError } from "./errors.ts";
import { ConnectionFault, DeadlineExceeded, readBody } from "./http.ts";
import type { Query, Subject } from "./paths.ts";

/** `protocols` are offered in this order. */
export type SocketRequest = {
  readonly subject: Subject;
  readonly query: Query;
  readonly protocols: readonly string[];
  readonly signal?: AbortSignal | undefined;
};

/** `tcp` is the connection below, for unref. */
export type OpenSocket = { readonly socket: WebSocket; readonly tcp: Socket };

const handshakeTimeoutMs = 30_000;

/** The answer of a server that does not upgrade. */
class Refused extends Error {
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}

/**
 * Opens a WebSocket to a pod's subresource; once more with other credentials after a 401. It comes paused, so that no message is lost
 * before its reader listens. Throws AppError. `ws` is loaded here and nowhere else.
 */
export async function openWebSocket(client: Client, request: SocketRequest): Promise<OpenSocket> {
  const { subject, query, signal } = request;
  let mayRenew = true;
  while (true) {
    try {
      const upgrade = await client.upgrade(subject, query, signal);
      const opened = await connect(client, upgrade, request).catch(async (error: unknown) => {
        if (!(error instanceof Refused && error.status === 401 && mayRenew)) throw error;
        mayRenew = false;
        if (await client.renew(upgrade.credential, signal)) return undefined;
        throw error;
      });
      if (opened) return opened;
    } catch (error) {
      throw error instanceof Refused ? statusError(error, subject, client.target) : client.fault(error, subject, signal);
    }
  }
}

/**
 * Masking keeps bytes that a web page chose from being read as HTTP by proxies on the way. Inside TLS none can read them, and a mask of
 * zeros, which `ws` passes over, more than doubles what goes through.
 */
const noMask = (mask: Buffer): void => {
  mask.fill(0);
};

async function connect(client: Client, upgrade: Upgrade, { protocols, signal }: SocketRequest): Promise<OpenSocket> {
  const { WebSocket } = await import("ws");
  const { url, headers, agent, timeoutMs: handshakeTimeout = handshakeTimeoutMs } = upgrade;
  signal?.throwIfAborted();
  const sentAt = client.now();
  const plain = {
    perMessageDeflate: false,
    maxPayload: 0,
    skipUTF8Validation: true,
    ...(url.protocol === "https:" ? { generateMask: noMask } : {}),
  };
  const socket = new WebSocket(url.href.replace(/^http/, "ws"), [...protocols], { headers, agent, handshakeTimeout, ...plain });
  const stop = (): void => socket.terminate();
  signal?.addEventListener("abort", stop, { once: true });
  const trace = (status: number): void =>
    client.trace(`GET ${url.origin}${url.pathname} ${status} in ${client.now() - sentAt} ms, WebSocket`);
  try {
    const tcp = await opened(socket, trace);
    const { forget } = client.onClose(() => socket.terminate());
    socket.once("close", forget);
    return { socket, tcp };
  } catch (error) {
    const late = error instanceof Error && error.message === "Opening handshake has timed out";
    throw error instanceof Refused ? error : new ConnectionFault(late ? new DeadlineExceeded(handshakeTimeout, !upgrade.timeoutMs) : error);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** The connection below, once it is a WebSocket, which is paused then. Rejects with Refused, or with what the connection failed of. */
function opened(socket: WebSocket, trace: (status: number) => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once("upgrade", (response) => {
      socket.once("open", () => {
        trace(101);
        socket.pause();
        resolve(response.socket);
      });
    });
    socket.once("unexpected-response", (_request, response) => {
      trace(response.statusCode ?? 0);
      refusedBy(response).then(reject, reject);
    });
    // Stays, so that what fails later is no uncaught error; readers listen for themselves.
    socket.on("error", reject);
  });
}

async function refusedBy(response: IncomingMessage): Promise<Refused> {
  const { text } = await readBody(response);
  return new Refused(response.statusCode ?? 0, text);
}

/** Pings, so that load balancers see life in a quiet connection. Ends with it. */
export function keepAlive(socket: WebSocket, everyMs: number): void {
  const timer = setInterval(() => {
    if (socket.readyState === socket.OPEN) socket.ping();
  }, everyMs).unref();
  socket.once("close", () => clearInterval(timer));
}
