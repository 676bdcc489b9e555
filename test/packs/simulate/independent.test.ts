import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPack } from '../../../src/packs/load.ts';
import { compileRuler, type RulerGroup } from '../../../src/packs/ruler.ts';
import { independentParts, namesFor, rulesBehind, seriesNamed } from '../../../src/packs/simulate/independent.ts';

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

describe('the rules behind a question', () => {
  const groups = [group('one', ['a', 'x'], ['b', 'y']), group('two', ['c', 'a'], ['d', 'b'])];
  const behind = (asked: string, from = groups) =>
    rulesBehind(from, asked).map(({ name, rules }) => [name, rules.length]);

  it('are those it looks at, directly or through others, in their groups and order', () => {
    expect(records([rulesBehind(groups, 'topk(3, c)')])).toEqual([['a', 'c']]);
    expect(behind('b')).toEqual([['one', 1]]);
    expect(behind('x')).toEqual([]);
  });

  it('are all where a selector has no name', () => {
    expect(behind('{job="j"}')).toEqual([
      ['one', 2],
      ['two', 2],
    ]);
  });

  it('may look at each other, at themselves, and at the series of alerts', () => {
    const alert = {
      name: 'g',
      interval: '1m',
      rules: [
        { alert: 'Late', expr: 'a > b' },
        { record: 'b', expr: 'b + 1' },
      ],
    };

    expect(rulesBehind([...groups, alert], 'ALERTS_FOR_STATE').map(({ rules }) => rules.length)).toEqual([2, 2]);
  });

  it('of the leaderboard are those of the scores that are ranked, without the bonus that is only shown', async () => {
    const found = await openPack('leaderboard', {}, { examples: true });
    const all = 'opened' in found ? compileRuler([found.opened.pack]) : [];

    const names = records([rulesBehind(all, 'sort_desc(opencodequest_leaderboard_score:prod)')]).flat();

    expect(names).toHaveLength(17);
    expect(names.filter((name) => !/:prod$/.test(String(name)) || /onetime/.test(String(name)))).toEqual([]);
  });
});

describe('the series of a part', () => {
  const series = ['x{a="{"}', 'y', 'z{}'].map((one) => ({ series: one }));
  const names = (asked: string, ...rules: readonly (readonly [string, string])[]) =>
    seriesNamed(namesFor([group('g', ...rules)], asked), series).map((one) => one.series);

  it('are those its rules and its question look at', () => {
    expect(names('', ['a', 'sum(x) + b'])).toEqual(['x{a="{"}']);
    expect(names('rate(z[5m])', ['a', 'x'])).toEqual(['x{a="{"}', 'z{}']);
  });

  it('are all of them where a selector has no name', () => {
    expect(names('', ['a', '{a=~".+"}'])).toEqual(series.map((one) => one.series));
  });
});
