/** JSON merge patch (RFC 7386), for a cluster whose API server cannot do it for us. */
import type { KubeObject } from '../../kinds.ts';
import { isRecord } from '../json.ts';

/** A copy of the object with the patch applied. */
export function mergeJson<T extends KubeObject>(object: T, patch: object): T {
  return merged(object, patch) as T;
}

/** By way of a Map and own fields: what came from elsewhere may hold a field `__proto__`, which assignment would follow. */
function merged(old: unknown, patch: object): Record<string, unknown> {
  const fields = new Map(isRecord(old) ? Object.entries(old) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) fields.delete(name);
    else fields.set(name, isRecord(value) ? merged(fields.get(name), value) : value);
  }
  return Object.fromEntries(fields);
}
