/** JSON as the API server sees it: plain values, compared by content, never changed in place once stored. */
import type { KubeObject, ObjectMeta } from '../../kinds.ts';

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same content, whatever the order of keys. */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]));
  }
  if (!isFields(a) || !isFields(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}

/** Without the fields named. */
export function omit(fields: Fields, ...names: readonly string[]): Fields {
  const kept: Fields = {};
  for (const name of Object.keys(fields)) if (!names.includes(name)) setField(kept, name, fields[name]);
  return kept;
}

/** Drops fields that are null, as the server does with what it decodes. Members of lists stay. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return mapped(value, withoutNulls);
  if (!isFields(value)) return value;
  return mappedFields(value, (_, item) => (item === null ? undefined : withoutNulls(item)));
}

/** The list with each item replaced; the very list where none differs: most of what is stored never does. */
export function mapped(list: readonly unknown[], replace: (item: unknown, index: number) => unknown): unknown {
  let result: unknown[] | undefined;
  for (const [index, item] of list.entries()) {
    const next = replace(item, index);
    if (result === undefined && next !== item) result = list.slice(0, index);
    result?.push(next);
  }
  return result ?? list;
}

/** The same for the fields of an object; one replaced by `undefined` is left out. */
export function mappedFields(fields: Fields, replace: (name: string, value: unknown) => unknown): Fields {
  const names = Object.keys(fields);
  let result: Fields | undefined;
  for (const [index, name] of names.entries()) {
    const next = replace(name, fields[name]);
    if (result === undefined && (next === undefined || next !== fields[name])) {
      result = {};
      for (const before of names.slice(0, index)) setField(result, before, fields[before]);
    }
    if (result !== undefined && next !== undefined) setField(result, name, next);
  }
  return result ?? fields;
}

/** Sets a field that may be named `__proto__` as any other. */
export function setField(target: Fields, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

/** The object with other metadata. */
export function withMeta(object: KubeObject, meta: Partial<ObjectMeta>): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...meta } };
}

/** RFC 3339 with whole seconds, as `metav1.Time`. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** How a stored object is found: `namespace/name`, or `/name`. */
export function objectKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

/** Whether it has the shape of an object: type and metadata. A name may still be missing (`generateName`). */
export function isKubeObject(value: unknown): value is KubeObject {
  return isFields(value) && isString(value.apiVersion) && isString(value.kind) && isFields(value.metadata);
}

/** For what was computed from objects: anything else is a mistake in here. */
export function toObject(value: unknown): KubeObject {
  if (isKubeObject(value)) return value;
  throw new Error('an object became something else on the way');
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
