/**
 * Hands values from a producer to one reader, one at a time. `put` resolves when the reader asks for the next value or stops: then it is done
 * with this one.
 */
export type Handoff<T> = {
  put(value: T): Promise<void>;
  fail(error: unknown): void;
  /** Undefined once it was closed. */
  next(): Promise<T | undefined>;
  close(): void;
};

type Waiting<T> = { readonly value: T; readonly done: () => void };

export function newHandoff<T>(): Handoff<T> {
  const waiting: Waiting<T>[] = [];
  let reader: PromiseWithResolvers<T | undefined> | undefined;
  let inHand: Waiting<T> | undefined;
  let failure: { readonly error: unknown } | undefined;
  let isClosed = false;

  const serve = (): void => {
    if (reader === undefined) return;
    const next = waiting.shift();
    if (next === undefined && failure === undefined && !isClosed) return;
    if (failure !== undefined) reader.reject(failure.error);
    else reader.resolve(next?.value);
    inHand = next;
    reader = undefined;
  };

  return {
    put: (value) =>
      new Promise((done) => {
        if (isClosed || failure !== undefined) return done();
        waiting.push({ value, done });
        serve();
      }),
    fail(error) {
      failure ??= { error };
      for (const { done } of waiting.splice(0)) done();
      serve();
    },
    next() {
      inHand?.done();
      inHand = undefined;
      reader = Promise.withResolvers();
      const { promise } = reader;
      serve();
      return promise;
    },
    close() {
      isClosed = true;
      inHand?.done();
      inHand = undefined;
      for (const { done } of waiting.splice(0)) done();
      serve();
    },
  };
}
