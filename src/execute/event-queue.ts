/** What several writers put in and one reader takes out, in order. The reader ends when it is closed and empty. */
export type EventQueue<T> = AsyncIterable<T> & { push(item: T): void; close(): void };

export function newEventQueue<T>(): EventQueue<T> {
  const items: T[] = [];
  let open = true;
  let wake = (): void => {};
  return {
    push(item) {
      items.push(item);
      wake();
    },
    close() {
      open = false;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      while (open || items.length > 0) {
        yield* items.splice(0);
        if (!open || items.length > 0) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
