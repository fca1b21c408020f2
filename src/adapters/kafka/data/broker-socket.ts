import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import type { AppError } from "../../../model/errors.ts";
import { codeOf, connectionLost, type Peer, unreachable } from "../connection/faults.ts";
import { streamFault } from "../connection/stream-faults.ts";
import { largestFrame, StrangeFrame } from "../wire/frames.ts";

type Opening = { readonly peer: Peer; open(signal: AbortSignal): Promise<Duplex>; onConnect(): void };

/** What comes first is no length of a message: kafkajs would wait for that many bytes. */
const isStrange = (chunk: Buffer): boolean => chunk.length >= 4 && (chunk.readInt32BE() < 4 || chunk.readInt32BE() > largestFrame);

/** `code` is what kafkajs tells refused connections by, which it tries again; `fault` is for us. */
export class SocketError extends Error {
  readonly code: string;
  readonly fault: AppError;

  constructor(fault: AppError) {
    super(fault.message);
    this.code = codeOf(fault.cause) || "ECONNREFUSED";
    this.fault = fault;
  }
}

/**
 * What kafkajs asks of a socket, over a stream that is still being opened. It emits `error` (a SocketError) when opening fails or the stream
 * closes in an unknown way, and `end` only once it was open: kafkajs waits for ever for a socket that does otherwise.
 */
export class BrokerSocket extends EventEmitter {
  readonly #opening = new AbortController();
  #stream: Duplex | undefined;

  constructor({ peer, open, onConnect }: Opening) {
    super();
    const { signal } = this.#opening;
    open(signal).then(
      (stream) => this.#use(stream, peer, onConnect),
      // kafkajs ended it itself when the time was over, and knows
      (error: unknown) => signal.aborted || this.emit("error", new SocketError(streamFault(error, peer))),
    );
  }

  #use(stream: Duplex, peer: Peer, onConnect: () => void): void {
    if (this.#opening.signal.aborted) return void stream.destroy();
    this.#stream = stream;
    let isTold = false;
    const tell = (fault?: AppError): void => {
      if (isTold) return;
      isTold = true;
      if (fault === undefined) this.emit("end");
      else this.emit("error", new SocketError(fault));
    };
    let isFirst = true;
    stream.on("data", (chunk: Buffer) => {
      if (isFirst && isStrange(chunk)) {
        tell(streamFault(new StrangeFrame(chunk.subarray(0, 4)), peer));
        stream.destroy();
      } else this.emit("data", chunk);
      isFirst = false;
    });
    stream.on("end", () => tell());
    stream.on("error", (error) => tell(streamFault(error, peer)));
    stream.on("close", () => tell(unreachable(peer, { why: "the connection was closed", reason: connectionLost })));
    onConnect();
  }

  write(bytes: Buffer): boolean {
    return this.#stream?.write(bytes) ?? false;
  }

  end(): void {
    const stream = this.#stream;
    if (stream === undefined) this.#opening.abort();
    else stream.end(() => stream.destroy());
  }

  /** At once, without a farewell. */
  destroy(): void {
    if (this.#stream === undefined) this.#opening.abort();
    else this.#stream.destroy();
  }

  /** The stream keeps the process alive until it is closed, and it always is. */
  unref(): void {}
}
