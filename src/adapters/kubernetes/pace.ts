/**
 * What is ready to be worked at the same moment (hundreds of answers, a thousand clusters of a sandbox) would keep sockets and
 * timers from being served until all of it is done. It is let through one piece at a time once the process has had its turn.
 */

/** Milliseconds that may be worked in one go. */
const pieceMs = 20;

/** Resolves when the caller may go on; `undefined`: at once. */
export type Pace = () => Promise<void> | undefined;

/** One for all who may be ready at the same moment. For real time only: a virtual clock would take the wait for idleness. */
export function createPace(): Pace {
  const waiting: (() => void)[] = [];
  let since = performance.now();
  const next = (): void => {
    since = performance.now();
    waiting.shift()?.();
    // In the next turn of the loop: sockets are served in between.
    if (waiting.length > 0) setImmediate(next);
  };
  return () => {
    if (waiting.length === 0 && performance.now() - since < pieceMs) return undefined;
    if (waiting.length === 0) setImmediate(next);
    return new Promise((resolve) => waiting.push(resolve));
  };
}
