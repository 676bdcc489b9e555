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
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** Drops fields that are null, as the server does with what it decodes. Members of lists stay. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isFields(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutNulls(item)]));
}

/** Sets a field that may be named `__proto__` as any other. */
export function setField(target: Fields, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
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
