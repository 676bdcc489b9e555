/**
 * Lets the event loop turn between two long pieces of work, so that a signal is answered and what has come in is read: of a
 * fleet of thousands each piece takes tens of milliseconds, and all of them on end are felt.
 */
export function breath(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
