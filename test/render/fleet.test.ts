import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/engine/step.ts';
import { shownOf } from '../../src/render/text/fleet.ts';

const style = { color: false, ascii: false, columns: 100, quiet: false, verbosity: 0, accessible: false } as const;

function clusters(counts: Partial<Record<Verdict, number>>): { name: string; verdict: Verdict }[] {
  return Object.entries(counts).flatMap(([verdict, count]) =>
    Array.from({ length: count ?? 0 }, (_, at) => ({ name: `${verdict}-${at}`, verdict: verdict as Verdict })),
  );
}

function shown(counts: Partial<Record<Verdict, number>>) {
  return shownOf(clusters(counts), ({ verdict }) => verdict, style);
}

describe('what of many clusters gets a row', () => {
  it('is all of them up to twenty', () => {
    expect(shown({ pass: 18, fail: 2 })).toMatchObject({ rows: { length: 20 }, rest: [] });
  });

  it('is those that are not well of more, and the others are counted', () => {
    const { rows, rest } = shown({ pass: 3_460, skip: 5, fail: 3 });

    expect(rows.map(({ name }) => name)).toEqual(['fail-0', 'fail-1', 'fail-2']);
    expect(rest).toEqual(['ok  3465 more clusters']);
  });

  it('is never more than the twenty worst, and of those left out it is told how many and how ill', () => {
    const { rows, rest } = shown({ warn: 30, pass: 3_400, fail: 15, unknown: 10 });

    expect(rows).toHaveLength(20);
    expect(rows.filter(({ verdict }) => verdict === 'fail')).toHaveLength(15);
    expect(rows.filter(({ verdict }) => verdict === 'unknown')).toHaveLength(5);
    expect(rest.map((line) => line.replace(/^\S+ +/, ''))).toEqual([
      '5 more clusters',
      '30 more clusters',
      '3400 more clusters',
    ]);
  });
});
