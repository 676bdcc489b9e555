/** The latest samples of each series, and a few before them. Bounded: what is older falls out. */
import type { Sample } from '../../ports.ts';

/** One series with its samples, oldest first. */
interface Series {
  /** With `__name__`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}

export interface Point {
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly value: number;
}

export interface MetricsStore {
  /** Takes samples in, labels with `__name__`. A sample older than the newest of its series is dropped, as Receive does. */
  push(samples: readonly Sample[]): void;
  /** The series with this name, or all of them. */
  series(name?: string): Iterable<Series>;
  /** Forgets every series that fits. */
  forget(fits: (labels: Readonly<Record<string, string>>) => boolean): void;
  /** How many series there are. */
  readonly size: number;
}

export interface MetricsStoreOptions {
  /** Samples kept of each series. */
  readonly depth?: number;
  /** Series kept; further ones are refused with a RangeError. */
  readonly limit?: number;
}

interface Row {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: Point[];
}

export function createMetricsStore({ depth = 24, limit = 500_000 }: MetricsStoreOptions = {}): MetricsStore {
  const names = new Map<string, Map<string, Row>>();
  let size = 0;
  const row = (labels: Readonly<Record<string, string>>): Row => {
    const name = labels.__name__ ?? '';
    const rows = names.get(name) ?? new Map<string, Row>();
    names.set(name, rows);
    const id = labelKey(labels);
    const known = rows.get(id);
    if (known !== undefined) return known;
    if (size >= limit) throw new RangeError(`the sandbox's small store holds at most ${limit} series`);
    size += 1;
    const made = { labels: { ...labels }, points: [] };
    rows.set(id, made);
    return made;
  };
  return {
    push(samples) {
      for (const { labels, timestamp, value } of samples) {
        const { points } = row(labels);
        const newest = points.at(-1);
        if (newest !== undefined && newest.timestamp >= timestamp) continue;
        points.push({ timestamp, value });
        if (points.length > depth) points.shift();
      }
    },
    *series(name) {
      const groups = name === undefined ? names.values() : [names.get(name) ?? new Map<string, Row>()];
      for (const rows of groups) yield* rows.values();
    },
    forget(fits) {
      for (const rows of names.values()) {
        for (const [id, { labels }] of rows) if (fits(labels) && rows.delete(id)) size -= 1;
      }
    },
    get size() {
      return size;
    },
  };
}

/** The same text for the same labels, whatever their order. */
export function labelKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.keys(labels)
      .sort()
      .map((name) => [name, labels[name]]),
  );
}
