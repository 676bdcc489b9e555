/** Tells a virtual clock when a port is at work, so that time stands still meanwhile. */
import type { VirtualClock } from './virtual-clock.ts';

/**
 * The same port, whose asynchronous calls hold time up while they are under way. The next event of a stream does not: a
 * quiet watch may wait for ever.
 */
export function tracked<T extends object>(clock: VirtualClock, port: T): T {
  return new Proxy(port, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => call(clock, () => Reflect.apply(value, target, args));
    },
  });
}

function call(clock: VirtualClock, invoke: () => unknown): unknown {
  // Only the call itself shows whether it is asynchronous; until it has returned nothing else can run.
  const plain: (() => unknown)[] = [];
  const running = clock.run(async () => {
    const result = attempt(invoke, plain);
    return result instanceof Promise ? await result : undefined;
  });
  const [answer] = plain;
  return answer === undefined ? running : answer();

  function attempt(work: () => unknown, synchronous: (() => unknown)[]): unknown {
    try {
      const result = work();
      if (!(result instanceof Promise)) {
        synchronous.push(() => (isAsyncIterable(result) ? stream(clock, result) : result));
      }
      return result;
    } catch (error) {
      synchronous.push(() => {
        throw error;
      });
      return undefined;
    }
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function* stream(clock: VirtualClock, source: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await clock.idle(() => iterator.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
