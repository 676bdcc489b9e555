/** Writes: create, update, patch, apply. Each is computed from what is stored, admitted, and stored if nobody was faster. */

import type { KubeObject, ObjectMeta } from '../../kinds.ts';
import { applyConfiguration } from './apply/apply.ts';
import { type Actor, trackUpdate } from './apply/managers.ts';
import { check, checkChange, complete, decode, decodeApplied, type Sent } from './conform.ts';
import { refuseEscalation } from './escalation.ts';
import { apiVersionOf, type ResourceType } from './kinds.ts';
import { equal, omit, timestamp, toObject, withMeta } from './objects.ts';
import { schemaOf } from './schemas/table.ts';
import type { Server, User } from './server.ts';
import { alreadyExists, badRequest, conflict, forbidden, invalid, notFound, staleVersion } from './status.ts';

/** One write as the request asks for it. */
export interface Write extends Sent {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly subresource: 'status' | undefined;
  readonly manager: string;
  readonly user: User;
  readonly dryRun: boolean;
}

export interface Written {
  readonly object: KubeObject;
  readonly created: boolean;
}

/** POST. */
export async function create(server: Server, write: Write, sent: KubeObject): Promise<Written> {
  const { type, namespace } = write;
  if (sent.metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
  const generated = sent.metadata.name ? undefined : sent.metadata.generateName;
  const name = generated === undefined ? sent.metadata.name : `${generated}${server.suffix()}`;
  const decoded = decode(type, withMeta(sent, { name, ...(namespace && { namespace }) }), write);
  const born = trackUpdate(schemaOf(type), undefined, firstState(type, decoded), actor(server, write, 'Update'));
  return { object: await admitNew(server, write, born), created: true };
}

/** PUT. Without a resourceVersion the newest state is replaced, where the kind allows that. */
export async function replace(server: Server, write: Write, name: string, sent: KubeObject): Promise<Written> {
  const object = await change(server, write, name, (current) => {
    if (!sent.metadata.resourceVersion && write.type.custom) {
      const message = 'Invalid value: 0: must be specified for an update';
      throw invalid(write.type, name, [{ reason: 'FieldValueInvalid', message, field: 'metadata.resourceVersion' }]);
    }
    const decoded = decode(write.type, sent, write);
    return trackUpdate(
      schemaOf(write.type),
      current,
      throughDoor(write, current, decoded),
      actor(server, write, 'Update'),
    );
  });
  return { object, created: false };
}

/** PATCH, but not an apply. `compute` gives the patched object. */
export async function patch(
  server: Server,
  write: Write,
  name: string,
  compute: (current: KubeObject) => unknown,
): Promise<Written> {
  const object = await change(server, write, name, (current) => {
    const decoded = decode(write.type, toObject(compute(current)), write);
    return trackUpdate(
      schemaOf(write.type),
      current,
      throughDoor(write, current, decoded),
      actor(server, write, 'Update'),
    );
  });
  return { object, created: false };
}

/** Server-side apply: makes the object when there is none. */
export async function apply(
  server: Server,
  write: Write,
  name: string,
  sent: KubeObject,
  force: boolean,
): Promise<Written> {
  const { type, namespace } = write;
  const config = decodeApplied(type, withMeta(sent, { name, ...(namespace && { namespace }) }));
  const applied = (current: KubeObject | undefined): KubeObject =>
    complete(type, applyConfiguration(schemaOf(type), current, config, { ...actor(server, write, 'Apply'), force }));
  if (server.store.get(type, namespace, name) === undefined && write.subresource === undefined) {
    return { object: await admitNew(server, write, firstState(type, applied(undefined))), created: true };
  }
  const object = await change(server, write, name, (current) => keepIdentity(current, applied(current)));
  return { object, created: false };
}

/** The object as it is first stored: what only the server sets is not taken from anybody. */
function firstState(type: ResourceType, object: KubeObject): KubeObject {
  const { name, namespace, generateName, labels, annotations, finalizers, ownerReferences, managedFields } =
    object.metadata;
  const kept = { name, namespace, generateName, labels, annotations, finalizers, ownerReferences, managedFields };
  const defined = Object.entries(kept).filter(([, value]) => value !== undefined);
  const metadata: ObjectMeta = { name, ...Object.fromEntries(defined) };
  const born = type.status ? omit(object, 'status') : { ...object };
  const typed = { ...born, apiVersion: apiVersionOf(type), kind: type.kind, metadata };
  return type.kind === 'Namespace' ? activeNamespace(typed) : typed;
}

function activeNamespace(namespace: KubeObject): KubeObject {
  const labels = { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': namespace.metadata.name };
  return withMeta({ ...namespace, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }, { labels });
}

async function admitNew(server: Server, write: Write, object: KubeObject): Promise<KubeObject> {
  const { type, namespace, dryRun } = write;
  const metadata = { ...object.metadata, ...(namespace && { namespace }), uid: server.uid() };
  const born = withMeta(object, {
    ...metadata,
    creationTimestamp: timestamp(server.clock.now()),
    ...(type.generation && { generation: 1 }),
  });
  check(type, born);
  refuseWithoutNamespace(server, write, born.metadata.name);
  await admit(server, write, 'CREATE', born, undefined);
  if (server.store.get(type, namespace, born.metadata.name) !== undefined)
    throw alreadyExists(type, born.metadata.name);
  return dryRun ? born : server.store.put(type, born);
}

function refuseWithoutNamespace(server: Server, { type, namespace }: Write, name: string): void {
  if (!type.namespaced || namespace === undefined) return;
  const namespaces = server.kinds.find('', 'namespaces');
  if (namespaces === undefined) return;
  const found = server.store.get(namespaces, undefined, namespace);
  if (found === undefined) throw notFound(namespaces, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  const because = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const message = `namespace ${namespace} is being terminated`;
  throw forbidden(type, name, because, [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }]);
}

/** Computes the next state from the stored one until it could be stored; a write that changes nothing stores nothing. */
async function change(
  server: Server,
  write: Write,
  name: string,
  compute: (current: KubeObject) => KubeObject,
): Promise<KubeObject> {
  const { type, namespace } = write;
  while (true) {
    const current = server.store.get(type, namespace, name);
    if (current === undefined) throw notFound(type, name);
    const computed = compute(current);
    refuseStale(type, current, computed);
    refuseMarking(type, current, computed);
    const next = counted(type, current, keepIdentity(current, computed));
    checkChange(type, current, next);
    check(type, next);
    await admit(server, write, 'UPDATE', next, current);
    // Admission took its time: what it admitted must still be built on the newest state.
    if (server.store.get(type, namespace, name) !== current) continue;
    if (equal(next, current) || write.dryRun) return next;
    if (next.metadata.deletionTimestamp !== undefined && (next.metadata.finalizers ?? []).length === 0) {
      if (type.kind !== 'Namespace') return server.store.remove(type, namespace, name) ?? next;
    }
    return server.store.put(type, next);
  }
}

function refuseStale(type: ResourceType, current: KubeObject, next: KubeObject): void {
  const { resourceVersion, uid, name } = next.metadata;
  if (uid && uid !== current.metadata.uid) {
    const because = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`;
    throw conflict(type, name, because);
  }
  if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) throw staleVersion(type, name);
}

/** Nobody marks an object as deleted but by deleting it. */
function refuseMarking(type: ResourceType, current: KubeObject, next: KubeObject): void {
  const { deletionTimestamp, name } = next.metadata;
  if (deletionTimestamp === undefined || current.metadata.deletionTimestamp !== undefined) return;
  const message = `Invalid value: ${JSON.stringify(deletionTimestamp)}: field is immutable`;
  throw invalid(type, name, [{ reason: 'FieldValueInvalid', message, field: 'metadata.deletionTimestamp' }]);
}

const serverSet = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
] as const;

/** What a writer cannot change, as it is. */
function keepIdentity(current: KubeObject, next: KubeObject): KubeObject {
  const set = Object.entries(current.metadata).filter(([name]) => serverSet.some((kept) => kept === name));
  const { name } = current.metadata;
  const resourceVersion = next.metadata.resourceVersion ?? current.metadata.resourceVersion;
  const metadata = { ...omit({ ...next.metadata }, ...serverSet), ...Object.fromEntries(set), name };
  return { ...next, metadata: { ...metadata, ...(resourceVersion && { resourceVersion }) } };
}

/** Through the status subresource only the status is written; beside it, all but the status. */
function throughDoor({ type, subresource }: Write, current: KubeObject, next: KubeObject): KubeObject {
  if (!type.status) return next;
  const { managedFields, resourceVersion, uid } = next.metadata;
  if (subresource === undefined) {
    const kept = omit(next, 'status');
    return toObject(current.status === undefined ? kept : { ...kept, status: current.status });
  }
  const metadata = omit({ ...current.metadata }, 'resourceVersion', 'managedFields');
  const versions = {
    ...(resourceVersion && { resourceVersion }),
    ...(uid && { uid }),
    ...(managedFields && { managedFields }),
  };
  const kept = omit({ ...current, metadata: { ...metadata, ...versions } }, 'status');
  return toObject(next.status === undefined ? kept : { ...kept, status: next.status });
}

/** `generation` counts the changes of what is wanted: all but metadata and status. */
function counted(type: ResourceType, current: KubeObject, next: KubeObject): KubeObject {
  const wanted = (object: KubeObject) => omit(object, 'metadata', 'status');
  if (!type.generation || equal(wanted(current), wanted(next))) return next;
  return withMeta(next, { generation: (current.metadata.generation ?? 0) + 1 });
}

export async function admit(
  server: Server,
  write: Pick<Write, 'type' | 'namespace' | 'subresource' | 'dryRun' | 'user'>,
  operation: 'CREATE' | 'UPDATE' | 'DELETE',
  object: KubeObject | undefined,
  oldObject: KubeObject | undefined,
): Promise<void> {
  const { type, namespace, subresource, dryRun, user } = write;
  const name = (object ?? oldObject)?.metadata.name ?? '';
  const review = { operation, type, namespace, subresource, name, object, oldObject, dryRun, user };
  if (object !== undefined && !sameBut(object, oldObject)) refuseEscalation(server, user, object);
  for (const hook of server.options.admission ?? []) await hook(review);
}

/** Whether all but the server's own notes is as it was. */
function sameBut(object: KubeObject, oldObject: KubeObject | undefined): boolean {
  return oldObject !== undefined && equal(omit(object, 'metadata'), omit(oldObject, 'metadata'));
}

function actor(server: Server, { type, manager, subresource }: Write, operation: 'Apply' | 'Update'): Actor {
  const door = type.status ? (subresource ?? 'main') : 'whole';
  const time = timestamp(server.clock.now());
  return { manager, operation, apiVersion: apiVersionOf(type), door, time, ...(subresource && { subresource }) };
}
