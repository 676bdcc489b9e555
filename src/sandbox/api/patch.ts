/** The three patches that are not applies: JSON patch, JSON merge patch, strategic merge patch. */
import jsonPatch from 'fast-json-patch';
import { ApiError } from '../../ports.ts';
import { equal, type Fields, isFields, setField } from './objects.ts';
import { anything, fieldSchema, type ListSchema, type Schema } from './schema.ts';
import { badRequest } from './status.ts';

/** RFC 6902. 422 when an operation does not fit the document, as a failed `test`. */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('a JSON patch is a list of operations');
  try {
    return jsonPatch.applyPatch(structuredClone(target), structuredClone(patch), true).newDocument;
  } catch (error) {
    if (!(error instanceof jsonPatch.JsonPatchError)) throw error;
    const said = error.message.split('\n')[0] ?? '';
    throw new ApiError(422, 'Invalid', `the server rejected our request due to an error in our request: ${said}`);
  }
}

/** RFC 7386: null removes, objects merge, everything else replaces. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result: Fields = isFields(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    const old = Object.hasOwn(result, name) ? result[name] : undefined;
    if (value === null) delete result[name];
    else setField(result, name, applyMergePatch(old, value));
  }
  return result;
}

const directive = '$patch';
const retain = '$retainKeys';
const order = '$setElementOrder/';
const removal = '$deleteFromPrimitiveList/';

/** As a merge patch, but lists that have a merge key are merged by it, and `$` directives are followed. */
export function applyStrategicPatch(schema: Schema, target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  if (patch[directive] === 'replace') return withoutDirectives(patch);
  if (patch[directive] === 'delete') return {};
  const result: Fields = isFields(target) ? { ...target } : {};
  const retained = patch[retain];
  if (Array.isArray(retained)) {
    for (const name of Object.keys(result)) if (!retained.includes(name)) delete result[name];
  }
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$')) continue;
    const inner = fieldSchema(schema, name) ?? anything;
    const old = Object.hasOwn(result, name) ? result[name] : undefined;
    if (value === null) delete result[name];
    else if (Array.isArray(value)) setField(result, name, mergeList(inner, asList(old), value));
    else setField(result, name, applyStrategicPatch(inner, old, value));
  }
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(removal) && Array.isArray(value)) removeFrom(result, name.slice(removal.length), value);
    if (name.startsWith(order) && Array.isArray(value)) reorder(schema, result, name.slice(order.length), value);
  }
  return result;
}

function mergeList(schema: Schema, old: readonly unknown[], patch: readonly unknown[]): unknown[] {
  if (schema.type !== 'array' || schema.list === undefined) return [...patch];
  if (schema.list === 'set') {
    return [...old, ...patch.filter((item) => !old.some((other) => equal(other, item)))];
  }
  if (patch.some((item) => isFields(item) && item[directive] === 'replace')) {
    return patch.filter((item) => !(isFields(item) && item[directive] === 'replace'));
  }
  let result = [...old];
  for (const item of patch) {
    const key = keyOf(schema, item);
    if (key === undefined) throw badRequest(`map: does not contain declared merge key: ${schema.keys?.[0] ?? ''}`);
    const index = result.findIndex((other) => equal(keyOf(schema, other), key));
    if (isFields(item) && item[directive] === 'delete') result = result.filter((_, at) => at !== index);
    else if (index < 0) result.push(withoutDirectives(item));
    else result[index] = applyStrategicPatch(schema.items, result[index], item);
  }
  return result;
}

/** The value of the one field by which a strategic merge tells items apart. */
function keyOf(schema: ListSchema, item: unknown): unknown {
  const [key = ''] = schema.keys ?? [];
  return isFields(item) ? item[key] : undefined;
}

function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isFields(value)) return value;
  const kept = Object.entries(value).filter(([name, item]) => !name.startsWith('$') && item !== null);
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutDirectives(item)]));
}

function removeFrom(fields: Fields, name: string, gone: readonly unknown[]): void {
  const list = fields[name];
  if (Array.isArray(list)) fields[name] = list.filter((item) => !gone.some((other) => equal(other, item)));
}

/** Items the patch puts in order come in that order; the others keep their places after them. */
function reorder(schema: Schema, fields: Fields, name: string, wanted: readonly unknown[]): void {
  const list = fields[name];
  const inner = fieldSchema(schema, name);
  if (!Array.isArray(list) || inner?.type !== 'array') return;
  const key = (item: unknown): unknown => (inner.list === 'map' ? keyOf(inner, item) : item);
  const places = wanted.map(key);
  const place = (item: unknown): number => {
    const at = places.findIndex((other) => equal(other, key(item)));
    return at < 0 ? places.length : at;
  };
  fields[name] = [...list].sort((a, b) => place(a) - place(b));
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
