import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeJson } from '../../../src/adapters/views/merge-json.ts';
import type { KubeObject } from '../../../src/kinds.ts';

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
        for (const name of Object.keys(kept)) if (!Object.hasOwn(patch, name)) expect(merged[name]).toEqual(kept[name]);
        for (const name of Object.keys(patch))
          if (patch[name] === null) expect(Object.hasOwn(merged, name)).toBe(false);
      }),
    );
  });
});
