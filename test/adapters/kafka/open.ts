import type { TestContext } from "node:test";
import { dialer } from "../../../src/adapters/kafka/dial.ts";
import type { OpenedKafka } from "../../../src/adapters/kafka/open.ts";
import { openKafka } from "../../../src/adapters/kafka/open.ts";
import type { BrokerAddress, KafkaTarget, Security } from "../../../src/model/kafka-target.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { type BrokerOptions, type FakeBrokers, startBroker } from "../../fakes/kafka-broker.ts";

/** Time that passes only when it is slept away: short sleeps end at once, long ones (deadlines) when `expire` is called. */
export type TestClock = Clock & { readonly slept: number[]; expire(): void };

const longestPause = 1300;

export function testClock(): TestClock {
  const deadlines = new Set<() => void>();
  const slept: number[] = [];
  let now = 1_000_000;
  return {
    slept,
    now: () => now,
    sleep(ms, signal) {
      if (ms <= longestPause) {
        slept.push(ms);
        now += ms;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const end = (): void => resolve();
        deadlines.add(end);
        signal?.addEventListener("abort", () => {
          deadlines.delete(end);
          reject(signal.reason);
        });
      });
    },
    expire() {
      now += 60_000;
      for (const end of deadlines) end();
    },
  };
}

export const targetOf = (bootstrap: readonly BrokerAddress[], security: Security = {}): KafkaTarget => ({
  bootstrap,
  security,
  route: { kind: "Direct" },
  via: "a test",
});

export type Opened = { readonly kafka: OpenedKafka; readonly brokers: FakeBrokers; readonly clock: TestClock; readonly trace: string[] };

/** Starts fake brokers, without topics if not told otherwise, and connects to them; all is closed after the test. */
export async function open(context: TestContext, options: BrokerOptions & { security?: Security } = {}): Promise<Opened> {
  const brokers = await startBroker(options);
  const clock = testClock();
  const trace: string[] = [];
  context.after(() => brokers.close());
  const kafka = await openKafka(targetOf(brokers.bootstrap, options.security), {
    dial: dialer(),
    clock,
    trace: (line) => trace.push(line),
  });
  context.after(() => kafka.close());
  return { kafka, brokers, clock, trace };
}

/** The body of the request that came in last. */
export const lastBody = <T>(brokers: FakeBrokers): T => (brokers.requests.at(-1)?.body ?? {}) as T;
