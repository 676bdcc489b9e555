/**
 * Time that passes only when nothing else is going on: an hour of waiting takes milliseconds, and nothing is skipped.
 * While tracked work is under way time stands still; when all of it sleeps or is done, the earliest sleeper wakes.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../ports.ts';

export interface VirtualClockOptions {
  /** Milliseconds since the epoch at which it begins. */
  readonly startMs?: number;
  /** Turns of the event loop that must pass in silence before time moves. */
  readonly quietTurns?: number;
}

export interface VirtualClock extends Clock {
  /** Time stands still until the promise has settled. It must not itself wait for this clock: see `run`. */
  track<T>(work: Promise<T>): Promise<T>;
  /** The same for work that may sleep on this clock: while it sleeps it does not hold time up. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** For work that waits for something which may never come, as the next event of a watch: holds nothing up. */
  idle<T>(work: () => Promise<T>): Promise<T>;
  /** Time never moves again; who still sleeps sleeps for ever. */
  stop(): void;
}

interface Sleeper {
  readonly deadline: number;
  wake(): void;
}

/** A piece of tracked work. It holds time up while it is neither done nor waiting for a sleep or for work inside it. */
interface Work {
  readonly outer: Work | undefined;
  done: boolean;
  blocked: number;
}

/** A clock that moves by itself, in a deterministic order: by deadline, then by who slept first. */
export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const quietTurns = options.quietTurns ?? 3;
  const current = new AsyncLocalStorage<Work | undefined>();
  const sleepers: Sleeper[] = [];
  let time = options.startMs ?? 0;
  let busy = 0;
  let pumping = false;
  let stopped = false;

  function block(work: Work | undefined): () => void {
    if (work === undefined || work.done) return () => {};
    if (work.blocked === 0) busy -= 1;
    work.blocked += 1;
    pump();
    return () => {
      work.blocked -= 1;
      if (work.blocked === 0 && !work.done) busy += 1;
    };
  }

  function begin(outer: Work | undefined): { work: Work; end(): void } {
    const work: Work = { outer, done: false, blocked: 0 };
    const unblock = block(outer);
    busy += 1;
    const end = () => {
      unblock();
      if (work.blocked === 0) busy -= 1;
      work.done = true;
      pump();
    };
    return { work, end };
  }

  function pump(): void {
    if (pumping || stopped || busy > 0 || sleepers.length === 0) return;
    pumping = true;
    // The turns belong to nobody: what wakes continues in its own context.
    current.run(undefined, () => settle(quietTurns));
  }

  function settle(turnsLeft: number): void {
    setImmediate(() => {
      const moving = !stopped && busy === 0 && sleepers.length > 0;
      if (moving && turnsLeft > 1) return settle(turnsLeft - 1);
      pumping = false;
      if (moving) wakeNext();
    });
  }

  function wakeNext(): void {
    const next = sleepers.shift();
    if (next === undefined) return;
    time = Math.max(time, next.deadline);
    next.wake();
    pump();
  }

  function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const unblock = block(current.getStore());
    return new Promise((resolve, reject) => {
      const stop = () => {
        sleepers.splice(sleepers.indexOf(sleeper), 1);
        unblock();
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', stop);
        unblock();
        resolve();
      };
      const sleeper: Sleeper = { deadline: time + Math.max(0, milliseconds), wake };
      sleepers.splice(placeOf(sleeper, sleepers), 0, sleeper);
      signal?.addEventListener('abort', stop, { once: true });
      pump();
    });
  }

  async function until<T>(end: () => void, promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } finally {
      end();
    }
  }

  return {
    now: () => time,
    sleep,
    track: (promise) => until(begin(undefined).end, promise),
    run: (start) => {
      const { work, end } = begin(current.getStore());
      return until(end, current.run(work, start));
    },
    idle: (start) => until(block(current.getStore()), start()),
    stop: () => {
      stopped = true;
    },
  };
}

/** Where it belongs in the sorted list: behind all that wake before it or at the same time. */
function placeOf(sleeper: Sleeper, sorted: readonly Sleeper[]): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = sorted[middle];
    if (other !== undefined && other.deadline <= sleeper.deadline) low = middle + 1;
    else high = middle;
  }
  return low;
}
