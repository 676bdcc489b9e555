/** Runs tasks with at most `size` under way at once, in the order they were given. */
export interface Pool {
  <T>(task: () => Promise<T>): Promise<T>;
  /** For a task of the pool: gives its place to others while it only rests, and waits for one again. */
  aside<T>(rest: () => Promise<T>): Promise<T>;
}

export function createPool(size: number): Pool {
  const waiting: (() => void)[] = [];
  let free = size;
  const take = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const give = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };

  const run = async <T>(task: () => Promise<T>): Promise<T> => {
    await take();
    try {
      return await task();
    } finally {
      give();
    }
  };
  const aside = async <T>(rest: () => Promise<T>): Promise<T> => {
    give();
    try {
      return await rest();
    } finally {
      await take();
    }
  };
  return Object.assign(run, { aside });
}
