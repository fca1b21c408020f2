import type { BrokerAddress } from "../../../model/kafka-target.ts";
import type { BrokerConnection } from "../connection/broker-connection.ts";
import { addressOf } from "../connection/faults.ts";

/** One connection per address, opened when it is first asked for and again when it is no longer usable. */
export type Pool = {
  get(address: BrokerAddress): Promise<BrokerConnection>;
  /** One that is open now. */
  open(): BrokerConnection | undefined;
  close(): void;
};

export function newPool(connect: (address: BrokerAddress) => Promise<BrokerConnection>): Pool {
  const opening = new Map<string, Promise<BrokerConnection>>();
  const opened = new Map<string, BrokerConnection>();
  /** Replaced because their session is old; answers may still be on their way. */
  const retired: BrokerConnection[] = [];
  let closed = false;

  const start = (address: BrokerAddress, key: string): Promise<BrokerConnection> => {
    const promise = connect(address);
    opening.set(key, promise);
    const settle = (): void => void opening.delete(key);
    promise.then((connection) => {
      settle();
      if (closed) connection.close();
      else opened.set(key, connection);
    }, settle);
    return promise;
  };

  return {
    async get(address) {
      const key = addressOf(address);
      const known = opened.get(key);
      if (known?.usable) return known;
      if (known) retired.push(known);
      opened.delete(key);
      return opening.get(key) ?? start(address, key);
    },
    open: () => opened.values().find((connection) => connection.usable),
    close() {
      closed = true;
      for (const connection of [...opened.values(), ...retired]) connection.close();
      opened.clear();
    },
  };
}
