/** Making objects so, as an operator does: create what is missing, bring back what differs, leave alone what others added. */
import { isDeepStrictEqual } from 'node:util';
import type { Key, Kind, KubeObject, ObjectMeta, OwnerReference } from '../../kinds.ts';
import { isApiError } from '../../ports.ts';
import type { ControllerClient } from './client.ts';

/** An object an operator wants, and how. */
export interface Wanted {
  readonly kind: Kind;
  readonly object: KubeObject;
  /** Created when absent, and never touched again. */
  readonly once?: boolean;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object of a kind: metadata with the fields that are set, and the rest as given. */
export function objectOf<T extends KubeObject>(
  kind: Kind<T>,
  metadata: ObjectMeta,
  rest: Omit<T, 'apiVersion' | 'kind' | 'metadata'> | Record<string, unknown> = {},
): KubeObject {
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata, ...rest };
}

/** An ownerReference to an object; it is deleted when its owner is. */
export function ownerOf(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  const { name, uid = '' } = metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** Whether everything wanted is there; more may be. Lists must be as long as wanted. */
export function covers(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(actual) && actual.length === wanted.length && wanted.every((item, at) => covers(actual[at], item))
    );
  if (isRecord(wanted)) return isRecord(actual) && Object.keys(wanted).every((key) => covers(actual[key], wanted[key]));
  return isDeepStrictEqual(actual, wanted);
}

/** The live object with what is wanted: maps merged, lists and data replaced, owners and finalizers added. */
function merged(actual: KubeObject, wanted: KubeObject): KubeObject {
  const fields = Object.fromEntries(
    Object.entries(wanted)
      .filter(([field]) => field !== 'metadata')
      .map(([field, value]) => [field, field === 'data' ? value : mergedValue(actual[field], value)]),
  );
  return { ...actual, ...fields, metadata: mergedMeta(actual.metadata, wanted.metadata) };
}

function mergedValue(actual: unknown, wanted: unknown): unknown {
  if (!isRecord(actual) || !isRecord(wanted)) return wanted;
  const result = { ...actual };
  for (const [key, value] of Object.entries(wanted)) result[key] = mergedValue(actual[key], value);
  return result;
}

function mergedMeta(actual: ObjectMeta, wanted: ObjectMeta): ObjectMeta {
  return {
    ...actual,
    ...(wanted.labels && { labels: { ...actual.labels, ...wanted.labels } }),
    ...(wanted.annotations && { annotations: { ...actual.annotations, ...wanted.annotations } }),
    ...(wanted.ownerReferences && { ownerReferences: mergedOwners(actual, wanted) }),
    ...(wanted.finalizers && { finalizers: [...new Set([...(actual.finalizers ?? []), ...wanted.finalizers])] }),
  };
}

function mergedOwners(actual: ObjectMeta, wanted: ObjectMeta): OwnerReference[] {
  const owners = new Map((actual.ownerReferences ?? []).map((owner) => [owner.uid, owner]));
  for (const owner of wanted.ownerReferences ?? []) owners.set(owner.uid, owner);
  return [...owners.values()];
}

function coversObject(actual: KubeObject, wanted: KubeObject): boolean {
  const { metadata, ...rest } = wanted;
  const { ownerReferences = [], finalizers = [], ...meta } = metadata;
  const owners = new Set(actual.metadata.ownerReferences?.map(({ uid }) => uid));
  return (
    covers(actual, rest) &&
    covers(actual.metadata, meta) &&
    ownerReferences.every(({ uid }) => owners.has(uid)) &&
    finalizers.every((finalizer) => actual.metadata.finalizers?.includes(finalizer) === true)
  );
}

/** Creates or updates one object; `present` is the live one when it is known. Says whether it wrote. */
export async function ensure(
  client: ControllerClient,
  { kind, object, once = false }: Wanted,
  present?: KubeObject,
): Promise<'created' | 'updated' | 'unchanged'> {
  const live = present ?? (await client.get(kind, object.metadata));
  if (live === undefined) return await createUnlessThere(client, kind, object);
  if (once || live.metadata.deletionTimestamp !== undefined || coversObject(live, object)) return 'unchanged';
  await client.replace(kind, merged(live, object));
  return 'updated';
}

async function createUnlessThere(
  client: ControllerClient,
  kind: Kind,
  object: KubeObject,
): Promise<'created' | 'unchanged'> {
  try {
    await client.create(kind, object);
    return 'created';
  } catch (error) {
    // Somebody was faster: the next reconcile compares.
    if (isApiError(error, 409, 'AlreadyExists')) return 'unchanged';
    throw error;
  }
}

/** What is known of an object without asking: found, known to be absent, or not known. */
export type Known = (kind: Kind, key: Key) => KubeObject | 'absent' | undefined;

/** Brings many objects about: what is not known is read, by one list where there are several of a kind and namespace. */
export async function ensureAll(client: ControllerClient, wanted: readonly Wanted[], known?: Known): Promise<void> {
  const unknown = wanted.filter(({ kind, object }) => known?.(kind, object.metadata) === undefined);
  const lookUp = await readMany(client, unknown);
  for (const item of wanted) {
    const there = known?.(item.kind, item.object.metadata) ?? (await lookUp(item));
    if (there === 'absent' || there === undefined) await createUnlessThere(client, item.kind, item.object);
    else await ensure(client, item, there);
  }
}

/** From how many objects of a kind and namespace a list is cheaper than reading each. */
const worthAList = 3;

async function readMany(client: ControllerClient, wanted: readonly Wanted[]) {
  const groupOf = ({ kind, object }: Wanted): string =>
    `${kind.apiVersion} ${kind.kind} ${object.metadata.namespace ?? ''}`;
  const counts = new Map<string, number>();
  for (const item of wanted) counts.set(groupOf(item), (counts.get(groupOf(item)) ?? 0) + 1);
  const lists = new Map<string, Map<string, KubeObject>>();
  for (const item of wanted) {
    const group = groupOf(item);
    if ((counts.get(group) ?? 0) < worthAList || lists.has(group)) continue;
    const { namespace } = item.object.metadata;
    const found = await client.list(item.kind, namespace === undefined ? {} : { namespace });
    lists.set(group, new Map(found.map((object) => [object.metadata.name, object])));
  }
  return async (item: Wanted): Promise<KubeObject | undefined> => {
    const list = lists.get(groupOf(item));
    return list === undefined ? await client.get(item.kind, item.object.metadata) : list.get(item.object.metadata.name);
  };
}

/** Adds or removes a finalizer; says nothing when the object is gone. */
export async function setFinalizer(
  client: ControllerClient,
  kind: Kind,
  object: KubeObject,
  finalizer: string,
  wanted: boolean,
): Promise<void> {
  const present = object.metadata.finalizers ?? [];
  if (present.includes(finalizer) === wanted) return;
  const finalizers = wanted ? [...present, finalizer] : present.filter((one) => one !== finalizer);
  try {
    await client.replace(kind, { ...object, metadata: { ...object.metadata, finalizers } });
  } catch (error) {
    if (!isApiError(error, 404)) throw error;
  }
}

/** base64, as Secrets carry their data. */
export function secretData(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
}

/** The text of one key of a Secret. */
export function secretText(secret: { readonly data?: Record<string, string> } | undefined, key: string) {
  const value = secret?.data?.[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
}

/** A moment as objects write it: RFC 3339, whole seconds. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
