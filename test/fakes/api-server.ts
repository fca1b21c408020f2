import { once } from "node:events";
import { createServer as createPlain, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecure } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { gzipSync } from "node:zlib";
import { type WebSocket, WebSocketServer } from "ws";
import { testCertificates } from "./certificates.ts";

export type ApiCall = {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  /** Repeated headers as Node gives them raw: name, value, name, value. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The client certificate's common name. */
  readonly commonName: string | undefined;
};

/** `body` is sent as JSON unless it is text; `cut` closes the connection without an answer. */
export type Reply =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body: unknown }
  | { readonly stream: (response: ServerResponse) => void }
  | { readonly cut: true };

export type FakeApiServer = {
  readonly url: string;
  readonly port: number;
  /** Every call, oldest first. */
  readonly calls: readonly ApiCall[];
  /** How many TCP connections were made. */
  connections(): number;
  close(): Promise<void>;
};

type Options = {
  readonly answer: (call: ApiCall, index: number) => Reply;
  readonly upgrade?: {
    readonly protocols: readonly string[];
    onOpen(socket: WebSocket, call: ApiCall): void;
    refuse?(call: ApiCall): { status: number; body: string } | undefined;
  };
  readonly plain?: boolean;
};

/** A real HTTPS (or HTTP) server on loopback that answers what the test says, and speaks WebSocket where it says so. */
export async function startApiServer(options: Options): Promise<FakeApiServer> {
  const { ca, server: pair } = testCertificates();
  const calls: ApiCall[] = [];
  const sockets = new Set<Socket>();
  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await readCall(request);
    calls.push(call);
    reply(request, response, options.answer(call, calls.length - 1));
  };
  const server: Server = options.plain
    ? createPlain(onRequest)
    : createSecure({ ca, ...pair, requestCert: true, rejectUnauthorized: false }, onRequest);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  if (options.upgrade) acceptSockets(server, options.upgrade, calls);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.plain ? "http" : "https"}://127.0.0.1:${port}`,
    port,
    calls,
    connections: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function acceptSockets(server: Server, upgrade: NonNullable<Options["upgrade"]>, calls: ApiCall[]): void {
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => upgrade.protocols.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.on("upgrade", async (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const call = await readCall(request, false);
    calls.push(call);
    const refused = upgrade.refuse?.(call);
    if (refused) {
      socket.end(
        `HTTP/1.1 ${refused.status} No\r\ncontent-length: ${Buffer.byteLength(refused.body)}\r\nconnection: close\r\n\r\n${refused.body}`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => upgrade.onOpen(opened, call));
  });
}

async function readCall(request: IncomingMessage, withBody = true): Promise<ApiCall> {
  const url = new URL(request.url ?? "/", "http://server");
  const certificate = "getPeerCertificate" in request.socket ? (request.socket as TLSSocket).getPeerCertificate() : undefined;
  let body = "";
  if (withBody) for await (const chunk of request) body += chunk;
  const commonName = certificate?.subject?.CN;
  return {
    method: request.method ?? "",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    rawHeaders: request.rawHeaders,
    headers: request.headers,
    body,
    commonName: typeof commonName === "string" ? commonName : undefined,
  };
}

function reply(request: IncomingMessage, response: ServerResponse, what: Reply): void {
  if ("cut" in what) request.socket.destroy();
  else if ("stream" in what) what.stream(response);
  else answerWith(request, response, what);
}

function answerWith(request: IncomingMessage, response: ServerResponse, what: Extract<Reply, { body: unknown }>): void {
  const text = typeof what.body === "string" ? what.body : JSON.stringify(what.body);
  const packed = request.headers["accept-encoding"] === "gzip";
  response.writeHead(what.status ?? 200, {
    "content-type": "application/json",
    ...(packed ? { "content-encoding": "gzip" } : {}),
    ...what.headers,
  });
  response.end(packed ? gzipSync(text) : text);
}

const reasons: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  410: "Expired",
  429: "TooManyRequests",
  503: "ServiceUnavailable",
};

/** A Kubernetes `Status` that reports a failure. */
export const failure = (code: number, message: string, details: unknown = {}) => ({
  status: code,
  body: { kind: "Status", apiVersion: "v1", status: "Failure", code, reason: reasons[code] ?? "InternalError", message, details },
});
