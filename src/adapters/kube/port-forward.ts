import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { AppError } from "../../model/errors.ts";
import { resources } from "../../model/kube.ts";
import type { Client } from "./client.ts";
import { interrupted } from "./connection-errors.ts";
import { ConnectionFault } from "./http.ts";
import type { Subject } from "./paths.ts";
import { keepAlive, openWebSocket } from "./websocket.ts";

export type PortForwardRequest = { readonly namespace: string; readonly pod: string; readonly port: number };

/** kubelet: pkg/kubelet/cri/streaming/portforward/websocket.go. One port has two channels; the first frame of each repeats the port. */
const protocol = "v4.channel.k8s.io";
const channels = { data: 0, error: 1 } as const;

const pingMs = 20_000;
const frameBytes = 64 * 1024;
const payloadBytes = frameBytes - 1;

type Done = (error?: Error | null) => void;
type Piece = { readonly chunk: Buffer; readonly encoding: BufferEncoding };

/**
 * One TCP connection to a port of a pod, through the API server. It opens by itself and emits `connect` then; what is written before is
 * kept. A pod, port or connection that fails destroys it with an AppError; the pod's end of the stream ends it. There is no half-close:
 * to end it is to close it. It has the calls of a net.Socket that kafkajs and tls make.
 */
export class PortForward extends Duplex {
  readonly #subject: Subject;
  readonly #client: Client;
  readonly #opening = new AbortController();
  readonly #greeted: Set<number> = new Set();
  #socket: WebSocket | undefined;
  #whenOpen: ((socket: WebSocket) => void) | undefined;
  #tcp: Socket | undefined;
  #referenced = true;

  constructor(client: Client, request: PortForwardRequest, signal?: AbortSignal) {
    super({ allowHalfOpen: false, readableHighWaterMark: 256 * 1024, writableHighWaterMark: 256 * 1024 });
    this.#client = client;
    this.#subject = {
      verb: "create",
      resource: resources.pods,
      namespace: request.namespace,
      name: request.pod,
      subresource: "portforward",
    };
    const stop = (): void => {
      if (signal) this.destroy(interrupted(signal, this.#subject));
    };
    signal?.addEventListener("abort", stop, { once: true });
    this.once("close", () => signal?.removeEventListener("abort", stop));
    if (signal?.aborted) stop();
    else void this.#open(request.port);
  }

  async #open(port: number): Promise<void> {
    try {
      const { socket, tcp } = await openWebSocket(this.#client, {
        subject: this.#subject,
        query: { ports: port },
        protocols: [protocol],
        signal: this.#opening.signal,
      });
      if (this.destroyed) return socket.terminate();
      this.#tcp = tcp;
      if (!this.#referenced) tcp.unref();
      this.#listen(socket, port);
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #listen(socket: WebSocket, port: number): void {
    this.#socket = socket;
    keepAlive(socket, pingMs);
    socket.on("message", (frame: Buffer) => this.#receive(frame, port));
    socket.on("error", (error) => this.destroy(this.#client.fault(new ConnectionFault(error), this.#subject)));
    socket.on("close", () => this.push(null));
    socket.resume();
    this.emit("connect");
    this.#whenOpen?.(socket);
    this.#whenOpen = undefined;
  }

  #receive(frame: Buffer, port: number): void {
    const channel = frame[0] ?? -1;
    if (!this.#greeted.has(channel)) {
      this.#greeted.add(channel);
    } else if (channel === channels.data) {
      if (!this.push(frame.subarray(1))) this.#socket?.pause();
    } else if (channel === channels.error) {
      const text = frame.subarray(1).toString("utf8").trim();
      this.destroy(
        new AppError("Unreachable", `port ${port} of pod ${this.#subject.namespace}/${this.#subject.name} cannot be reached: ${text}`, {
          hint: `does the container listen on ${port}?`,
        }),
      );
    }
  }

  override _read(): void {
    this.#socket?.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: Done): void {
    this._writev([{ chunk, encoding }], done);
  }

  /** Small writes that piled up share a frame; `done` when the last one went out, so that a slow reader slows the writer. */
  override _writev(pieces: Piece[], done: Done): void {
    const bytes = pieces.length === 1 && pieces[0] ? pieces[0].chunk : Buffer.concat(pieces.map((piece) => piece.chunk));
    this.#withSocket((socket) => {
      if (bytes.length === 0) done();
      for (let from = 0; from < bytes.length; from += payloadBytes) {
        const payload = bytes.subarray(from, from + payloadBytes);
        const frame = Buffer.allocUnsafe(payload.length + 1);
        frame[0] = channels.data;
        frame.set(payload, 1);
        const last = from + payloadBytes >= bytes.length;
        socket.send(frame, last ? (error) => done(error && this.#client.fault(new ConnectionFault(error), this.#subject)) : undefined);
      }
    });
  }

  override _final(done: Done): void {
    this.#withSocket((socket) => {
      socket.close(1000);
      done();
    });
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#opening.abort(error ?? new AppError("Interrupted", "the connection was given up before it was open"));
    this.#socket?.terminate();
    done(error);
  }

  #withSocket(use: (socket: WebSocket) => void): void {
    if (this.#socket) use(this.#socket);
    else this.#whenOpen = use;
  }

  ref(): this {
    this.#referenced = true;
    this.#tcp?.ref();
    return this;
  }

  /** Lets the process end while this is open. */
  unref(): this {
    this.#referenced = false;
    this.#tcp?.unref();
    return this;
  }

  /** The tunnel pings; TCP's own keep-alive and delay are the API server's business. */
  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  /** Requests have deadlines of their own. */
  setTimeout(): this {
    return this;
  }
}
