/** A fleet: what it costs at a size at which waste shows, and what a killed run leaves on it. */
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigMapKind } from '../../src/kinds.ts';
import { countsOf } from '../helpers/fleet-counts.ts';
import { createHarness, type Harness, killed } from '../helpers/harness.ts';
import { dyingAfter } from './support/death.ts';
import { often, patience, sampled, upTo } from './support/sample.ts';
import { orphansIn } from './support/state.ts';
import { type Row, tell } from './support/tally.ts';

const rows: Row[] = [];

afterAll(() => tell('fleet', rows));

describe('a fleet with slow, offline and hostile clusters', () => {
  it('costs eight requests a cluster to turn on, sixty to find done, eighty to verify', {
    timeout: patience,
  }, async () => {
    const size = often(100, 300);
    const fleet = await createHarness({ scenario: 'fleet', size, speed: 60 });
    try {
      const env = { ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_MODE: 'action' };
      const [first, , again, verify] = [
        await fleet.run('apply --yes -o json', { env }),
        // ACM rewrites some documents after the first, so that a hostile one can be edited now.
        await fleet.run('apply --yes -o json'),
        await fleet.run('apply --yes -o json'),
        await fleet.run('verify -o json'),
      ];

      const hostile = again.report.problems.filter(({ code }) => code === 'document-invalid').length;
      expect([first.exitCode, again.exitCode, verify.exitCode]).toEqual([5, 5, 5]);
      expect(countsOf(first.requests).all).toBeLessThanOrEqual(8 * size + 150);
      // A View of each that the hub cannot vouch for: made, deleted, and looked for together.
      expect(countsOf(again.requests).views).toBeLessThanOrEqual(hostile);
      expect(countsOf(again.requests).all).toBeLessThanOrEqual(60 + 3 * hostile);
      expect(countsOf(verify.requests).all).toBeLessThanOrEqual(80);
      rows.push({ what: `${size} clusters turned on, found done, verified`, tried: size, bad: { 'over budget': 0 } });
    } finally {
      await fleet.stop();
    }
  });
});

describe('an apply on a hundred clusters that dies right after one of its writes', () => {
  it('leaves no View and no Action after the next run, which does what is missing', { timeout: patience }, async () => {
    const size = 100;
    const line = 'apply --yes --only user-workload-monitoring --no-wait -o json';
    const counting = await inFleet(size, async (fleet) => {
      const wires = dyingAfter(Number.POSITIVE_INFINITY, fleet.clock);
      await fleet.run(line, { wires });
      return { writes: wires.writes.length, on: turnedOn(fleet) };
    });

    const wrong: string[] = [];
    let deaths = 0;
    for (const moment of sampled(upTo(counting.writes), 4)) {
      await inFleet(size, async (fleet) => {
        const wires = dyingAfter(moment, fleet.clock);
        const first = await fleet.run(line, { wires });
        if (first.exitCode === killed) deaths += 1;
        const second = await fleet.run(line);
        const left = [...orphansIn(fleet.sandbox), ...(second.exitCode === 5 ? [] : [`exit ${second.exitCode}`])];
        if (turnedOn(fleet) !== counting.on) left.push(`${turnedOn(fleet)} of ${counting.on} turned on`);
        wrong.push(...left.map((text) => `after write ${moment} (${wires.writes.at(-1)}): ${text}`));
      });
    }

    expect(counting.writes).toBeGreaterThan(4 * size);
    expect(deaths).toBeGreaterThan(2);
    expect(wrong).toEqual([]);
    rows.push({
      what: `apply on ${size} clusters killed after a write`,
      tried: deaths,
      of: counting.writes,
      bad: { left: 0, stuck: 0 },
    });
  });
});

function turnedOn({ sandbox }: Harness): number {
  const key = { namespace: 'openshift-monitoring', name: 'cluster-monitoring-config' };
  const texts = sandbox.clusters.map(
    (name) => sandbox.managed(name).get(ConfigMapKind, key)?.data?.['config.yaml'] ?? '',
  );
  return texts.filter((text) => /^enableUserWorkload: true/m.test(text)).length;
}

async function inFleet<T>(size: number, work: (fleet: Harness) => Promise<T>): Promise<T> {
  const fleet = await createHarness({ scenario: 'fleet', size, speed: 60 });
  try {
    return await work(fleet);
  } finally {
    await fleet.stop();
  }
}
