import type Broker from "kafkajs/src/broker/index.js";
import { requests } from "kafkajs/src/protocol/requests/index.js";
import metadataV6, { type Metadata } from "kafkajs/src/protocol/requests/metadata/v6/response.js";
import { AppError } from "../../../model/errors.ts";
import type { BrokerAddress } from "../../../model/kafka-target.ts";
import { unreachable } from "../connection/faults.ts";
import { answeredFault } from "./faults.ts";
import type { Session } from "./session.ts";

const metadataKey = 3;

/** `leader` is -1 when there is none. */
export type PartitionLeader = { readonly partition: number; readonly leader: number };

/** Connections to brokers for reading, by kafkajs's transport, opened when they are asked for. */
export type Brokers = {
  /** Asks now. Rejects with NotFound for a topic that does not exist. */
  leaders(topic: string): Promise<PartitionLeader[]>;
  /** The broker of a node that metadata named. */
  broker(nodeId: number): Promise<Broker>;
  close(): Promise<void>;
};

export function newBrokers(session: Session): Brokers {
  const cluster = session.newCluster();
  const opened = new Map<string, Broker>();
  let addresses: ReadonlyMap<number, BrokerAddress> = new Map();

  let isClosed = false;
  const connect = async ({ host, port }: BrokerAddress): Promise<Broker> => {
    if (isClosed) throw new AppError("Interrupted", "The connection to Kafka was closed");
    const key = `${host}:${port}`;
    const known = opened.get(key);
    const broker =
      known ??
      cluster.brokerPool.createBroker({
        connectionPool: await cluster.connectionPoolBuilder.build({ host, port }),
        logger: cluster.rootLogger,
      });
    opened.set(key, broker);
    if (!broker.isConnected()) await broker.connect();
    return broker;
  };

  const connected = (): Broker | undefined => [...opened.values()].find((broker) => broker.isConnected());

  const ask = async (broker: Broker, topic: string): Promise<Metadata> => {
    const call = broker.lookupRequest(metadataKey, requests.Metadata)({ topics: [topic], allowAutoTopicCreation: false });
    const parse = async (data: unknown): Promise<Metadata> => data as Metadata;
    return broker.connectionPool.send({ ...call, response: { decode: metadataV6.decode, parse } });
  };

  return {
    async leaders(topic) {
      const answer = await ask(connected() ?? (await connectAny(session, connect)), topic);
      addresses = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
      const found = answer.topicMetadata.find((entry) => entry.topic === topic);
      if (found === undefined || found.topicErrorCode !== 0) throw answeredFault(found?.topicErrorCode ?? -1, `topic ${topic}`);
      return found.partitionMetadata
        .map(({ partitionId, leader }) => ({ partition: partitionId, leader }))
        .sort((a, b) => a.partition - b.partition);
    },
    async broker(nodeId) {
      const address = addresses.get(nodeId);
      if (address !== undefined) return connect(address);
      throw new AppError("KafkaUnreachable", `Broker ${nodeId} is not registered with Kafka (${session.target.via})`);
    },
    async close() {
      isClosed = true;
      await Promise.allSettled([...opened.values()].map((broker) => broker.disconnect()));
    },
  };
}

/** The first of the bootstrap addresses that answers; what the last one failed of when none does. */
async function connectAny(session: Session, connect: (address: BrokerAddress) => Promise<Broker>): Promise<Broker> {
  let last: unknown = unreachable({ host: "", port: 0, via: session.target.via }, { why: "no bootstrap address is known" });
  for (const address of session.target.bootstrap) {
    try {
      return await connect(address);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
