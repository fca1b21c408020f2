import type { Duplex } from "node:stream";
import type { AppError } from "../../../model/errors.ts";
import { frameAssembler } from "../wire/frames.ts";
import { correlationIdOf } from "../wire/request.ts";
import { connectionLost, type Peer, unreachable } from "./faults.ts";
import { streamFault } from "./stream-faults.ts";

/** Requests and their answers over one stream. Kafka answers in the order it was asked, so the awaited answers are a queue. */
export type Channel = {
  /** Sends what `encode` makes for a correlation id; resolves with the frame that answers it. */
  exchange(encode: (correlationId: number) => Buffer): Promise<Buffer>;
  readonly closed: boolean;
  /** Ends the stream; those that still wait get `fault`. */
  close(fault?: AppError): void;
};

type Waiter = PromiseWithResolvers<Buffer> & { readonly correlationId: number };

const hungUp = (peer: Peer): AppError => unreachable(peer, { why: "it closed the connection", reason: connectionLost });

export function openChannel(stream: Duplex, peer: Peer): Channel {
  const waiting: Waiter[] = [];
  const assemble = frameAssembler();
  let ended: AppError | undefined;
  let lastId = 0;

  const close = (fault: AppError = hungUp(peer)): void => {
    if (ended) return;
    ended = fault;
    stream.destroy();
    for (const waiter of waiting.splice(0)) waiter.reject(fault);
  };

  const settle = (frame: Buffer): void => {
    const waiter = waiting[0];
    if (waiter?.correlationId !== correlationIdOf(frame)) {
      close(unreachable(peer, { why: "it answered a request that was not asked", reason: "OutOfStep" }));
      return;
    }
    waiting.shift();
    waiter.resolve(frame);
  };

  stream.on("data", (chunk: Buffer) => {
    try {
      for (const frame of assemble(chunk)) if (!ended) settle(frame);
    } catch (error) {
      close(streamFault(error, peer));
    }
  });
  stream.on("error", (error) => close(streamFault(error, peer)));
  stream.on("end", () => close());
  stream.on("close", () => close());

  return {
    async exchange(encode) {
      if (ended) throw ended;
      lastId = (lastId + 1) & 0x7fff_ffff;
      const frame = encode(lastId);
      const waiter = { ...Promise.withResolvers<Buffer>(), correlationId: lastId };
      waiting.push(waiter);
      stream.write(frame);
      return waiter.promise;
    },
    get closed() {
      return ended !== undefined;
    },
    close,
  };
}
