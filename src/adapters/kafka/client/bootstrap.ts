import { AppError } from "../../../model/errors.ts";
import type { BrokerAddress } from "../../../model/kafka-target.ts";
import type { Clock } from "../../../ports/clock.ts";
import { addressOf } from "../connection/faults.ts";

/** A second address is tried when the first has not answered for so long. */
const headStartMs = 1500;

/** Faults that every broker of a cluster would share, so that trying the next one only hides them. */
const decisive = new Set(["TlsFailed", "KafkaAuthenticationFailed", "UnsupportedByBroker", "Interrupted"]);

const isDecisive = (error: unknown): boolean => !(error instanceof AppError) || decisive.has(error.code);

function noneAnswered(addresses: readonly BrokerAddress[], errors: readonly unknown[]): unknown {
  const [first] = errors;
  if (errors.length === 1 || !(first instanceof AppError)) return first;
  const reasons = [...new Set(errors.map((error) => (error instanceof AppError ? error.message : String(error))))];
  return new AppError(
    "KafkaUnreachable",
    `Cannot reach Kafka at any of ${addresses.map(addressOf).join(", ")}:\n${reasons.map((reason) => `  ${reason}`).join("\n")}`,
    {
      hint: first.hint,
      cause: first,
      details: { ...first.details, addresses: addresses.length },
    },
  );
}

type Race<C> = { readonly connect: (address: BrokerAddress) => Promise<C>; readonly clock: Clock };

/** Connects to the first address that answers: one after the other, with a short head start for each. Throws what all of them said. */
export async function connectAny<C>(addresses: readonly BrokerAddress[], { connect, clock }: Race<C>): Promise<C> {
  const errors: unknown[] = [];
  const won = Promise.withResolvers<C>();
  const over = new AbortController();
  let decided = false;
  const decide = (settle: () => void): void => {
    decided = true;
    settle();
    over.abort();
  };
  for (const address of addresses) {
    if (decided) break;
    const attempt = connect(address).then(
      (connection) => decide(() => won.resolve(connection)),
      (error: unknown) => {
        errors.push(error);
        if (isDecisive(error)) decide(() => won.reject(error));
        else if (errors.length === addresses.length) decide(() => won.reject(noneAnswered(addresses, errors)));
      },
    );
    const headStart = clock.sleep(headStartMs, over.signal).catch(() => undefined);
    await Promise.race([attempt, headStart]);
  }
  return won.promise;
}
