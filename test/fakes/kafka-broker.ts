import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { ApiName } from "../../src/adapters/kafka/wire/request.ts";
import type { BrokerAddress } from "../../src/model/kafka-target.ts";
import type { Topic } from "../../src/model/topic.ts";
import { kafka39, kafka43, type Range, type Ranges } from "./kafka-broker/releases.ts";
import { type Incoming, type Mischief, type Serving, serve } from "./kafka-broker/serve.ts";
import type { SaslOptions } from "./kafka-broker/session.ts";
import { type GeneratedTopics, newState, type State } from "./kafka-broker/state.ts";

export type BrokerOptions = {
  /** Ids; 1, 2 and 3 when left out. */
  readonly nodes?: readonly number[];
  readonly topics?: GeneratedTopics | readonly Topic[];
  readonly release?: "3.9" | "4.3";
  /** Differences from the release; undefined: no such request. */
  readonly ranges?: Partial<Record<ApiName, Range | undefined>>;
  /** PEM texts; with `ca` a client must show a certificate that it signed. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  readonly sasl?: SaslOptions;
  /** What a node says its address is, when not the one it listens on. */
  readonly advertise?: (id: number, port: number) => BrokerAddress;
};

/** Kafka brokers in this process, on loopback: the real protocol by the same message table, real state, and mischief on demand. */
export type FakeBrokers = {
  readonly bootstrap: readonly BrokerAddress[];
  readonly state: State;
  /** Every request that came in, in order. */
  readonly requests: Incoming[];
  /** Called with each request; what it returns happens in place of an answer. */
  intercept: (request: Incoming) => Mischief | undefined | Promise<Mischief | undefined>;
  /** Connections that are open. */
  readonly connections: number;
  /** Ends a node: nobody listens there any more. */
  stop(id: number): Promise<void>;
  close(): Promise<void>;
};

function rangesOf({ release, ranges = {} }: BrokerOptions): Ranges {
  const all = new Map(release === "3.9" ? kafka39 : kafka43);
  for (const [api, range] of Object.entries(ranges) as [ApiName, Range | undefined][]) {
    if (range) all.set(api, range);
    else all.delete(api);
  }
  return all;
}

function listen(options: BrokerOptions, onConnection: (socket: Socket) => void): Promise<Server> {
  const { tls } = options;
  const server = tls
    ? createTlsServer(
        { cert: tls.cert, key: tls.key, ...(tls.ca && { ca: tls.ca, requestCert: true, rejectUnauthorized: true }) },
        onConnection,
      )
    : createServer({ noDelay: true }, onConnection);
  server.on("tlsClientError", () => undefined);
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
};

export async function startBroker(options: BrokerOptions = {}): Promise<FakeBrokers> {
  const state = newState(options.nodes ?? [1, 2, 3], options.topics ?? []);
  const requests: Incoming[] = [];
  const servers = new Map<number, { server: Server; sockets: Set<Socket> }>();
  const brokers: FakeBrokers = {
    bootstrap: [],
    state,
    requests,
    intercept: () => undefined,
    get connections() {
      return servers.values().reduce((sum, { sockets }) => sum + sockets.size, 0);
    },
    async stop(id) {
      const found = servers.get(id);
      if (!found) return;
      servers.delete(id);
      for (const socket of found.sockets) socket.destroy();
      await new Promise((resolve) => found.server.close(resolve));
    },
    async close() {
      await Promise.all([...servers.keys()].map((id) => brokers.stop(id)));
    },
  };
  const note = (request: Incoming): ReturnType<FakeBrokers["intercept"]> => {
    requests.push(request);
    return brokers.intercept(request);
  };
  const serving: Serving = { state, ranges: rangesOf(options), sasl: options.sasl, intercept: note };
  for (const node of state.nodes.values()) {
    const sockets = new Set<Socket>();
    const server = await listen(options, (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      serve(socket, node.id, serving);
    });
    servers.set(node.id, { server, sockets });
    const { host, port } = options.advertise?.(node.id, portOf(server)) ?? { host: node.host, port: portOf(server) };
    node.host = host;
    node.port = port;
  }
  const bootstrap = [...servers.values()].map(({ server }) => ({ host: "127.0.0.1", port: portOf(server) }));
  return Object.defineProperty(brokers, "bootstrap", { value: bootstrap });
}
