import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, distance, suggest } from '../../src/config/suggest.ts';

const words = ['bucket', 'region', 'endpoint', 'caFile'];

describe('suggest', () => {
  it.each([
    ['bukket', 'bucket'],
    ['bucekt', 'bucket'],
    ['BUCKET', 'bucket'],
    ['ca_file', 'caFile'],
    ['regoin', 'region'],
  ])('takes %s for %s', (word, meant) => {
    expect(suggest(word, words)).toBe(meant);
  });

  it('does not guess at what is far from everything', () => {
    expect(suggest('zzz', words)).toBeUndefined();
    expect(suggest('', words)).toBeUndefined();
    expect(suggest('b'.repeat(100_000), words)).toBeUndefined();
    expect(didYouMean('zzz', words)).toBe('');
  });

  it('measures edits: none for the same word, the same both ways, one for one slip', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 2, maxLength: 20 }),
        fc.string({ maxLength: 20 }),
        fc.nat(),
        (left, right, at) => {
          const place = at % (left.length - 1);
          const swapped = left.slice(0, place) + left[place + 1] + left[place] + left.slice(place + 2);

          expect(distance(left, left)).toBe(0);
          expect(distance(left, right)).toBe(distance(right, left));
          expect(distance(left, swapped)).toBeLessThanOrEqual(1);
          expect(distance(left, right)).toBeLessThanOrEqual(Math.max(left.length, right.length));
        },
      ),
    );
  });
});
