import { describe, expect, it } from 'vitest';
import { byCodeUnits } from '../src/order.ts';

describe('names', () => {
  it('are sorted as objects are on a server: a dash before a dot, digits before letters, and one that begins another first', () => {
    expect(['b', 'a-1', 'a', 'a.1', 'a1', '1'].sort(byCodeUnits)).toEqual(['1', 'a', 'a-1', 'a.1', 'a1', 'b']);
  });

  it('that are the same keep the order they came in', () => {
    const list = [
      ['x', 1],
      ['x', 2],
    ] as const;

    expect([...list].sort(([a], [b]) => byCodeUnits(a, b))).toEqual(list);
  });
});
