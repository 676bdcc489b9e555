/**
 * A `Cluster` in memory with what a ManagedClusterView and Action can do: get, create, replace, delete, with optimistic
 * locking. `before` is called ahead of every request and may write through `store` as somebody else.
 */
import type { Key, Kind, KubeObject } from '../../src/kinds.ts';
import { ApiError, type Capabilities, type Cluster, type DeleteOptions } from '../../src/ports.ts';

interface MemoryRequest {
  readonly verb: 'get' | 'create' | 'replace' | 'delete';
  readonly path: string;
}

export interface MemoryCluster extends Cluster {
  readonly requests: MemoryRequest[];
  /** Called before each request is served; may write with `put` and `take`. */
  before: (request: MemoryRequest) => void;
  /** Writes as somebody else. */
  put(kind: Kind, object: KubeObject): void;
  take(kind: Kind, key: Key): void;
  peek<T extends KubeObject>(kind: Kind<T>, key: Key): T | undefined;
}

const narrow: Capabilities = { list: false, watch: false, secrets: false, apply: false };

export function memoryCluster(name = 'paris'): MemoryCluster {
  const objects = new Map<string, KubeObject>();
  let version = 100;
  const pathOf = (kind: Kind, key: Key) => `${kind.plural}/${key.namespace ?? ''}/${key.name}`;
  const stored = (object: KubeObject): KubeObject => {
    const copy = structuredClone(object);
    version++;
    copy.metadata = { ...copy.metadata, resourceVersion: String(version), uid: copy.metadata.uid ?? `uid-${version}` };
    return copy;
  };
  const peek = <T extends KubeObject>(kind: Kind<T>, key: Key): T | undefined => {
    const object = objects.get(pathOf(kind, key));
    return object === undefined ? undefined : (structuredClone(object) as T);
  };
  const store = <T extends KubeObject>(kind: Kind<T>, object: T): T => {
    objects.set(pathOf(kind, object.metadata), stored(object));
    return peek(kind, object.metadata) as T;
  };
  const cannot = (verb: string) => async (): Promise<never> => {
    throw new Error(`${verb} is beyond what this way of reaching a cluster can do`);
  };

  const cluster: MemoryCluster = {
    name,
    server: 'memory',
    capabilities: narrow,
    requests: [],
    before: () => {},
    put: store,
    take: (kind, key) => void objects.delete(pathOf(kind, key)),
    peek,
    async get<T extends KubeObject>(kind: Kind<T>, key: Key) {
      note('get', kind, key);
      return peek(kind, key);
    },
    async create<T extends KubeObject>(kind: Kind<T>, object: T) {
      note('create', kind, object.metadata);
      if (objects.has(pathOf(kind, object.metadata))) throw new ApiError(409, 'AlreadyExists', 'already exists');
      return store(kind, object);
    },
    async replace<T extends KubeObject>(kind: Kind<T>, object: T) {
      note('replace', kind, object.metadata);
      checkVersion(kind, object.metadata, object.metadata.resourceVersion ?? 'none');
      return store(kind, object);
    },
    async delete(kind: Kind, key: Key, options?: DeleteOptions) {
      note('delete', kind, key);
      if (!objects.has(pathOf(kind, key))) return 'absent';
      if (options?.resourceVersion !== undefined) checkVersion(kind, key, options.resourceVersion);
      objects.delete(pathOf(kind, key));
      return 'deleted';
    },
    list: cannot('list'),
    listMetadata: cannot('listMetadata'),
    apply: cannot('apply'),
    mergePatch: cannot('mergePatch'),
    watch: () => {
      throw new Error('watch is beyond what this way of reaching a cluster can do');
    },
    access: cannot('access'),
    review: cannot('review'),
    raw: cannot('raw'),
    close: async () => {},
  };

  function note(verb: MemoryRequest['verb'], kind: Kind, key: Key): void {
    const request = { verb, path: pathOf(kind, key) };
    cluster.requests.push(request);
    cluster.before(request);
  }

  function checkVersion(kind: Kind, key: Key, expected: string): void {
    const live = objects.get(pathOf(kind, key));
    if (live === undefined) throw new ApiError(404, 'NotFound', 'not found');
    if (live.metadata.resourceVersion !== expected) throw new ApiError(409, 'Conflict', 'the object has been modified');
  }

  return cluster;
}
