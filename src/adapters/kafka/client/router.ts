import { AppError, assertNever } from "../../../model/errors.ts";
import type { KafkaTarget } from "../../../model/kafka-target.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { BrokerConnection } from "../connection/broker-connection.ts";
import { addressOf } from "../connection/faults.ts";
import { connectAny } from "./bootstrap.ts";
import { type Cluster, describeCluster } from "./broker-table.ts";
import { type Coordinated, newCoordinators } from "./coordinator.ts";
import type { Pool } from "./pool.ts";

/** Who is to answer. A broker passes on to the controller by itself what is the controller's. */
export type Destination =
  | { readonly kind: "Any" }
  | { readonly kind: "Controller" }
  | { readonly kind: "Broker"; readonly id: number }
  | Coordinated;

/** Finds the connection for a destination, and keeps what it learns of the cluster until told to forget it. */
export type Router = {
  connectionTo(to: Destination): Promise<BrokerConnection>;
  cluster(): Promise<Cluster>;
  /** The broker that advertises the address, as far as is known. */
  nodeAt(address: string): number | undefined;
  forget(): void;
  /** A broker said that it is not the controller: one of those that still keep it among themselves (before KRaft). */
  seekController(): void;
};

type RouterOptions = { readonly target: KafkaTarget; readonly pool: Pool; readonly clock: Clock };

export function newRouter({ target, pool, clock }: RouterOptions): Router {
  const nodes = new Map<string, number>();
  let known: Promise<Cluster> | undefined;
  let controllerIsBroker = false;

  const any = async (): Promise<BrokerConnection> => pool.open() ?? connectAny(target.bootstrap, { connect: pool.get, clock });

  const coordinators = newCoordinators(async (api, body) => (await any()).request(api, body));

  const learn = async (): Promise<Cluster> => {
    const connection = await any();
    const cluster = await describeCluster((api, body) => connection.request(api, body));
    for (const broker of cluster.brokers) nodes.set(addressOf(broker), broker.id);
    return cluster;
  };

  const forget = (): void => {
    known = undefined;
    coordinators.forget();
  };

  const cluster = (): Promise<Cluster> => {
    if (known) return known;
    known = learn();
    known.catch(forget);
    return known;
  };

  const broker = async (id: number): Promise<BrokerConnection> => {
    const { brokers } = await cluster();
    const found = brokers.find((one) => one.id === id);
    if (found) return pool.get(found);
    const ids = brokers.map((one) => one.id).join(", ") || "none";
    throw new AppError("KafkaUnreachable", `Broker ${id} is not registered with Kafka (${target.via}); registered: ${ids}`, {
      details: { broker: id, reason: "NotRegistered" },
    });
  };

  const connectionTo = async (to: Destination): Promise<BrokerConnection> => {
    switch (to.kind) {
      case "Any":
        return any();
      case "Controller":
        return controllerIsBroker ? broker((await cluster()).controllerId) : any();
      case "Broker":
        return broker(to.id);
      case "GroupCoordinator":
      case "TransactionCoordinator":
        return pool.get(await coordinators.find(to));
      default:
        return assertNever(to);
    }
  };

  return {
    connectionTo,
    cluster,
    nodeAt: (address) => nodes.get(address),
    forget,
    seekController() {
      controllerIsBroker = true;
    },
  };
}
