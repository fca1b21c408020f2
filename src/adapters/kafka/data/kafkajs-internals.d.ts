// biome-ignore-all lint/style/noDefaultExport: a CommonJS module is its default export
// The parts of kafkajs 2.2.4 that this room reaches into; the package has no types for them, and is frozen and pinned.

declare module "kafkajs/src/network/requestQueue/index.js" {
  export default class RequestQueue {
    readonly pending: readonly unknown[];
    scheduleCheckPendingRequests(): void;
  }
}

declare module "kafkajs/src/protocol/decoder.js" {
  export default class Decoder {
    constructor(buffer: Buffer);
    readUVarInt(): number;
    forward(bytes: number): void;
    readTaggedFields(): unknown;
  }
}

declare module "kafkajs/src/protocol/requests/metadata/v6/response.js" {
  export type Metadata = {
    readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number; readonly rack: string | null }[];
    readonly topicMetadata: readonly {
      readonly topicErrorCode: number;
      readonly topic: string;
      readonly partitionMetadata: readonly { readonly partitionErrorCode: number; readonly partitionId: number; readonly leader: number }[];
    }[];
  };
  const response: { decode(raw: Buffer): Promise<Metadata>; parse(data: Metadata): Promise<Metadata> };
  export default response;
}

declare module "kafkajs/src/protocol/error.js" {
  export function createErrorFromCode(code: number): Error;
}

declare module "kafkajs/src/protocol/requests/index.js" {
  export type Definition = { readonly versions: readonly string[] };
  export const requests: { readonly Fetch: Definition; readonly Metadata: Definition; readonly ListOffsets: Definition };
}

declare module "kafkajs/src/broker/index.js" {
  import type { Definition } from "kafkajs/src/protocol/requests/index.js";

  export type Call<T> = {
    readonly request: { readonly apiVersion: number };
    readonly response: { decode(raw: Buffer): Promise<unknown>; parse(data: unknown): Promise<T> };
    readonly requestTimeout?: number;
  };

  export type ConnectionPool = {
    readonly host: string;
    readonly port: number;
    send<T>(call: Call<T> & { logResponseError?: boolean }): Promise<T>;
  };

  export type FetchArguments = {
    readonly isolationLevel: number;
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly rackId?: string;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string; readonly maxBytes: number }[];
    }[];
  };

  export default class Broker {
    readonly connectionPool: ConnectionPool;
    lookupRequest(apiKey: number, definition: Definition): (args: object) => Call<unknown>;
    isConnected(): boolean;
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    heartbeat(args: object): Promise<unknown>;
    fetch(args: FetchArguments): Promise<unknown>;
  }
}

declare module "kafkajs/src/cluster/index.js" {
  import type Broker from "kafkajs/src/broker/index.js";
  import type { ConnectionPool } from "kafkajs/src/broker/index.js";

  export default class Cluster {
    readonly connectionPoolBuilder: { build(to: { host: string; port: number; rack?: string | null }): Promise<ConnectionPool> };
    readonly brokerPool: { createBroker(options: { connectionPool: ConnectionPool; logger: unknown; nodeId?: number }): Broker };
    readonly rootLogger: unknown;
    connect(): Promise<void>;
    addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
    refreshMetadata(): Promise<void>;
    findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  }
}
