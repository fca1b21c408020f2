import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { connectionLost, type Peer, unreachable } from "../connection/faults.ts";
import { streamFault } from "../connection/stream-faults.ts";

type Opening = { readonly peer: Peer; open(signal: AbortSignal): Promise<Duplex>; onConnect(): void };

/**
 * What kafkajs asks of a socket, over a stream that is still being opened. It emits `error` (an AppError) when opening fails or the stream
 * closes in an unknown way, and `end` only once it was open: kafkajs waits for ever for a socket that does otherwise.
 */
export class BrokerSocket extends EventEmitter {
  readonly #opening = new AbortController();
  #stream: Duplex | undefined;

  constructor({ peer, open, onConnect }: Opening) {
    super();
    open(this.#opening.signal).then(
      (stream) => this.#use(stream, peer, onConnect),
      (error: unknown) => this.emit("error", streamFault(error, peer)),
    );
  }

  #use(stream: Duplex, peer: Peer, onConnect: () => void): void {
    if (this.#opening.signal.aborted) return void stream.destroy();
    this.#stream = stream;
    let isTold = false;
    const tell = (event: "end" | "error", error?: unknown): void => {
      if (isTold) return;
      isTold = true;
      if (event === "end") this.emit("end");
      else this.emit("error", error);
    };
    stream.on("data", (chunk) => this.emit("data", chunk));
    stream.on("end", () => tell("end"));
    stream.on("error", (error) => tell("error", streamFault(error, peer)));
    stream.on("close", () => tell("error", unreachable(peer, { why: "the connection was closed", reason: connectionLost })));
    onConnect();
  }

  write(bytes: Buffer): boolean {
    return this.#stream?.write(bytes) ?? false;
  }

  end(): void {
    this.#opening.abort();
    const stream = this.#stream;
    stream?.end(() => stream.destroy());
  }

  /** At once, without a farewell. */
  destroy(): void {
    this.#opening.abort();
    this.#stream?.destroy();
  }

  /** The stream keeps the process alive until it is closed, and it always is. */
  unref(): void {}
}
