/** Watches that many controllers share: one list and watch per kind, a copy of what it saw, and news for subscribers. */
import { setMaxListeners } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { Key, Kind, KubeObject } from '../../kinds.ts';
import { type Clock, isApiError, type ListQuery } from '../../ports.ts';
import type { ControllerClient } from './client.ts';
import type { Delays } from './delays.ts';

export interface News<T extends KubeObject> {
  readonly type: 'present' | 'gone';
  readonly object: T;
  /** What was known before; absent for an object that is new. */
  readonly before?: T;
}

/** Whether what is wanted of an object is as it was: only its status moved, which concerns those who made it little. */
export function isStatusOnly<T extends KubeObject>({ type, object, before }: News<T>): boolean {
  if (type === 'gone' || before === undefined) return false;
  const { resourceVersion: _old, managedFields: _oldFields, ...old } = before.metadata;
  const { resourceVersion: _new, managedFields: _newFields, ...now } = object.metadata;
  return object.metadata.generation !== undefined && isDeepStrictEqual(old, now);
}

export interface Informer<T extends KubeObject = KubeObject> {
  get(key: Key): T | undefined;
  /** Everything known, or everything in one namespace. */
  list(namespace?: string): T[];
  /** Tells what is known at once, then every change; of one namespace where that is told. Returns the way to end it. */
  subscribe(hear: (news: News<T>) => void, namespace?: string): () => void;
  /** Resolves when the first list has been read. */
  readonly synced: Promise<void>;
}

export interface Informers {
  readonly client: ControllerClient;
  /** The same informer for the same kind and query. */
  of<T extends KubeObject>(kind: Kind<T>, query?: ListQuery): Informer<T>;
  stop(): Promise<void>;
}

export interface InformersOptions {
  readonly client: ControllerClient;
  readonly clock: Clock;
  readonly delays: Delays;
  /** Told of watches that failed; they are opened again. */
  readonly failed?: (kind: Kind, error: unknown) => void;
}

/** The shared watches of one cluster. */
export function createInformers(options: InformersOptions): Informers {
  const abort = new AbortController();
  // One listener for each watch and each pause: more than the ten that would be a mistake elsewhere.
  setMaxListeners(0, abort.signal);
  const known = new Map<string, { readonly informer: unknown; readonly done: Promise<void> }>();
  return {
    client: options.client,
    of: <T extends KubeObject>(kind: Kind<T>, query: ListQuery = {}): Informer<T> => {
      const id = JSON.stringify([kind.apiVersion, kind.plural, query]);
      // The id holds the kind, so what is stored under it was made for this very T.
      const found = known.get(id)?.informer as Informer<T> | undefined;
      if (found !== undefined) return found;
      const store = createStore<T>();
      const { synced, done } = follow(options, kind, query, store, abort.signal);
      const informer = { get: store.get, list: store.list, subscribe: store.subscribe, synced };
      known.set(id, { informer, done });
      return informer;
    },
    stop: async () => {
      abort.abort();
      await Promise.all([...known.values()].map(({ done }) => done));
    },
  };
}

/** Between two looks for a kind the server does not have, however fast time passes: many clusters look. */
const unknownKindMs = 1_000;

type Store<T extends KubeObject> = ReturnType<typeof createStore<T>>;

function createStore<T extends KubeObject>() {
  const objects = new Map<string, Map<string, T>>();
  const hearers = new Map<string | undefined, Set<(news: News<T>) => void>>();
  const tell = (news: News<T>): void => {
    for (const group of [hearers.get(undefined), hearers.get(news.object.metadata.namespace ?? '')])
      for (const hear of group ?? []) hear(news);
  };
  const list = (namespace?: string): T[] =>
    namespace === undefined
      ? [...objects.values()].flatMap((group) => [...group.values()])
      : [...(objects.get(namespace)?.values() ?? [])];
  return {
    get: ({ namespace = '', name }: Key): T | undefined => objects.get(namespace)?.get(name),
    list,
    put(object: T): void {
      const { namespace = '', name, resourceVersion } = object.metadata;
      const group = objects.get(namespace) ?? new Map<string, T>();
      const before = group.get(name);
      if (before !== undefined && before.metadata.resourceVersion === resourceVersion) return;
      objects.set(namespace, group.set(name, object));
      tell({ type: 'present', object, ...(before && { before }) });
    },
    remove(object: T): void {
      const { namespace = '', name } = object.metadata;
      if (objects.get(namespace)?.delete(name) !== true) return;
      if (objects.get(namespace)?.size === 0) objects.delete(namespace);
      tell({ type: 'gone', object });
    },
    subscribe(hear: (news: News<T>) => void, namespace?: string): () => void {
      const group = hearers.get(namespace) ?? new Set();
      hearers.set(namespace, group.add(hear));
      for (const object of list(namespace)) hear({ type: 'present', object });
      return () => group.delete(hear);
    },
  };
}

function follow<T extends KubeObject>(
  options: InformersOptions,
  kind: Kind<T>,
  query: ListQuery,
  store: Store<T>,
  signal: AbortSignal,
): { readonly synced: Promise<void>; readonly done: Promise<void> } {
  let resolve = (): void => undefined;
  const synced = new Promise<void>((settle) => {
    resolve = settle;
  });
  const run = async (): Promise<void> => {
    let since: string | undefined;
    // The version of a list is that of its newest item, which may be too old to watch from: then from the present.
    let fromPresent = false;
    while (!signal.aborted) {
      const listed = since === undefined;
      let pause = options.delays.ms('watchAgain');
      try {
        if (listed) since = await relist(options.client, kind, query, store);
        resolve();
        since = await watch(options, kind, query, store, listed && fromPresent ? undefined : since, signal);
        fromPresent = false;
      } catch (error) {
        if (isApiError(error, 410)) {
          since = undefined;
          fromPresent = listed;
        } else if (isApiError(error, 404)) {
          // A kind the server does not have yet has no objects; it may come with an add-on.
          since = undefined;
          for (const object of store.list()) store.remove(object);
          resolve();
          pause = Math.max(unknownKindMs, pause);
        } else if (!signal.aborted) options.failed?.(kind, error);
      }
      await options.clock.sleep(pause, signal).catch(() => undefined);
    }
    resolve();
  };
  return { synced, done: run() };
}

/** Reads everything, forgets what is no longer there, and returns the newest version seen. */
async function relist<T extends KubeObject>(
  client: ControllerClient,
  kind: Kind<T>,
  query: ListQuery,
  store: Store<T>,
): Promise<string | undefined> {
  const before = store.list();
  const items = await client.list(kind, query);
  const present = new Set(items.map(identity));
  for (const item of items) store.put(item);
  for (const object of before) if (!present.has(identity(object))) store.remove(object);
  return newest(items);
}

/** Follows the changes until the stream ends; returns the version to go on from. */
async function watch<T extends KubeObject>(
  { client }: InformersOptions,
  kind: Kind<T>,
  query: ListQuery,
  store: Store<T>,
  since: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  let version = since;
  const from = { ...query, ...(since !== undefined && { resourceVersion: since }) };
  for await (const event of client.watch(kind, from, signal)) {
    version = event.object.metadata.resourceVersion ?? version;
    if (event.type === 'BOOKMARK') continue;
    if (event.type === 'DELETED') store.remove(event.object);
    else store.put(event.object);
  }
  return version;
}

function identity({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The highest resourceVersion. They are numbers of one counter per cluster. */
function newest(items: readonly KubeObject[]): string | undefined {
  const versions = items.map(({ metadata }) => Number(metadata.resourceVersion ?? Number.NaN)).filter(Number.isFinite);
  return versions.length === 0 ? undefined : String(Math.max(...versions));
}
