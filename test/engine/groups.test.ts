import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupBy } from '../../src/engine/groups.ts';

describe('groups', () => {
  it('hold everything once, under its key, in the order it was met', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', '__proto__'), fc.nat())), (items) => {
        const groups = groupBy(items, ([key]) => key);

        expect([...groups.keys()]).toEqual([...new Set(items.map(([key]) => key))]);
        for (const [key, group] of groups) expect(group).toEqual(items.filter(([own]) => own === key));
      }),
    );
  });
});
