/**
 * The collectors every cluster runs: objects whose owners are all gone go too, a namespace takes what is in it along, and
 * deletions wait for dependents as their policy says. They look soon after a change that concerns them, by the server's clock.
 */
import type { KubeObject } from '../../kinds.ts';
import { whole } from './delete.ts';
import { type ResourceType, splitApiVersion } from './kinds.ts';
import { equal, isFields, timestamp, withMeta } from './objects.ts';
import type { Server } from './server.ts';
import type { Change } from './storage.ts';

interface Held {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Starts with the first object that concerns it; an idle server has no timer. */
export function startCollectors(server: Server): void {
  /** Objects with owners, and objects marked for deletion: all a sweep has to look at. */
  const watched = new Map<string, Held>();
  let due = false;
  const sweepSoon = (): void => {
    if (due) return;
    due = true;
    const sweepNow = (): void => {
      due = false;
      if (!server.closed.aborted && sweep(server, watched)) sweepSoon();
    };
    // Rejects only when the server closes.
    server.clock.sleep(server.options.collectMs ?? 200, server.closed).then(sweepNow, () => undefined);
  };
  server.store.subscribe((change) => {
    if (note(watched, change)) sweepSoon();
  });
}

/** Keeps the list of what to look at; tells whether this change is a reason to look. */
function note(watched: Map<string, Held>, { type: event, resource, object }: Change): boolean {
  const id = whole(resource, object);
  const { namespace, name, ownerReferences = [], deletionTimestamp } = object.metadata;
  const concerned = event !== 'DELETED' && (ownerReferences.length > 0 || deletionTimestamp !== undefined);
  if (concerned) watched.set(id, { type: resource, namespace, name });
  else watched.delete(id);
  return concerned || (event === 'DELETED' && watched.size > 0);
}

/** One look at everything watched. Tells whether it changed something, so that the next look may find more. */
function sweep(server: Server, watched: ReadonlyMap<string, Held>): boolean {
  let changed = false;
  for (const { type, namespace, name } of [...watched.values()]) {
    const object = server.store.get(type, namespace, name);
    if (object === undefined) continue;
    const acted =
      object.metadata.deletionTimestamp === undefined
        ? collectOrphan(server, type, object)
        : finishDeletion(server, type, object, watched);
    changed ||= acted;
  }
  return changed;
}

function dependentsOf(server: Server, uid: string | undefined, watched: ReadonlyMap<string, Held>): Typed[] {
  return [...watched.values()].flatMap(({ type, namespace, name }) => {
    const object = server.store.get(type, namespace, name);
    return object !== undefined && ownedBy(object, uid) ? [{ type, object }] : [];
  });
}

/** An object goes when none of its owners is there; owners that are gone beside others are forgotten. */
function collectOrphan(server: Server, type: ResourceType, object: KubeObject): boolean {
  const { ownerReferences = [], namespace } = object.metadata;
  const absent = ownerReferences.filter((owner) => {
    const [group, version] = splitApiVersion(owner.apiVersion);
    const ownerType = server.kinds.byKind(version === '' ? group : owner.apiVersion, owner.kind);
    // An owner of a kind nobody knows cannot be looked up: the real collector waits, too.
    if (ownerType === undefined) return false;
    const found = server.store.get(ownerType, ownerType.namespaced ? namespace : undefined, owner.name);
    return found?.metadata.uid !== owner.uid;
  });
  if (ownerReferences.length === 0 || absent.length === 0) return false;
  if (absent.length === ownerReferences.length) {
    discard(server, type, object);
    return true;
  }
  const kept = ownerReferences.filter((owner) => !absent.includes(owner));
  server.store.put(type, withMeta(object, { ownerReferences: kept }));
  return true;
}

/** As a deletion in the background. */
function discard(server: Server, type: ResourceType, object: KubeObject, mark?: string): void {
  const { namespace, name, finalizers = [], generation } = object.metadata;
  const held = mark === undefined ? finalizers : [...finalizers, mark];
  if (held.length === 0) server.store.remove(type, namespace, name);
  else if (object.metadata.deletionTimestamp === undefined) {
    const metadata = {
      deletionTimestamp: timestamp(server.clock.now()),
      finalizers: held,
      ...(generation !== undefined && { generation: generation + 1 }),
    };
    server.store.put(type, withMeta(object, metadata));
  }
}

interface Typed {
  readonly type: ResourceType;
  readonly object: KubeObject;
}

function finishDeletion(
  server: Server,
  type: ResourceType,
  object: KubeObject,
  watched: ReadonlyMap<string, Held>,
): boolean {
  if (type.kind === 'Namespace' && type.group === '') return emptyNamespace(server, type, object);
  const { finalizers = [], uid } = object.metadata;
  const dependents = dependentsOf(server, uid, watched);
  if (finalizers.includes('orphan')) {
    for (const dependent of dependents) {
      const kept = (dependent.object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
      server.store.put(dependent.type, withMeta(dependent.object, { ownerReferences: kept }));
    }
    release(server, type, object, 'orphan');
    return true;
  }
  if (!finalizers.includes('foregroundDeletion')) return false;
  const waiting = dependents.filter((dependent) => dependent.object.metadata.deletionTimestamp === undefined);
  for (const dependent of waiting) discard(server, dependent.type, dependent.object, 'foregroundDeletion');
  const blocked = dependents.some(({ object: { metadata } }) =>
    metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true),
  );
  if (!blocked) release(server, type, object, 'foregroundDeletion');
  return waiting.length > 0 || !blocked;
}

function ownedBy(object: KubeObject, uid: string | undefined): boolean {
  return object.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true;
}

/** Takes a finalizer away; the last one takes the object along. */
function release(server: Server, type: ResourceType, object: KubeObject, finalizer: string): void {
  const finalizers = (object.metadata.finalizers ?? []).filter((held) => held !== finalizer);
  if (finalizers.length > 0) server.store.put(type, withMeta(object, { finalizers }));
  else server.store.remove(type, object.metadata.namespace, object.metadata.name);
}

/** Deletes what is in a namespace, then the namespace; what holds a finalizer holds it up, and is told. */
function emptyNamespace(server: Server, type: ResourceType, namespace: KubeObject): boolean {
  const { name, finalizers = [] } = namespace.metadata;
  const before = server.store.version();
  for (const { type: inner, objects } of server.store.contents(name)) {
    for (const object of objects) discard(server, inner, object);
  }
  const left = server.store.contents(name);
  if (left.length === 0 && finalizers.length === 0) {
    server.store.remove(type, undefined, name);
    return true;
  }
  const status = { ...(isFields(namespace.status) ? namespace.status : {}), conditions: remaining(server, left) };
  if (left.length > 0 && !sameRemaining(namespace.status, status)) server.store.put(type, { ...namespace, status });
  return server.store.version() !== before;
}

function remaining(server: Server, left: readonly { type: ResourceType; objects: readonly KubeObject[] }[]): object[] {
  const lastTransitionTime = timestamp(server.clock.now());
  const names = left.map(
    ({ type, objects }) => `${type.plural}.${type.group} has ${objects.length} resource instances`,
  );
  const holders = new Map<string, number>();
  for (const finalizer of left.flatMap(({ objects }) => objects.flatMap(({ metadata }) => metadata.finalizers ?? []))) {
    holders.set(finalizer, (holders.get(finalizer) ?? 0) + 1);
  }
  const held = [...holders].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
  return [
    {
      type: 'NamespaceContentRemaining',
      status: 'True',
      lastTransitionTime,
      reason: 'SomeResourcesRemain',
      message: `Some resources are remaining: ${names.join(', ')}`,
    },
    {
      type: 'NamespaceFinalizersRemaining',
      status: 'True',
      lastTransitionTime,
      reason: 'SomeFinalizersRemain',
      message: `Some content in the namespace has finalizers remaining: ${held.join(', ')}`,
    },
  ];
}

/** The same but for the time: not worth a write. */
function sameRemaining(before: unknown, after: { readonly conditions: readonly object[] }): boolean {
  const conditions = isFields(before) && Array.isArray(before.conditions) ? before.conditions : [];
  const timeless = (list: readonly unknown[]) => list.map((item) => ({ ...Object(item), lastTransitionTime: '' }));
  return equal(timeless(conditions), timeless(after.conditions));
}
