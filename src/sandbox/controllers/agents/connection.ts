/** Whether a managed cluster's agents can reach the hub. They do nothing while not, and catch up after. */
import type { Watching } from '../runtime.ts';

export interface Connection {
  readonly online: boolean;
  set(online: boolean): void;
  /** News of coming and going, for controllers: always the same keys. */
  watching(keys: () => readonly string[]): Watching;
}

/** A connection that holds, or not, from the start. */
export function createConnection(initially = true): Connection {
  let online = initially;
  const hearers = new Set<() => void>();
  return {
    get online() {
      return online;
    },
    set(next) {
      if (next === online) return;
      online = next;
      for (const hear of [...hearers]) hear();
    },
    watching: (keys) => ({
      ready: Promise.resolve(),
      start: (hear) => {
        const tell = (): void => hear(keys());
        hearers.add(tell);
        return () => hearers.delete(tell);
      },
    }),
  };
}
