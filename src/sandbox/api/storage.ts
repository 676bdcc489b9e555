/**
 * What one server holds: objects by resource, one counter of versions over all of them, and the newest changes, from
 * which watches resume and lists see one moment. Objects are values: a write stores a new one.
 */
import type { KubeObject } from '../../kinds.ts';
import { qualified, type ResourceType } from './kinds.ts';
import { objectKey, withMeta } from './objects.ts';
import { expired } from './status.ts';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: ResourceType;
  readonly object: KubeObject;
  /** What was there before; absent for ADDED. */
  readonly before?: KubeObject;
  readonly version: number;
}

export interface Store {
  /** The version of the newest change. */
  version(): number;
  get(type: ResourceType, namespace: string | undefined, name: string): KubeObject | undefined;
  /** Sorted by namespace and name; as it was at a version where one is told (410 when that is too long ago). */
  list(type: ResourceType, namespace?: string, at?: number): KubeObject[];
  /** Stores, under the next version. Returns what was stored. */
  put(type: ResourceType, object: KubeObject): KubeObject;
  /** Removes, under the next version. Returns the last state, carrying the version of its removal. */
  remove(type: ResourceType, namespace: string | undefined, name: string): KubeObject | undefined;
  /** The changes after a version; 410 when it is too long ago. */
  since(version: number): readonly Change[];
  /** Forgets old changes: from now on older versions are too old. */
  compact(): void;
  subscribe(hear: (change: Change) => void): () => void;
  /** Every resource that holds objects of a namespace, with their number. */
  contents(namespace: string): { readonly type: ResourceType; readonly objects: KubeObject[] }[];
}

interface Table {
  readonly type: ResourceType;
  readonly objects: Map<string, KubeObject>;
}

/** Empty servers of a large fleet share it: what has no objects needs no table. */
const none: Table['objects'] = new Map();

export function createStore(remembered: number): Store {
  const tables = new Map<string, Table>();
  const history = createHistory(remembered);
  const objectsOf = (type: ResourceType) => tables.get(qualified(type))?.objects ?? none;
  return {
    version: history.version,
    get: (type, namespace, name) => objectsOf(type).get(objectKey(namespace, name)),
    list(type, namespace, at) {
      const objects = at === undefined ? objectsOf(type) : rewound(objectsOf(type), type, history.since(at));
      const all = [...objects].filter(
        ([, object]) => namespace === undefined || object.metadata.namespace === namespace,
      );
      return all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
    },
    put(type, object) {
      const stored = withMeta(object, { resourceVersion: String(history.version() + 1) });
      const key = objectKey(stored.metadata.namespace, stored.metadata.name);
      const table = tables.get(qualified(type)) ?? { type, objects: new Map<string, KubeObject>() };
      tables.set(qualified(type), table);
      const before = table.objects.get(key);
      table.objects.set(key, stored);
      history.record({
        type: before ? 'MODIFIED' : 'ADDED',
        resource: type,
        object: stored,
        ...(before && { before }),
      });
      return stored;
    },
    remove(type, namespace, name) {
      const before = objectsOf(type).get(objectKey(namespace, name));
      if (before === undefined) return undefined;
      objectsOf(type).delete(objectKey(namespace, name));
      const object = withMeta(before, { resourceVersion: String(history.version() + 1) });
      history.record({ type: 'DELETED', resource: type, object, before });
      return object;
    },
    since: history.since,
    compact: history.compact,
    subscribe: history.subscribe,
    contents(namespace) {
      const held = [...tables.values()].map(({ type, objects }) => ({
        type,
        objects: [...objects.values()].filter((object) => object.metadata.namespace === namespace),
      }));
      return held.filter(({ objects }) => objects.length > 0);
    },
  };
}

/** The counter of versions, the newest changes, and who is told of them. */
function createHistory(remembered: number) {
  const hearers = new Set<(change: Change) => void>();
  let changes: Change[] = [];
  let version = 1;
  /** Changes up to this version are forgotten. */
  let forgotten = 1;
  return {
    version: () => version,
    record(change: Omit<Change, 'version'>): void {
      version += 1;
      const numbered = { ...change, version };
      changes.push(numbered);
      // Cut in halves, so that forgetting costs nothing per write.
      if (changes.length > remembered * 2) {
        changes = changes.slice(-remembered);
        forgotten = (changes[0]?.version ?? version) - 1;
      }
      for (const hear of [...hearers]) hear(numbered);
    },
    since(from: number): readonly Change[] {
      if (from < forgotten) throw expired(`too old resource version: ${from} (${forgotten})`);
      return from >= version ? [] : changes.filter((change) => change.version > from);
    },
    compact(): void {
      changes = [];
      forgotten = version;
    },
    subscribe(hear: (change: Change) => void): () => void {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
  };
}

/** The objects as they were before the changes. */
function rewound(objects: Table['objects'], type: ResourceType, changes: readonly Change[]): Table['objects'] {
  const then = new Map(objects);
  for (const change of changes.toReversed()) {
    if (qualified(change.resource) !== qualified(type)) continue;
    const { namespace, name } = change.object.metadata;
    if (change.before === undefined) then.delete(objectKey(namespace, name));
    else then.set(objectKey(namespace, name), change.before);
  }
  return then;
}
