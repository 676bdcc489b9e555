/** A managed cluster as a `Cluster`, reached through the hub's Views and Actions. */
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../../engine/problem.ts';
import { describe, type Key, type Kind, type KubeObject } from '../../kinds.ts';
import { ApiError, type Cluster, type DeleteOptions, isApiError } from '../../ports.ts';
import { isRecord } from '../json.ts';
import { mergeJson } from './merge-json.ts';
import { type ActionSpec, notSeen, type ViewPool } from './view-pool.ts';

export interface ActionClusterOptions {
  /** The ManagedCluster's name. */
  readonly name: string;
  /** Its URL is shown as where this cluster is reached. */
  readonly hub: Pick<Cluster, 'server'>;
  /** Shared by all clusters of a run; closed by who made it. */
  readonly views: ViewPool;
}

/**
 * Gets by View; writes by Action, each guarded by the resourceVersion it was read at. What was written comes back as it
 * was sent, without a resourceVersion: the agent does not tell the new one. Throws what {@link ViewPool} throws.
 */
export function createActionCluster({ name, hub, views }: ActionClusterOptions): Cluster {
  const place: Place = { name, views };
  const unseen = (what: string) => notSeen(name, `${what} on ${name} cannot be asked through the hub.`);
  return {
    name,
    server: hub.server,
    capabilities: { list: false, watch: false, secrets: false, apply: false },
    get: (kind, key) => views.read(name, kind, key),
    create: (kind, object) => write(place, kind, object, 'Create'),
    replace: (kind, object) => replace(place, kind, object),
    mergePatch: (kind, key, patch) => mergePatch(place, kind, key, patch),
    delete: (kind, key, options = {}) => remove(place, kind, key, options),
    list: (kind) => Promise.reject(unseen(`A list of ${kind.plural}`)),
    listMetadata: (kind) => Promise.reject(unseen(`A list of ${kind.plural}`)),
    apply: (kind, object) => Promise.reject(unseen(`Server-side apply of ${describe(kind, object.metadata)}`)),
    watch: (kind) => {
      throw unseen(`A watch of ${kind.plural}`);
    },
    access: () => Promise.reject(unseen('What we may do')),
    review: ({ user }) => Promise.reject(unseen(`What ${user} may do`)),
    raw: (path) => Promise.reject(unseen(path)),
    // The pool is shared; it deletes each View and Action by itself.
    close: async () => {},
  };
}

/** A cluster, and the way to it. */
type Place = Pick<ActionClusterOptions, 'name' | 'views'>;

async function write<T extends KubeObject>(
  place: Place,
  kind: Kind<T>,
  object: T,
  actionType: 'Create' | 'Update',
): Promise<T> {
  const key = keyOf(object);
  const template = withoutManagedFields(object);
  const outcome = await place.views.act(place.name, { actionType, kube: { ...target(kind, key), template } });
  if (outcome === 'vanished') await verify(place, kind, key, template);
  return withoutVersion(template);
}

async function replace<T extends KubeObject>(place: Place, kind: Kind<T>, object: T): Promise<T> {
  if (!object.metadata.resourceVersion) {
    throw new Error(`${kind.kind} ${object.metadata.name}: replaced without the resourceVersion it was read at`);
  }
  return write(place, kind, object, 'Update');
}

async function mergePatch<T extends KubeObject>(place: Place, kind: Kind<T>, key: Key, patch: object): Promise<T> {
  const live = await place.views.read(place.name, kind, key);
  if (live === undefined) throw new ApiError(404, 'NotFound', `${place.name}: ${describe(kind, key)} not found`);
  return replace(place, kind, mergeJson(live, patch));
}

async function remove(place: Place, kind: Kind, key: Key, options: DeleteOptions): Promise<'deleted' | 'absent'> {
  const { name, views } = place;
  if (options.uid !== undefined || options.resourceVersion !== undefined) {
    const live = await views.read(name, kind, key);
    if (live === undefined) return 'absent';
    requireSame(live, options);
  }
  try {
    const outcome = await views.act(name, { actionType: 'Delete', kube: target(kind, key) });
    if (outcome === 'done' || (await views.read(name, kind, key)) === undefined) return 'deleted';
  } catch (error) {
    if (isApiError(error, 404)) return 'absent';
    throw error;
  }
  throw vanished(name, describe(kind, key), 'the object still exists');
}

/** An Action that vanished may have been done: the object itself tells. */
async function verify({ name, views }: Place, kind: Kind, key: Key, template: KubeObject): Promise<void> {
  const live = await views.read(name, kind, key);
  if (live !== undefined && contains(live, withoutVersion(template))) return;
  const proof = live === undefined ? 'the object does not exist' : 'the object does not hold what was to be written';
  throw vanished(name, describe(kind, key), proof);
}

function vanished(cluster: string, what: string, proof: string): Problem {
  return new Problem('action-failed', `The ManagedClusterAction for ${what} on ${cluster} vanished.`, {
    cluster,
    proof,
    likely: 'Somebody deleted the Action before the agent saw it.',
  });
}

function keyOf({ metadata }: KubeObject): Key {
  const { name, namespace } = metadata;
  return namespace === undefined ? { name } : { name, namespace };
}

/** `configmaps`, or `statefulsets.v1.apps`. */
function target(kind: Kind, key: Key): ActionSpec['kube'] {
  const [version, group] = kind.apiVersion.split('/').toReversed();
  return { resource: group === undefined ? kind.plural : `${kind.plural}.${version}.${group}`, ...key };
}

/** The agent removes what the template lacks; of these the server takes no removal (measured.md §7). */
function withoutManagedFields<T extends KubeObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function withoutVersion<T extends KubeObject>(object: T): T {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Delete Actions know no preconditions: we look just before. */
function requireSame(live: KubeObject, { uid, resourceVersion }: DeleteOptions): void {
  const { metadata } = live;
  const same = (uid ?? metadata.uid) === metadata.uid;
  const unchanged = (resourceVersion ?? metadata.resourceVersion) === metadata.resourceVersion;
  if (same && unchanged) return;
  throw new ApiError(409, 'Conflict', `${live.kind} ${metadata.name} is not the one that was looked at`);
}

/** Whether everything wanted is there; more may be. */
function contains(live: unknown, wanted: unknown): boolean {
  if (!isRecord(wanted) || !isRecord(live)) return isDeepStrictEqual(live, wanted);
  return Object.entries(wanted).every(([name, value]) => contains(live[name], value));
}
