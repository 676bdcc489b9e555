import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPack } from '../../../src/packs/load.ts';
import { compileRuler, type RulerGroup } from '../../../src/packs/ruler.ts';
import { independentParts } from '../../../src/packs/simulate/independent.ts';

const group = (name: string, ...rules: readonly (readonly [string, string])[]): RulerGroup => ({
  name,
  interval: '1m',
  rules: rules.map(([record, expr]) => ({ record, expr })),
});
const records = (parts: readonly (readonly RulerGroup[])[]) =>
  parts.map((part) => part.flatMap(({ rules }) => rules.map(({ record }) => record)));

describe('rules that know nothing of each other', () => {
  it('are apart, and a chain stays together in its order', () => {
    const groups = [group('g', ['a', 'x'], ['b', 'y'], ['c', 'sum(a) + x'], ['d', 'b'])];

    expect(records(independentParts(groups, ''))).toEqual([
      ['a', 'c'],
      ['b', 'd'],
    ]);
  });

  it('stay together where one question looks at them, in the first part', () => {
    const groups = [group('g', ['a', 'x'], ['b', 'y'], ['c', 'z'])];

    expect(records(independentParts(groups, 'c / on () b'))).toEqual([['b', 'c'], ['a']]);
  });

  it('stay together across groups, which keep their order and lose no name', () => {
    const groups = [group('one', ['a', 'x'], ['b', 'y']), group('two', ['c', 'a'])];

    const parts = independentParts(groups, '');

    expect(parts.map((part) => part.map(({ name, rules }) => [name, rules.length]))).toEqual([
      [
        ['one', 1],
        ['two', 1],
      ],
      [['one', 1]],
    ]);
  });

  it('are one part where a selector has no name: it may mean any of them', () => {
    const groups = [group('g', ['a', 'x'], ['b', 'y'], ['c', '{__name__=~"a|b"}'])];

    expect(records(independentParts(groups, ''))).toEqual([['a', 'b', 'c']]);
  });

  it('are one empty part where there are none: a question is asked all the same', () => {
    expect(independentParts([], 'up')).toEqual([[]]);
  });

  it('of the leaderboard are its environments', async () => {
    const found = await openPack('leaderboard', {}, { examples: true });
    const groups = 'opened' in found ? compileRuler([found.opened.pack]) : [];

    const parts = independentParts(groups, 'sort_desc(opencodequest_leaderboard_score:prod)');

    expect(records(parts).map((names) => [...new Set(names.map((name) => String(name).split(':')[1]))])).toEqual([
      ['prod'],
      ['dev'],
      ['preprod'],
    ]);
  });

  it('are all there once, and none apart from what it looks at', () => {
    const name = fc.constantFrom(...'abcdefgh');
    const rule = fc.tuple(name, fc.array(name, { minLength: 1, maxLength: 2 }));
    fc.assert(
      fc.property(fc.uniqueArray(rule, { selector: ([record]) => record, maxLength: 8 }), (rules) => {
        const groups = [group('g', ...rules.map(([record, asked]) => [record, asked.join(' + ')] as const))];

        const parts = records(independentParts(groups, ''));

        expect(parts.flat().sort()).toEqual(rules.map(([record]) => record).sort());
        for (const [record, asked] of rules) {
          const own = parts.find((names) => names.includes(record)) ?? [];
          for (const other of asked) if (parts.flat().includes(other)) expect(own).toContain(other);
        }
      }),
    );
  });
});
