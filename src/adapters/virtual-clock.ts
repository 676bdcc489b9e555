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

/** A clock that moves by itself, in a deterministic order: by deadline, then by who slept first. */
export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const sleepers: Sleeper[] = [];
  /** Called off, and still in the list: taking each out at once would cost as much as the list is long. */
  let calledOff = 0;
  let time = options.startMs ?? 0;
  let stopped = false;
  const workload = createWorkload(() => pump());
  const pump = createPump(
    options.quietTurns ?? 3,
    () => !stopped && workload.busy === 0 && sleepers.length > calledOff,
    () => {
      let next = sleepers.shift();
      while (next?.isCalledOff === true) {
        calledOff -= 1;
        next = sleepers.shift();
      }
      if (next === undefined) return;
      time = Math.max(time, next.deadline);
      next.wake();
    },
  );

  function clear(): void {
    const awaited = sleepers.filter((sleeper) => !sleeper.isCalledOff);
    sleepers.splice(0, sleepers.length, ...awaited);
    calledOff = 0;
  }

  function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const unblock = workload.block();
    return new Promise((resolve, reject) => {
      const stop = () => {
        sleeper.isCalledOff = true;
        calledOff += 1;
        if (calledOff > 100 && calledOff > sleepers.length / 2) clear();
        unblock();
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', stop);
        unblock();
        resolve();
      };
      const sleeper: Sleeper = { deadline: time + Math.max(0, milliseconds), wake, isCalledOff: false };
      sleepers.splice(placeOf(sleeper, sleepers), 0, sleeper);
      signal?.addEventListener('abort', stop, { once: true });
      pump();
    });
  }

  return {
    now: () => time,
    sleep,
    track: (work) => workload.run(() => work, 'apart'),
    run: (work) => workload.run(work, 'inside'),
    idle: (work) => until(work(), workload.block()),
    stop: () => {
      stopped = true;
    },
  };
}

interface Sleeper {
  readonly deadline: number;
  isCalledOff: boolean;
  wake(): void;
}

/** A piece of work. It holds time up while it is neither done nor waiting for a sleep or for work inside it. */
interface Work {
  /** The clock it is counted by. */
  readonly of: symbol;
  /** What it was started in, of whatever clock. */
  readonly outer: Work | undefined;
  done: boolean;
  blocked: number;
}

/**
 * Which work the code that asks belongs to. One for all clocks: Node hands each storage on at every promise, for as long as
 * the process lives, so a storage for each of hundreds of clocks would slow down everything after them.
 */
const current = new AsyncLocalStorage<Work | undefined>();

function currentOf(clock: symbol): Work | undefined {
  let work = current.getStore();
  while (work !== undefined && work.of !== clock) work = work.outer;
  return work;
}

/** Knows how many pieces of work are busy, and which of them the code that asks belongs to. */
function createWorkload(onQuiet: () => void) {
  const clock = Symbol('clock');
  let busy = 0;

  /** The current work waits for something else until the returned function is called. */
  function block(): () => void {
    const work = currentOf(clock);
    if (work === undefined || work.done) return () => {};
    if (work.blocked === 0) busy -= 1;
    work.blocked += 1;
    onQuiet();
    return () => {
      work.blocked -= 1;
      if (work.blocked === 0 && !work.done) busy += 1;
    };
  }

  return {
    get busy() {
      return busy;
    },
    block,
    /** `inside`: what it starts belongs to it, and it is itself waited for by the current work. */
    run<T>(start: () => Promise<T>, where: 'inside' | 'apart'): Promise<T> {
      const work: Work = { of: clock, outer: current.getStore(), done: false, blocked: 0 };
      busy += 1;
      const unblock = where === 'inside' ? block() : () => {};
      const end = () => {
        unblock();
        if (work.blocked === 0) busy -= 1;
        work.done = true;
        onQuiet();
      };
      return until(where === 'inside' ? current.run(work, async () => start()) : start(), end);
    },
  };
}

/** Wakes one sleeper after the other, each time after some turns of the event loop without work. */
function createPump(quietTurns: number, mayMove: () => boolean, move: () => void): () => void {
  let pumping = false;

  function pump(): void {
    if (pumping || !mayMove()) return;
    pumping = true;
    turn(quietTurns);
  }

  function turn(left: number): void {
    setImmediate(() => {
      const moving = mayMove();
      if (moving && left > 1) return turn(left - 1);
      pumping = false;
      if (!moving) return;
      move();
      pump();
    });
  }

  return pump;
}

async function until<T>(promise: Promise<T>, end: () => void): Promise<T> {
  try {
    return await promise;
  } finally {
    end();
  }
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
