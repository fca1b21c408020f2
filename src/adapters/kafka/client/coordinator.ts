import type { BrokerAddress } from "../../../model/kafka-target.ts";
import type { RequestOf, ResponseOf } from "../wire/request.ts";
import { check } from "./kafka-errors.ts";

/** The broker that keeps a group's or a transactional id's state. */
export type Coordinated = { readonly kind: "GroupCoordinator" | "TransactionCoordinator"; readonly id: string };

type Ask = (api: "FindCoordinator", body: (version: number) => RequestOf<"FindCoordinator">) => Promise<ResponseOf<"FindCoordinator">>;

const keyTypes = { GroupCoordinator: 0, TransactionCoordinator: 1 } as const;

/** From version 4 on many can be asked for at once, and the answer is a list. */
const firstWithList = 4;

async function findCoordinator({ kind, id }: Coordinated, ask: Ask): Promise<BrokerAddress> {
  const keyType = keyTypes[kind];
  const answer = await ask("FindCoordinator", (version) =>
    version >= firstWithList ? { keyType, coordinatorKeys: [id] } : { keyType, key: id },
  );
  const found = answer.coordinators[0] ?? answer;
  check(`The coordinator of ${kind === "GroupCoordinator" ? "group" : "transactional id"} "${id}"`, found);
  return { host: found.host, port: found.port };
}

/** Remembers where each coordinator was found. */
export type Coordinators = { find(of: Coordinated): Promise<BrokerAddress>; forget(): void };

export function newCoordinators(ask: Ask): Coordinators {
  const found = new Map<string, Promise<BrokerAddress>>();
  return {
    find(of) {
      const key = `${of.kind} ${of.id}`;
      const address = found.get(key) ?? findCoordinator(of, ask);
      found.set(key, address);
      address.catch(() => found.delete(key));
      return address;
    },
    forget: () => found.clear(),
  };
}
