import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatQuantity, parseQuantity } from '../../src/config/quantity.ts';

describe('parseQuantity', () => {
  it.each([
    ['100Gi', 107_374_182_400],
    ['1.5Ki', 1536],
    ['500M', 500_000_000],
    ['1e9', 1e9],
    ['1E', 1e18],
    ['1E3', 1000],
    ['100m', 0.1],
    ['.5', 0.5],
    ['+2k', 2000],
    ['0', 0],
  ])('reads %s', (text, amount) => {
    expect(parseQuantity(text)).toBeCloseTo(amount, 9);
  });

  it.each(['', '100GB', '100 Gi', '100gi', 'Gi', '1e', '1ee3', '1.2.3', '0x10', '1e999', '1Gi\n', '1_000'])(
    'refuses %j, as Kubernetes does',
    (text) => {
      expect(parseQuantity(text)).toBeUndefined();
    },
  );

  it('reads back what formatQuantity writes', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(parseQuantity(formatQuantity(bytes))).toBe(bytes);
      }),
    );
    expect(formatQuantity(107_374_182_400)).toBe('100Gi');
  });
});
