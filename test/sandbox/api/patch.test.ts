import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resourceTypes } from '../../../src/sandbox/api/index.ts';
import { applyJsonPatch, applyMergePatch, applyStrategicPatch } from '../../../src/sandbox/api/patch.ts';
import { schemaOf } from '../../../src/sandbox/api/schemas/table.ts';

const deployment = schemaOf(resourceTypes.find(({ kind }) => kind === 'Deployment')!);
const pod = (containers: object[], more: object = {}) => ({ spec: { template: { spec: { containers, ...more } } } });
const json = fc.jsonValue({ maxDepth: 3 });
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a merge patch leaves: without nulls at every level of objects. */
const nullFree = (value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => item !== null)
          .map(([name, item]) => [name, nullFree(item)]),
      )
    : value;

describe('a merge patch', () => {
  it('onto nothing is itself without nulls', () => {
    fc.assert(
      fc.property(json, (patch) => {
        expect(applyMergePatch(undefined, patch)).toEqual(nullFree(patch));
      }),
    );
  });

  it('applied twice is applied once, and never changes its input', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const before = structuredClone(target);
        const once = applyMergePatch(target, patch);

        expect(applyMergePatch(once, patch)).toEqual(once);
        expect(target).toEqual(before);
      }),
    );
  });

  it('leaves what it does not name', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), fc.string(), json, (target, name, value) => {
        const { [name]: _, ...others } = target;

        expect(applyMergePatch(target, { [name]: value })).toMatchObject(others);
      }),
    );
  });

  it('removes by null and replaces lists', () => {
    expect(applyMergePatch({ a: 1, b: { c: [1, 2] } }, { a: null, b: { c: [3] } })).toEqual({ b: { c: [3] } });
  });
});

describe('a JSON patch', () => {
  it('is followed in order', () => {
    const patch = [
      { op: 'test', path: '/a', value: 1 },
      { op: 'replace', path: '/a', value: 2 },
      { op: 'add', path: '/b', value: [1] },
    ];

    expect(applyJsonPatch({ a: 1 }, patch)).toEqual({ a: 2, b: [1] });
  });

  it.each([
    ['a failed test', [{ op: 'test', path: '/a', value: 2 }], 422],
    ['a path that is not there', [{ op: 'remove', path: '/x/y' }], 422],
    ['no list', { a: 1 }, 400],
  ])('is refused for %s', (_, patch, status) => {
    expect(() => applyJsonPatch({ a: 1 }, patch)).toThrow(expect.objectContaining({ status }));
  });
});

describe('a strategic merge patch', () => {
  it('merges lists by their key', () => {
    const before = pod([
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:1' },
    ]);

    const after = applyStrategicPatch(deployment, before, pod([{ name: 'b', image: 'b:2' }, { name: 'c' }]));

    expect(after).toEqual(pod([{ name: 'a', image: 'a:1' }, { name: 'b', image: 'b:2' }, { name: 'c' }]));
  });

  it('deletes and replaces where it says so', () => {
    const before = pod([{ name: 'a' }, { name: 'b' }], { volumes: [{ name: 'v' }] });

    const after = applyStrategicPatch(
      deployment,
      before,
      pod([{ name: 'a', $patch: 'delete' }], { volumes: [{ $patch: 'replace' }, { name: 'w' }] }),
    );

    expect(after).toEqual(pod([{ name: 'b' }], { volumes: [{ name: 'w' }] }));
  });

  it('brings items into the order it asks for', () => {
    const before = pod([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);

    const after = applyStrategicPatch(
      deployment,
      before,
      pod([], { '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }] }),
    );

    expect(after).toEqual(pod([{ name: 'c' }, { name: 'a' }, { name: 'b' }]));
  });

  it('adds to sets, and takes from them', () => {
    const before = { metadata: { finalizers: ['a', 'b'] } };

    const added = applyStrategicPatch(deployment, before, { metadata: { finalizers: ['b', 'c'] } });
    const taken = applyStrategicPatch(deployment, added, {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] },
    });

    expect(added).toEqual({ metadata: { finalizers: ['a', 'b', 'c'] } });
    expect(taken).toEqual({ metadata: { finalizers: ['b', 'c'] } });
  });

  it('replaces lists that have no key', () => {
    expect(applyStrategicPatch(deployment, { spec: { args: [1, 2] } }, { spec: { args: [3] } })).toEqual({
      spec: { args: [3] },
    });
  });
});
