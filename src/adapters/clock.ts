/** Real time. */
import type { Clock } from '../ports.ts';

/** The longest delay a timer takes; anything more would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** The machine's clock. A pending sleep keeps the process alive: somebody waits for it. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      let left = milliseconds;
      while (left > longestTimer) {
        await timer(longestTimer, signal);
        left -= longestTimer;
      }
      await timer(left, signal);
    },
  };
}

function timer(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(handle);
      reject(signal?.reason);
    };
    const handle = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
