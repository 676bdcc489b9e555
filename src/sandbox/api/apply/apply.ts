/**
 * Server-side apply: the live object with what the applier says in it, less what it no longer says and nobody else
 * owns; refused where another manager's field would change, unless forced.
 */
import type { KubeObject } from '../../../kinds.ts';
import { ApiError } from '../../../ports.ts';
import { equal, omit, toObject } from '../objects.ts';
import type { Schema } from '../schema.ts';
import type { Cause } from '../status.ts';
import { difference, display, type FieldSet, join, ownable, parent, sameSet, union, withParents } from './fieldset.ts';
import {
  type Actor,
  body,
  conflicts,
  dispossess,
  identity,
  type Owner,
  type Owners,
  ownersOf,
  withOwners,
} from './managers.ts';
import { compare, fieldsOf, merge, without } from './typed.ts';

/** The object after the apply, with its managedFields. Throws 409 with one cause a field in conflict. */
export function applyConfiguration(
  schema: Schema,
  live: KubeObject | undefined,
  config: KubeObject,
  actor: Actor & { readonly force: boolean },
): KubeObject {
  const id = identity(actor);
  const owners = knownOwners(schema, live, actor);
  const previous = owners.get(id);
  const wanted = configured(config, actor);
  const fields = ownable(fieldsOf(schema, wanted), actor.door);
  const withMine = new Map(owners).set(id, ownerOf(actor, fields, previous?.time));
  const merged = toObject(merge(schema, body(live), wanted));
  const next = toObject(withoutAbandoned(schema, merged, previous?.fields, withMine));
  const changes = compare(schema, body(live), next);
  const inTheWay = conflicts(withMine, id, changes);
  if (!actor.force && inTheWay.length > 0) throw conflictError(inTheWay);
  const after = dispossess(withMine, id, changes);
  // A second apply of the same leaves everything as it is, the time of the entry included.
  const same = live !== undefined && equal(body(live), next) && sameSet(previous?.fields ?? new Set(), fields);
  after.set(id, ownerOf(actor, fields, same ? previous?.time : actor.time));
  const { resourceVersion } = config.metadata;
  const result: KubeObject = { ...next, metadata: { ...next.metadata, ...(resourceVersion && { resourceVersion }) } };
  return withOwners(result, after);
}

function ownerOf({ manager, operation, apiVersion, subresource }: Actor, fields: FieldSet, time?: string): Owner {
  return { manager, operation, apiVersion, subresource, time, fields };
}

/** What may be said through this door; the rest of the configuration is not heard. */
function configured(config: KubeObject, { door }: Actor): Record<string, unknown> {
  const said = { ...config, metadata: omit({ ...config.metadata }, 'managedFields', 'resourceVersion') };
  if (door === 'main') return omit(said, 'status');
  if (door === 'whole') return said;
  const { apiVersion, kind, metadata, status } = config;
  const { name, namespace } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace && { namespace }) },
    ...(status !== undefined && { status }),
  };
}

/** An object from before anybody was recorded belongs, as it is, to `before-first-apply`. */
function knownOwners(schema: Schema, live: KubeObject | undefined, actor: Actor): Owners {
  const owners = ownersOf(live);
  if (live === undefined || owners.size > 0) return owners;
  const manager = 'before-first-apply';
  const { apiVersion, time } = actor;
  const fields = ownable(fieldsOf(schema, body(live)), 'whole');
  const first: Owner = { manager, operation: 'Update', apiVersion, subresource: undefined, time, fields };
  return new Map([[identity(first), first]]);
}

/** Takes out what this applier said before, says no longer, and nobody else owns. */
function withoutAbandoned(schema: Schema, merged: KubeObject, before: FieldSet | undefined, owners: Owners): unknown {
  if (before === undefined || before.size === 0) return merged;
  const owned = withParents(union(...[...owners.values()].map(({ fields }) => fields), always));
  const abandoned = difference(withParents(before), owned);
  // Only the outermost: what it holds goes with it.
  const outermost = [...abandoned].filter((path) => !abandoned.has(parent(path)));
  return without(schema, merged, new Set(outermost));
}

/** What an object is never without. */
const always = new Set(['f:apiVersion', 'f:kind', join('f:metadata', 'f:name')]);

function conflictError(inTheWay: readonly [Owner, FieldSet][]): ApiError {
  const all = inTheWay.flatMap(([owner, fields]) => [...fields].sort().map((path) => ({ owner, path })));
  const causes = all.map(
    ({ owner, path }): Cause => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${nameOf(owner)}`,
      field: display(path),
    }),
  );
  const [first] = all;
  if (all.length === 1 && first !== undefined) {
    const message = `Apply failed with 1 conflict: conflict with ${nameOf(first.owner)}: ${display(first.path)}`;
    return new ApiError(409, 'Conflict', message, { causes });
  }
  const lines = [...inTheWay]
    .sort(([a], [b]) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .flatMap(([owner, fields]) => [
      `conflicts with ${nameOf(owner)}:`,
      ...[...fields].sort().map((path) => `- ${display(path)}`),
    ]);
  return new ApiError(409, 'Conflict', `Apply failed with ${all.length} conflicts: ${lines.join('\n')}`, { causes });
}

/** `"kubectl-edit" using v1`, `"argocd" with subresource "status"` */
function nameOf({ manager, operation, apiVersion, subresource }: Owner): string {
  const through = subresource === undefined ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(manager)}${through}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}
