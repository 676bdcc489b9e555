/** A channel between the parts of a run that work at the same time and the one consumer of its events. */
export interface Queue<T> extends AsyncIterable<T> {
  push(item: T): void;
  close(): void;
}

export function createQueue<T>(): Queue<T> {
  let items: T[] = [];
  let closed = false;
  let wake: (() => void) | undefined;
  const notify = () => {
    wake?.();
    wake = undefined;
  };

  return {
    push(item) {
      items.push(item);
      notify();
    },
    close() {
      closed = true;
      notify();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        // Taken over whole: thousands come at once, and taking the first of them moves all others.
        const taken = items;
        items = [];
        yield* taken;
        if (items.length > 0) continue;
        if (closed) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
