/** A work queue as controllers use it: a key waits once, is worked on by one worker at a time, and may come again later. */
import type { Clock } from '../../ports.ts';

export interface QueueOptions {
  readonly clock: Clock;
  /** How many keys are worked on at once. */
  readonly workers: number;
  /** Never rejects. */
  readonly work: (key: string) => Promise<void>;
}

export interface Queue {
  add(key: string): void;
  /** Adds after a while; of several times for one key the earliest counts. */
  addAfter(key: string, milliseconds: number): void;
  /** Takes nothing more, and resolves when the work at hand is done. */
  stop(): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly abort: AbortController;
}

/** One reason for all: without one every abort makes an exception with a stack. */
const calledOff = new Error('called off');

/** A queue that works on its keys as they come. */
export function createQueue({ clock, workers, work }: QueueOptions): Queue {
  const waiting = new Set<string>();
  const working = new Map<string, Promise<void>>();
  const timers = new Map<string, Timer>();
  let stopped = false;
  const begin = (key: string): void => {
    waiting.delete(key);
    const done = work(key).finally(() => {
      working.delete(key);
      next();
    });
    working.set(key, done);
  };
  const next = (): void => {
    for (const key of waiting) {
      if (working.size >= workers) return;
      if (!working.has(key)) begin(key);
    }
  };
  const add = (key: string): void => {
    if (stopped) return;
    waiting.add(key);
    // In a turn of its own, so that a burst of events makes one piece of work.
    queueMicrotask(next);
  };
  const addAfter = (key: string, milliseconds: number): void => {
    const at = clock.now() + milliseconds;
    const known = timers.get(key);
    if (stopped || (known !== undefined && known.at <= at)) return;
    known?.abort.abort(calledOff);
    const timer: Timer = { at, abort: new AbortController() };
    timers.set(key, timer);
    const due = (): void => {
      if (timers.get(key) === timer) timers.delete(key);
      add(key);
    };
    // A sleep only rejects when it is called off.
    clock.sleep(milliseconds, timer.abort.signal).then(due, () => undefined);
  };
  return {
    add,
    addAfter,
    stop: async () => {
      stopped = true;
      waiting.clear();
      for (const { abort } of timers.values()) abort.abort(calledOff);
      await Promise.all(working.values());
    },
  };
}
