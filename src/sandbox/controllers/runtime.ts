/**
 * A small controller runtime: level-triggered, as controllers are. What changed only says which key to look at; the
 * reconcile reads the world and makes it so. It may be called at any time, any number of times.
 */
import type { KubeObject } from '../../kinds.ts';
import type { Clock } from '../../ports.ts';
import type { Delays } from './delays.ts';
import type { Informer, News } from './informer.ts';
import { createQueue } from './queue.ts';

/** A line of a controller's log: what the real one would print in its Pod, and nobody sees on the API. */
export interface LogLine {
  readonly controller: string;
  readonly cluster: string;
  readonly level: 'info' | 'error';
  readonly message: string;
}

export type Log = (line: LogLine) => void;

export interface Running {
  stop(): Promise<void>;
}

/** When to look again without being told of a change; absent: when something changes. */
export interface Outcome {
  readonly againInMs?: number;
}

/** Something to watch: tells keys when there is news of them. */
export interface Watching {
  /** Resolves when what there is has been read. */
  readonly ready: Promise<void>;
  /** Tells of what there is, then of changes; returns the way to end it. */
  start(hear: (keys: readonly string[]) => void): () => void;
}

/** Watches a kind; the key is the object's name unless told, and an object may concern several keys or none. */
export function watching<T extends KubeObject>(
  informer: Informer<T>,
  keys: (news: News<T>) => readonly string[] = ({ object }) => [object.metadata.name],
  namespace?: string,
): Watching {
  return {
    ready: informer.synced,
    start: (hear) => informer.subscribe((news) => hear(keys(news)), namespace),
  };
}

export interface ControllerOptions {
  /** The name in its log lines. */
  readonly name: string;
  readonly cluster: string;
  readonly clock: Clock;
  readonly delays: Delays;
  readonly watches: readonly Watching[];
  /** Throwing means: again, after a pause that doubles. */
  readonly reconcile: (key: string) => Promise<Outcome | undefined>;
  /** Keys to begin with, whatever the watches tell. */
  readonly keys?: readonly string[];
  /** Milliseconds in which further news of a key are gathered before it is worked on; none unless told. */
  readonly gatherMs?: number;
  /** Keys worked on at once; 1 unless told. */
  readonly workers?: number;
  readonly log?: Log;
}

/** Starts a controller; it works when its watches have read their first list, until stopped. */
export function startController(options: ControllerOptions): Running {
  const { name, cluster, clock, delays, log, keys = [], workers = 1 } = options;
  const failures = new Map<string, number>();
  const work = async (key: string): Promise<void> => {
    try {
      const outcome = await options.reconcile(key);
      failures.delete(key);
      if (outcome?.againInMs !== undefined) queue.addAfter(key, outcome.againInMs);
    } catch (error) {
      const failed = failures.get(key) ?? 0;
      failures.set(key, failed + 1);
      queue.addAfter(key, Math.min(delays.ms('retryLeast') * 2 ** failed, delays.ms('retryMost')));
      log?.({ controller: name, cluster, level: 'error', message: `${key}: ${wordsOf(error)}` });
    }
  };
  const queue = createQueue({ clock, workers, work });
  const ends: (() => void)[] = [];
  let stopped = false;
  const addAll = (some: readonly string[]): void => {
    for (const key of some) {
      if (options.gatherMs === undefined) queue.add(key);
      else queue.addAfter(key, options.gatherMs);
    }
  };
  // Subscribed to only when every list is read, so that no reconcile sees half a world.
  void Promise.all(options.watches.map(({ ready }) => ready)).then(() => {
    if (stopped) return;
    for (const watch of options.watches) ends.push(watch.start(addAll));
    addAll(keys);
  });
  return {
    stop: async () => {
      stopped = true;
      for (const end of ends) end();
      await queue.stop();
    },
  };
}

/** An error in a log line's words. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
