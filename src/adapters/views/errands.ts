/**
 * Short-lived objects in a managed cluster's namespace on the hub, which the agent there answers by a condition
 * (transport.md §4, §5). Few are alive at once; one LIST asks for the answers of all; each is deleted on every way out.
 */
import { randomBytes } from 'node:crypto';
import { createPool } from '../../engine/pool.ts';
import { isProblem } from '../../engine/problem.ts';
import type { Key, Kind, ManagedClusterAction, ManagedClusterView } from '../../kinds.ts';
import { ApiError, type Clock, type Cluster, isApiError } from '../../ports.ts';
import { labelsOf, runLabel } from './labels.ts';
import { createPermit, permitted } from './permit.ts';
import { createPoll } from './poll.ts';

export type ErrandObject = ManagedClusterView | ManagedClusterAction;

export interface ErrandOptions<T extends ErrandObject> {
  readonly hub: Cluster;
  readonly clock: Clock;
  readonly runId: string;
  readonly kind: Kind<T>;
  readonly maxAlive: number;
  /** Milliseconds an agent may take to answer. */
  readonly timeoutMs: number;
  /** The object to create; name, namespace and labels are given. */
  build(metadata: T['metadata'], spec: NonNullable<T['spec']>): T;
  answered(object: T): boolean;
}

type Outcome<T> =
  | { readonly state: 'answered'; readonly object: T }
  /** Somebody deleted it before it was answered, or before we looked. */
  | { readonly state: 'vanished' }
  | { readonly state: 'silent' };

export interface Errands<T extends ErrandObject> {
  run(cluster: string, spec: NonNullable<T['spec']>): Promise<Outcome<T>>;
  /** Ends what is under way and deletes what is left. */
  close(): Promise<void>;
}

/** `run` rejects with what the hub refuses the object or the LIST with; with `not-permitted` where a right is missing. */
export function createErrands<T extends ErrandObject>(options: ErrandOptions<T>): Errands<T> {
  const { hub, clock, kind, runId, timeoutMs } = options;
  const inPool = createPool(options.maxAlive);
  const deadlines = new Map<string, number>();
  const poll = createPoll<Outcome<T>>({ clock, look: () => look(options, deadlines) });
  const cleaner = createCleaner(hub, kind);
  const permit = createPermit(hub, kind);
  const active = new Set<Promise<unknown>>();
  const ended = new Error('the run has ended');
  let closed = false;

  async function errand(cluster: string, spec: NonNullable<T['spec']>): Promise<Outcome<T>> {
    if (closed) throw ended;
    await permit(cluster);
    const key = { namespace: cluster, name: `acm-observability-${randomBytes(5).toString('hex')}` };
    try {
      const wanted = options.build({ ...key, labels: labelsOf(runId) }, spec);
      await permitted(hub.create(kind, wanted).catch(unlessThere));
    } catch (error) {
      // Refused: there is nothing to delete. Without a clear answer it may have been made.
      const refused = isProblem(error, 'not-permitted') || (error instanceof ApiError && error.status < 500);
      if (!refused) await cleaner.remove(key);
      throw error;
    }
    const path = pathOf(key);
    deadlines.set(path, clock.now() + timeoutMs);
    try {
      return await poll.wait(path);
    } finally {
      deadlines.delete(path);
      await cleaner.remove(key);
    }
  }

  return {
    run: (cluster, spec) => {
      const running = inPool(() => errand(cluster, spec));
      active.add(running);
      const done = () => active.delete(running);
      running.then(done, done);
      return running;
    },
    close: async () => {
      closed = true;
      poll.stop(ended);
      while (active.size > 0) await Promise.allSettled(active);
      await cleaner.finish();
    },
  };
}

/** Nobody else has the name: what is there was made by a try whose answer was lost. */
function unlessThere(error: unknown): void {
  if (!isApiError(error, 409, 'AlreadyExists')) throw error;
}

/** One LIST of all that this run has on the hub. */
async function look<T extends ErrandObject>(
  { hub, clock, kind, runId, answered }: ErrandOptions<T>,
  deadlines: ReadonlyMap<string, number>,
): Promise<(path: string) => Outcome<T> | undefined> {
  const objects = await permitted(hub.list(kind, { labelSelector: `${runLabel}=${runId}` }));
  const found = new Map(objects.map((object) => [pathOf(object.metadata), object]));
  return (path) => {
    const object = found.get(path);
    if (object === undefined) return { state: 'vanished' };
    if (answered(object)) return { state: 'answered', object };
    return clock.now() >= (deadlines.get(path) ?? 0) ? { state: 'silent' } : undefined;
  };
}

/** Deletes; what cannot be deleted must not hide an answer, so it is tried again at the end, and told then. */
function createCleaner(hub: Cluster, kind: Kind) {
  const leftovers = new Map<string, Key>();
  return {
    remove: async (key: Key): Promise<void> => {
      const path = pathOf(key);
      await hub.delete(kind, key).then(
        () => leftovers.delete(path),
        () => leftovers.set(path, key),
      );
    },
    finish: async (): Promise<void> => {
      for (const key of leftovers.values()) await hub.delete(kind, key);
      leftovers.clear();
    },
  };
}

function pathOf(key: Key): string {
  return `${key.namespace ?? ''}/${key.name}`;
}
