import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** One partition of the only topic, "t". Everything may be changed between requests. */
export type Log = {
  leader: number;
  startOffset: number;
  endOffset: number;
  batches: Buffer[];
  aborted?: { producerId: number; firstOffset: number }[];
  /** Answers this once instead of records. */
  errorOnce?: number;
};

export type LogBrokers = {
  readonly bootstrap: readonly { host: string; port: number }[];
  /** Names of the requests, with the node that got them: "Fetch@1". */
  readonly requests: string[];
  close(): Promise<void>;
};

const names: Readonly<Record<number, string>> = { 1: "Fetch", 2: "ListOffsets", 3: "Metadata", 18: "ApiVersions" };
const versions: readonly (readonly [key: number, min: number, max: number])[] = [
  [1, 4, 11],
  [2, 1, 3],
  [3, 0, 6],
  [18, 0, 2],
];

const i8 = (value: number): Buffer => Buffer.from([value & 0xff]);
const i16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const i32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const i64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([i16(Buffer.byteLength(value)), Buffer.from(value)]);
const list = (items: readonly Buffer[]): Buffer => Buffer.concat([i32(items.length), ...items]);
const all = (...parts: Buffer[]): Buffer => Buffer.concat(parts);

class Reader {
  readonly #bytes: Buffer;
  #at: number;
  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }
  int(size: 1 | 2 | 4 | 8): number {
    this.#at += size;
    return size === 8 ? Number(this.#bytes.readBigInt64BE(this.#at - 8)) : this.#bytes.readIntBE(this.#at - size, size);
  }
  text(): string {
    const length = this.int(2);
    this.#at += Math.max(0, length);
    return this.#bytes.toString("utf8", this.#at - length, this.#at);
  }
  list<T>(read: () => T): T[] {
    return Array.from({ length: this.int(4) }, read);
  }
}

type World = { readonly logs: Log[]; readonly ports: Map<number, number> };

function metadata({ logs, ports }: World, asked: readonly string[]): Buffer {
  const brokers = [...ports].map(([node, port]) => all(i32(node), text("127.0.0.1"), i32(port), i16(-1)));
  const partitions = logs.map(({ leader }, index) =>
    all(i16(leader < 0 ? 5 : 0), i32(index), i32(leader), list([i32(1)]), list([i32(1)]), list([])),
  );
  const topics = asked.map((name) => all(i16(name === "t" ? 0 : 3), text(name), i8(0), list(name === "t" ? partitions : [])));
  return all(i32(0), list(brokers), i16(-1), i32(1), list(topics));
}

function listOffsets({ logs }: World, request: Reader): Buffer {
  request.int(4);
  request.int(1);
  const topics = request.list(() => {
    const name = request.text();
    const partitions = request.list(() => {
      const index = request.int(4);
      const timestamp = request.int(8);
      const log = logs[index];
      return all(i32(index), i16(0), i64(-1), i64(timestamp === -2 ? (log?.startOffset ?? 0) : (log?.endOffset ?? 0)));
    });
    return all(text(name), list(partitions));
  });
  return all(i32(0), list(topics));
}

function fetchPartition(log: Log, index: number, { node, offset }: { node: number; offset: number }): Buffer {
  const wrongPlace = offset < log.startOffset || offset > log.endOffset ? 1 : 0;
  const errorCode = log.errorOnce ?? (log.leader === node ? wrongPlace : 6);
  delete log.errorOnce;
  const last = (bytes: Buffer): number => Number(bytes.readBigInt64BE(0)) + bytes.readInt32BE(23);
  const records = errorCode === 0 ? Buffer.concat(log.batches.filter((bytes) => last(bytes) >= offset)) : Buffer.alloc(0);
  const aborted = (log.aborted ?? []).map(({ producerId, firstOffset }) => all(i64(producerId), i64(firstOffset)));
  const end = errorCode === 0 ? log.endOffset : -1;
  return all(i32(index), i16(errorCode), i64(end), i64(end), i64(log.startOffset), list(aborted), i32(-1), i32(records.length), records);
}

function fetch({ logs }: World, node: number, request: Reader): Buffer {
  for (const size of [4, 4, 4, 4, 1, 4, 4] as const) request.int(size);
  const topics = request.list(() => {
    const name = request.text();
    const partitions = request.list(() => {
      const index = request.int(4);
      request.int(4);
      const offset = request.int(8);
      request.int(8);
      request.int(4);
      const log = logs[index];
      return log === undefined ? all(i32(index), i16(3)) : fetchPartition(log, index, { node, offset });
    });
    return all(text(name), list(partitions));
  });
  return all(i32(0), i16(0), i32(0), list(topics));
}

function answer(world: World, node: number, frame: Buffer): { name: string; bytes: Buffer } {
  const request = new Reader(frame, 4);
  const key = request.int(2);
  request.int(2);
  const correlationId = request.int(4);
  request.text();
  const bodies: Readonly<Record<number, () => Buffer>> = {
    1: () => fetch(world, node, request),
    2: () => listOffsets(world, request),
    3: () =>
      metadata(
        world,
        request.list(() => request.text()),
      ),
    18: () => all(i16(0), list(versions.map((range) => all(...range.map(i16)))), i32(0)),
  };
  const body = bodies[key]?.() ?? Buffer.alloc(0);
  return { name: names[key] ?? String(key), bytes: all(i32(body.length + 4), i32(correlationId), body) };
}

/** Brokers with the ids 1, 2, … that serve reading, in the versions kafkajs speaks, from logs that the test holds. */
export async function startLogBrokers(logs: Log[], nodes = 1): Promise<LogBrokers> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const world: World = { logs, ports: new Map() };
  const servers = await Promise.all(
    Array.from({ length: nodes }, async (_, index) => {
      const node = index + 1;
      const server = createServer((socket) => {
        sockets.add(socket);
        let pending = Buffer.alloc(0);
        socket.on("error", () => undefined);
        socket.on("data", (chunk: Buffer) => {
          pending = Buffer.concat([pending, chunk]);
          while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE()) {
            const size = 4 + pending.readInt32BE();
            const { name, bytes } = answer(world, node, pending.subarray(0, size));
            pending = pending.subarray(size);
            requests.push(`${name}@${node}`);
            socket.write(bytes);
          }
        });
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      world.ports.set(node, (server.address() as AddressInfo).port);
      return server;
    }),
  );
  return {
    bootstrap: [...world.ports.values()].map((port) => ({ host: "127.0.0.1", port })),
    requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
