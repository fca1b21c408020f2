import type { Clock } from "../../../src/ports/clock.ts";

export type FakeClock = Clock & {
  /** Does something once that much time has passed; time does not pass for it alone. */
  after(ms: number, what: () => void): void;
  /** Lets time pass. */
  advance(ms: number): void;
};

type Due = { readonly at: number; readonly act: () => void };

const insert = (queue: Due[], due: Due): void => {
  const place = queue.findIndex(({ at }) => at > due.at);
  queue.splice(place < 0 ? queue.length : place, 0, due);
};

/**
 * Time that passes only while somebody sleeps and everything else has come to rest: then it jumps to the first sleeper's end, and what was
 * to happen until then happens on the way.
 */
export function newFakeClock(start: number): FakeClock {
  let now = start;
  let ticking = false;
  const sleepers: Due[] = [];
  const happenings: Due[] = [];
  const advanceTo = (at: number): void => {
    for (let next = happenings[0]; next !== undefined && next.at <= at; next = happenings[0]) {
      happenings.shift();
      now = Math.max(now, next.at);
      next.act();
    }
    now = Math.max(now, at);
  };
  const tick = (): void => {
    ticking = false;
    const first = sleepers.shift();
    if (first === undefined) return;
    advanceTo(first.at);
    first.act();
    wind();
  };
  const wind = (): void => {
    if (ticking || sleepers.length === 0) return;
    ticking = true;
    setImmediate(tick);
  };
  return {
    now: () => now,
    after: (ms, act) => insert(happenings, { at: now + ms, act }),
    advance: (ms) => advanceTo(now + ms),
    sleep(ms, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (signal?.aborted) return Promise.reject(signal.reason);
      const due: Due = { at: now + ms, act: resolve };
      insert(sleepers, due);
      signal?.addEventListener(
        "abort",
        () => {
          const place = sleepers.indexOf(due);
          if (place >= 0) sleepers.splice(place, 1);
          reject(signal.reason);
        },
        { once: true },
      );
      wind();
      return promise;
    },
  };
}
