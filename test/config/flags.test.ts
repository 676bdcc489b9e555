import { describe, expect, it } from 'vitest';
import { parseAssignments } from '../../src/config/flags.ts';
import { problemOf } from './folder.ts';

describe('parseAssignments', () => {
  it('splits at the first = and lets the last one of a key win', () => {
    expect(parseAssignments(['storage.bucket=a', 'clusters.select.selector=env=prod', 'storage.bucket=b'])).toEqual({
      'storage.bucket': 'b',
      'clusters.select.selector': 'env=prod',
    });
  });

  it.each([
    ['storage.bucket', '--set takes KEY=VALUE'],
    ['=x', '--set takes KEY=VALUE'],
    ['storage.bukket=x', '--set storage.bukket: unknown key; did you mean storage.bucket?'],
    ['my secret=x', '--set (a key): unknown key'],
  ])('refuses %j', async (assignment, message) => {
    const problem = await problemOf((async () => parseAssignments([assignment]))());

    expect(problem).toMatchObject({ code: 'usage', exitCode: 64, message });
  });
});
