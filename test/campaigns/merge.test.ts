/**
 * Monitoring configurations as a fleet may hold them, merged by the program and by the policy's template: our key is on and
 * every other part says what it said, or nothing is written.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { byProgram, byTemplate, faultOf } from '../helpers/merging.ts';
import { monitoringConfiguration } from '../helpers/monitoring-configurations.ts';
import { often, patience, seed } from './support/sample.ts';
import { type Row, tell } from './support/tally.ts';

const rows: Row[] = [];
const tried = often(500, 10_000);

afterAll(() => tell('merge', rows));

describe('user-workload monitoring is turned on in any document, and nothing else is changed', () => {
  it.each([
    ['the program', async (text: string) => byProgram(text)],
    ['the policy’s template', byTemplate],
  ])('by %s', { timeout: patience }, async (who, merge) => {
    const counts = { written: 0, kept: 0, refused: 0 };
    const wrong: unknown[] = [];
    for (const text of fc.sample(monitoringConfiguration, { numRuns: tried, seed })) {
      const merged = await merge(text);
      counts[merged.kind] += 1;
      const fault = faultOf(text, merged);
      if (fault !== undefined) wrong.push({ text, fault });
    }

    expect(wrong).toEqual([]);
    expect(counts.written).toBeGreaterThan(tried / 3);
    const note = `${counts.written} written, ${counts.kept} on already, ${counts.refused} refused`;
    rows.push({ what: `monitoring configurations merged by ${who}`, tried, bad: { changed: 0 }, note });
  });
});
