import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { age, span, table, widthOf, wrap } from '../../src/render/layout.ts';

describe('width on a terminal', () => {
  test.each([
    ['paris', 5],
    ['Zürich', 6],
    ['u\u0308', 1],
    ['東京', 4],
    ['🚀', 2],
    ['\u001b[31mred\u001b[39m', 3],
    ['', 0],
  ])('%j takes %i columns', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  // Segmenting it as one would take minutes: its cost grows with the square of the length.
  test('of a name without end that is not all ASCII is known at once', () => {
    expect(widthOf(`“${'x'.repeat(300_000)}”`)).toBe(300_002);
    expect(widthOf('東'.repeat(100_000))).toBe(200_000);
  });
});

describe('a table', () => {
  test('lines its columns up by width, not by length', () => {
    const lines = table([
      ['東京', 'ok'],
      ['paris', 'FAIL'],
    ]);

    expect(lines).toEqual(['東京   ok', 'paris  FAIL']);
  });

  test('puts numbers under each other', () => {
    expect(
      table(
        [
          ['a', '9'],
          ['b', '10'],
        ],
        [1],
      ),
    ).toEqual(['a   9', 'b  10']);
  });
});

describe('wrapping', () => {
  const words = fc.array(fc.stringMatching(/^[a-z/:.-]{1,30}$/), { maxLength: 20 });

  test('loses no word and cuts none', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 5, max: 60 }), (text, columns) => {
        const lines = wrap(text.join(' '), columns, '- ', '  ');

        expect(lines.join(' ').split(/\s+/).slice(1).filter(Boolean)).toEqual(text);
      }),
    );
  });

  test('keeps to the width where the words allow it', () => {
    fc.assert(
      fc.property(words, (text) => {
        const lines = wrap(text.join(' '), 40, '- ', '  ');

        for (const line of lines) expect(line.length <= 40 || line.trim().split(' ').length <= 2).toBe(true);
      }),
    );
  });
});

test.each([
  [600, '0.6s'],
  [9_990, '9.9s'],
  [48_000, '48s'],
  [201_000, '3m21s'],
  [3_900_000, '1h05m'],
])('%i ms are told as %s', (milliseconds, text) => {
  expect(span(milliseconds)).toBe(text);
});

test('the age of a sample is told in seconds, then minutes', () => {
  expect([age(18), age(302)]).toEqual(['18s', '5m02s']);
});
