import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeJson } from '../../../src/adapters/views/merge-json.ts';
import type { KubeObject } from '../../../src/kinds.ts';

/** Its own field: one may be named `__proto__`. */
const own = (fields: object, name: string) => Object.getOwnPropertyDescriptor(fields, name)?.value;

const object = { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' } };

describe('mergeJson', () => {
  it.each([
    ['sets', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
    ['replaces', { a: 1 }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['removes', { a: 1, b: 2 }, { a: null }, { b: 2 }],
    ['descends', { a: { b: 1, c: 2 } }, { a: { b: null, d: 3 } }, { a: { c: 2, d: 3 } }],
    ['replaces lists whole', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['makes what is not there', {}, { a: { b: { c: null, d: 1 } } }, { a: { b: { d: 1 } } }],
  ])('%s', (_, before, patch, after) => {
    expect(mergeJson({ ...object, ...before }, patch)).toEqual({ ...object, ...after });
  });

  it('changes neither the object nor what is not named, for any document', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(json, json, (before, patch) => {
        const original: KubeObject = { ...structuredClone(before), ...object };
        const kept = structuredClone(original);

        const merged = mergeJson(original, patch);

        expect(original).toEqual(kept);
        for (const name of Object.keys(kept)) {
          if (!Object.hasOwn(patch, name)) expect(own(merged, name)).toEqual(own(kept, name));
        }
        for (const name of Object.keys(patch))
          if (patch[name] === null) expect(Object.hasOwn(merged, name)).toBe(false);
      }),
      { examples: [[{}, JSON.parse('{"__proto__":{"polluted":true}}')]] },
    );
  });

  it('takes a field named __proto__ for a field', () => {
    const patch = JSON.parse('{"data":{"__proto__":{"polluted":true}}}');

    const merged = mergeJson({ ...object, data: {} }, patch);

    expect(JSON.stringify(merged)).toContain('{"__proto__":{"polluted":true}}');
    expect(Object.keys(Object.getPrototypeOf({}))).toEqual([]);
  });
});
