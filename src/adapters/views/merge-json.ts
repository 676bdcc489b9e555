/** JSON merge patch (RFC 7386), for a cluster whose API server cannot do it for us. */
import type { KubeObject } from '../../kinds.ts';

/** A copy of the object with the patch applied. */
export function mergeJson<T extends KubeObject>(object: T, patch: object): T {
  const merged = structuredClone(object);
  mergeInto(merged, patch);
  return merged;
}

function mergeInto(target: Record<string, unknown>, patch: object): void {
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete target[name];
    else if (isRecord(value)) target[name] = merged(target[name], value);
    else target[name] = value;
  }
}

function merged(old: unknown, patch: object): Record<string, unknown> {
  const target = isRecord(old) ? old : {};
  mergeInto(target, patch);
  return target;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
