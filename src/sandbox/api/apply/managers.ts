/** Who owns which fields: `metadata.managedFields` read, followed through a write, and written back. */
import type { KubeObject, ManagedFieldsEntry } from '../../../kinds.ts';
import { equal, omit, withMeta } from '../objects.ts';
import type { Schema } from '../schema.ts';
import {
  difference,
  type FieldSet,
  fromFieldsV1,
  intersection,
  ownable,
  sameSet,
  toFieldsV1,
  union,
} from './fieldset.ts';
import { type Comparison, compare } from './typed.ts';

/** Who writes, how, and through which door. */
export interface Actor {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
  /** Whether status and the rest are written apart. */
  readonly door: 'whole' | 'main' | 'status';
  /** RFC 3339 */
  readonly time: string;
}

export interface Owner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string | undefined;
  readonly time: string | undefined;
  readonly fields: FieldSet;
  /** The same fields as they are stored, where nothing has become of them. */
  readonly stored?: object | undefined;
}

/** By identity: a manager may own by applying and by updating, and through each subresource, apart. */
export type Owners = ReadonlyMap<string, Owner>;

/** An applier stays the same under another version of the API; whoever updates does not. */
export function identity(
  owner: Pick<Owner, 'manager' | 'operation' | 'apiVersion'> & { subresource?: string | undefined },
): string {
  const { manager, operation, apiVersion, subresource = '' } = owner;
  return JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource]);
}

export function ownersOf(object: KubeObject | undefined): Owners {
  const owners = (object?.metadata.managedFields ?? []).map((entry): Owner => {
    const { manager, operation, apiVersion = '', subresource, time } = entry;
    const { fieldsV1: stored } = entry;
    return { manager, operation, apiVersion, subresource, time, fields: fromFieldsV1(stored), stored };
  });
  return new Map(owners.map((owner) => [identity(owner), owner]));
}

export function withOwners(object: KubeObject, owners: Owners): KubeObject {
  const entries = [...owners.values()].filter(({ fields }) => fields.size > 0);
  return withMeta(object, { managedFields: inOrder(entries).map(toEntry) });
}

function toEntry({ manager, operation, apiVersion, subresource, time, fields, stored }: Owner): ManagedFieldsEntry {
  return {
    manager,
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: { ...(stored ?? toFieldsV1(fields)) },
    ...(subresource && { subresource }),
  };
}

function inOrder(owners: readonly Owner[]): readonly Owner[] {
  if (owners.length < 2) return owners;
  const keyed = owners.map((owner) => {
    const { operation, time = '', manager, apiVersion, subresource } = owner;
    return [JSON.stringify([operation, time, manager, apiVersion, subresource]), owner] as const;
  });
  return keyed.sort(([a], [b]) => (a < b ? -1 : Number(a > b))).map(([, owner]) => owner);
}

/** The object without what nobody can own: what comparisons are made of. */
export function body(object: KubeObject | undefined): Record<string, unknown> {
  if (object === undefined) return { metadata: {} };
  return { ...object, metadata: omit({ ...object.metadata }, 'managedFields', 'resourceVersion') };
}

/** Takes from everybody else what a write changed or removed. */
export function dispossess(owners: Owners, actor: string, changes: Comparison): Map<string, Owner> {
  const taken = union(changes.added, changes.modified, changes.removed);
  return new Map(
    [...owners].map(([id, owner]) => [id, id === actor ? owner : owning(owner, difference(owner.fields, taken))]),
  );
}

function owning(owner: Owner, fields: FieldSet): Owner {
  return sameSet(owner.fields, fields) ? owner : { ...owner, fields, stored: undefined };
}

/** Others' fields that a write would change, by owner. */
export function conflicts(owners: Owners, actor: string, changes: Comparison): [Owner, Set<string>][] {
  const touched = union(changes.added, changes.modified);
  return [...owners]
    .filter(([id]) => id !== actor)
    .map(([, owner]): [Owner, Set<string>] => [owner, intersection(owner.fields, touched)])
    .filter(([, fields]) => fields.size > 0);
}

/** An update (PUT, PATCH other than apply, POST): its manager takes over what it changes. */
export function trackUpdate(schema: Schema, live: KubeObject | undefined, next: KubeObject, actor: Actor): KubeObject {
  const owners = declaredOwners(live, next);
  const changes = compare(schema, body(live), body(next));
  const id = identity(actor);
  const result = dispossess(owners, id, changes);
  const { manager, operation, apiVersion, subresource } = actor;
  const before = owners.get(id) ?? { manager, operation, apiVersion, subresource, time: undefined, fields: new Set() };
  const taken = ownable(union(changes.added, changes.modified), actor.door);
  const after = owning(before, union(difference(before.fields, changes.removed), taken));
  result.set(id, taken.size > 0 ? { ...after, time: actor.time } : after);
  return withOwners(next, result);
}

/** A client may hand back the list it read, or `[{}]` to begin anew; without one the live list counts. */
function declaredOwners(live: KubeObject | undefined, next: KubeObject): Owners {
  const declared = next.metadata.managedFields ?? [];
  if (declared.length === 0 || equal(declared, live?.metadata.managedFields)) return ownersOf(live);
  if (declared.length === 1 && Object.keys(declared[0] ?? {}).length === 0) return new Map();
  // What a client sends may be in another order than what is stored.
  return new Map([...ownersOf(next)].map(([id, owner]) => [id, { ...owner, stored: undefined }]));
}
