import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from '../../src/resources/text-diff.ts';

describe('a difference of two texts', () => {
  it.each([
    ['the same', 'a\nb\n', 'a\nb\n', []],
    ['a line added', 'a\n', 'a\nb\n', ['+ b']],
    ['a line taken out', 'a\nb\n', 'a\n', ['- b']],
    ['a line changed', 'a\nb\nc\n', 'a\nx\nc\n', ['- b', '+ x']],
    ['two places far apart', 'a\nb\nc\nd\n', 'x\nb\nc\nd\ne\n', ['- a', '+ x', '+ e']],
    ['other line ends only', 'a\r\nb\r\n', 'a\nb\n', []],
    ['from nothing', '', 'a\n', ['+ a']],
  ])('%s', (_, before, after, expected) => {
    expect(diffLines(before, after)).toEqual(expected);
  });

  it('taken out and put in, turns the one into the other', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = diffLines(before.join('\n'), after.join('\n'));

        const removed = diff.filter((line) => line.startsWith('-')).map((line) => line.slice(2));
        const added = diff.filter((line) => line.startsWith('+')).map((line) => line.slice(2));
        expect(before.length - removed.length).toBe(after.length - added.length);
        expect([...before, ...added].sort()).toEqual([...after, ...removed].sort());
      }),
    );
  });

  it('of very large texts is still told', () => {
    const text = (prefix: string) => Array.from({ length: 3000 }, (_, line) => `${prefix}${line}`).join('\n');

    expect(diffLines(text('a'), text('b'))).toHaveLength(6000);
  });
});
