/** Deletion: at once, or marked and left to those who hold a finalizer. */
import type { KubeObject } from '../../kinds.ts';
import { qualified, type ResourceType } from './kinds.ts';
import { isFields, timestamp, withMeta } from './objects.ts';
import type { Server } from './server.ts';
import { conflict, notFound } from './status.ts';
import { admit, type Write } from './write.ts';

export interface Deletion {
  readonly propagation: 'Foreground' | 'Background' | 'Orphan' | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly dryRun: boolean;
}

export type DeleteWrite = Pick<Write, 'type' | 'namespace' | 'user'>;

/** From the body and the query of a DELETE. */
export function deletionOf(body: unknown, query: URLSearchParams): Deletion {
  const options = isFields(body) ? body : {};
  const preconditions = isFields(options.preconditions) ? options.preconditions : {};
  const policy = options.propagationPolicy ?? query.get('propagationPolicy');
  const orphan = options.orphanDependents === true ? 'Orphan' : undefined;
  return {
    propagation: policy === 'Foreground' || policy === 'Background' || policy === 'Orphan' ? policy : orphan,
    uid: stringOf(preconditions.uid),
    resourceVersion: stringOf(preconditions.resourceVersion),
    dryRun: query.get('dryRun') === 'All' || (Array.isArray(options.dryRun) && options.dryRun.includes('All')),
  };
}

/** The object when it stays for a while (finalizers), or `undefined` when it is gone. Throws 404, and 409 for a precondition. */
export async function remove(
  server: Server,
  write: DeleteWrite,
  name: string,
  deletion: Deletion,
): Promise<{ readonly last: KubeObject; readonly gone: boolean }> {
  const { type, namespace } = write;
  while (true) {
    const current = server.store.get(type, namespace, name);
    if (current === undefined) throw notFound(type, name);
    refusePreconditions(type, current, deletion);
    await admit(server, { ...write, subresource: undefined, dryRun: deletion.dryRun }, 'DELETE', undefined, current);
    if (server.store.get(type, namespace, name) !== current) continue;
    const marked = terminating(server, type, current, deletion);
    if (marked === undefined) {
      return {
        last: (deletion.dryRun ? undefined : server.store.remove(type, namespace, name)) ?? current,
        gone: true,
      };
    }
    return { last: deletion.dryRun || marked === current ? marked : server.store.put(type, marked), gone: false };
  }
}

function refusePreconditions(type: ResourceType, { metadata }: KubeObject, { uid, resourceVersion }: Deletion): void {
  // Here, and only here, the real one names the kind where it names the resource elsewhere.
  const byKind = { ...type, plural: type.kind };
  if (uid !== undefined && uid !== metadata.uid) {
    const because = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    throw conflict(byKind, metadata.name, because);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const because = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
    throw conflict(byKind, metadata.name, because);
  }
}

/** The object marked for deletion, when something holds it; `undefined`: nothing does. */
function terminating(
  server: Server,
  type: ResourceType,
  current: KubeObject,
  deletion: Deletion,
): KubeObject | undefined {
  const { finalizers = [], deletionTimestamp, generation } = current.metadata;
  const asked = { Foreground: 'foregroundDeletion', Orphan: 'orphan', Background: undefined };
  const mark = deletion.propagation && asked[deletion.propagation];
  const held = mark === undefined || finalizers.includes(mark) ? finalizers : [...finalizers, mark];
  if (held.length === 0 && type.kind !== 'Namespace') return undefined;
  if (deletionTimestamp !== undefined) return current;
  const metadata = {
    deletionTimestamp: timestamp(server.clock.now()),
    deletionGracePeriodSeconds: 0,
    ...(held.length > 0 && { finalizers: held }),
    ...(generation !== undefined && { generation: generation + 1 }),
  };
  const marked = withMeta(current, metadata);
  if (type.kind !== 'Namespace') return marked;
  return { ...marked, status: { ...(isFields(current.status) ? current.status : {}), phase: 'Terminating' } };
}

/** The answer for an object that is gone. */
export function deletedStatus(type: ResourceType, { metadata: { name, uid } }: KubeObject): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(type.group && { group: type.group }), kind: type.plural, uid },
  };
}

/** Deletes everything selected; answers the objects as they were. */
export async function removeAll(
  server: Server,
  write: DeleteWrite,
  objects: readonly KubeObject[],
  deletion: Deletion,
): Promise<void> {
  for (const { metadata } of objects) {
    const { namespace, name } = metadata;
    if (server.store.get(write.type, namespace, name) === undefined) continue;
    await remove(server, { ...write, namespace }, name, deletion);
  }
}

/** How an object is named among all of a server. */
export function whole(type: ResourceType, { metadata }: KubeObject): string {
  return `${qualified(type)}/${metadata.namespace ?? ''}/${metadata.name}`;
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
