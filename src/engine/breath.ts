/**
 * Lets the event loop turn between two long pieces of work, so that a signal is answered and what has come in is read: of a
 * fleet of thousands each piece takes tens of milliseconds, and all of them on end are felt.
 */
export function breath(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** So many of a fleet's at once take some milliseconds. */
const part = 500;

/** `flatMap` that lets the event loop turn now and then. */
export async function flatMapInParts<T, R>(items: readonly T[], map: (item: T) => readonly R[]): Promise<R[]> {
  const mapped: R[] = [];
  for (let from = 0; from < items.length; from += part) {
    if (from > 0) await breath();
    for (const item of items.slice(from, from + part)) mapped.push(...map(item));
  }
  return mapped;
}
