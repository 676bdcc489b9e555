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
  const hearers = new Set<(change: Change) => void>();
  let version = 1;
  let history: Change[] = [];
  let oldest = 1;

  const objectsOf = (type: ResourceType) => tables.get(qualified(type))?.objects ?? none;
  const since = (from: number): readonly Change[] => {
    if (from < oldest) throw expired(`too old resource version: ${from} (${oldest})`);
    return from >= version ? [] : history.filter((change) => change.version > from);
  };
  const record = (change: Change): void => {
    history.push(change);
    // Cut in halves, so that forgetting costs nothing per write.
    if (history.length > remembered * 2) {
      history = history.slice(-remembered);
      oldest = (history[0]?.version ?? version) - 1;
    }
    for (const hear of [...hearers]) hear(change);
  };
  return {
    version: () => version,
    get: (type, namespace, name) => objectsOf(type).get(objectKey(namespace, name)),
    list(type, namespace, at) {
      const objects = at === undefined ? objectsOf(type) : rewound(objectsOf(type), type, since(at));
      const all = [...objects].filter(
        ([, object]) => namespace === undefined || object.metadata.namespace === namespace,
      );
      return all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
    },
    put(type, object) {
      version += 1;
      const stored = withMeta(object, { resourceVersion: String(version) });
      const key = objectKey(stored.metadata.namespace, stored.metadata.name);
      const table = tables.get(qualified(type)) ?? { type, objects: new Map<string, KubeObject>() };
      tables.set(qualified(type), table);
      const before = table.objects.get(key);
      table.objects.set(key, stored);
      if (before === undefined) record({ type: 'ADDED', resource: type, object: stored, version });
      else record({ type: 'MODIFIED', resource: type, object: stored, before, version });
      return stored;
    },
    remove(type, namespace, name) {
      const before = objectsOf(type).get(objectKey(namespace, name));
      if (before === undefined) return undefined;
      version += 1;
      objectsOf(type).delete(objectKey(namespace, name));
      const object = withMeta(before, { resourceVersion: String(version) });
      record({ type: 'DELETED', resource: type, object, before, version });
      return object;
    },
    since,
    compact() {
      history = [];
      oldest = version;
    },
    subscribe(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    contents(namespace) {
      const held = [...tables.values()].map(({ type, objects }) => ({
        type,
        objects: [...objects.values()].filter((object) => object.metadata.namespace === namespace),
      }));
      return held.filter(({ objects }) => objects.length > 0);
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
