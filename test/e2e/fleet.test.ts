/** A fleet too large to be visited cluster by cluster: what it costs is counted. At 300 clusters: `npm run campaigns -- fleet`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countsOf } from '../helpers/fleet-counts.ts';
import { createHarness, type Harness, type Ran, writesIn } from '../helpers/harness.ts';

/** One of them is offline, three are slow. */
const size = 40;
const action = { env: { ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_MODE: 'action' } };

describe(`a fleet of ${size}`, () => {
  let fleet: Harness;
  let first: Ran;

  beforeAll(async () => {
    fleet = await createHarness({ scenario: 'fleet', size, speed: 60 });
    first = await fleet.run('apply --yes', action);
  }, 300_000);

  afterAll(() => fleet?.stop());

  it('is turned on by eight requests a cluster at most, besides what the hub takes', () => {
    const { all, views, actions } = countsOf(first.requests);

    const hub = first.requests.filter(({ path }) => !/managedcluster(views|actions)/.test(path)).length;
    expect(first.exitCode).toBe(5);
    expect(actions).toBeLessThan(size);
    expect(views).toBeLessThanOrEqual(3 * size);
    expect(all - hub).toBeLessThanOrEqual(8 * size);
  });

  it('is told in few lines: those that are not well, and how many are', () => {
    const rows = first.stdout.split('\n');

    expect(rows.some((line) => line.startsWith('cluster-0033'))).toBe(true);
    expect(rows.some((line) => line === `ok  ${size - 1} more clusters`)).toBe(true);
    expect(rows.filter((line) => line.startsWith('cluster-')).length).toBeLessThanOrEqual(20);
  });

  it('is not visited again where the hub vouches for it: sixty requests, no View, no write', async () => {
    const { exitCode, requests } = await fleet.run('apply --yes -o json');

    expect(exitCode).toBe(5);
    expect(countsOf(requests).all).toBeLessThanOrEqual(60);
    expect(countsOf(requests).views).toBe(0);
    expect(writesIn(requests)).toEqual([]);
  });

  it('is verified by eighty requests, without reading the ManifestWorks of those that send', async () => {
    const { exitCode, report, requests } = await fleet.run('verify -o json');

    expect(exitCode).toBe(5);
    expect(countsOf(requests).all).toBeLessThanOrEqual(80);
    expect(countsOf(requests).works).toBe(0);
    expect(report.checks.filter(({ id, verdict }) => id === 'config' && verdict === 'pass')).toHaveLength(size - 1);
  });
});

describe(`a fleet of ${size}, in mode policy`, () => {
  it('is turned on by twenty writes at most, none of them on a cluster', async () => {
    const fleet = await createHarness({ scenario: 'fleet', size, speed: 60 });
    try {
      const env = { ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_MODE: 'policy' };
      const { requests } = await fleet.run('apply --yes -o json', { env });
      const { report } = await fleet.run('verify -o json', { env });

      const writes = writesIn(requests).filter((write) => !write.startsWith('s3 '));
      const on = report.checks.filter(({ id, verdict }) => id === 'user-workload-monitoring' && verdict === 'pass');
      expect(writes.length).toBeLessThanOrEqual(20);
      expect(new Set(writes.map((write) => write.split(' ')[0]))).toEqual(new Set([fleet.sandbox.hub.name]));
      expect(countsOf(requests).actions).toBe(0);
      // One is offline, one has a configuration nobody can read.
      expect(on.length).toBeGreaterThanOrEqual(size - 2);
    } finally {
      await fleet.stop();
    }
  });
});

describe(`a fleet of ${size} on which nobody has turned anything on`, () => {
  it('is verified as fast: ten clusters tell why, of the others it is said that they were not visited', async () => {
    const fleet = await createHarness({ scenario: 'fleet', size, speed: 60, state: 'installed' });
    try {
      const { report, requests } = await fleet.run('verify -o json');

      const step = report.checks.filter(
        ({ id, cluster }) => id === 'user-workload-monitoring' && cluster !== 'local-cluster',
      );
      const unseen = step.filter(({ code }) => code === 'not-seen');
      expect(countsOf(requests).views).toBe(10);
      expect(countsOf(requests).all).toBeLessThanOrEqual(100);
      expect(unseen.length).toBeGreaterThan(20);
      expect(new Set(unseen.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
    } finally {
      await fleet.stop();
    }
  });
});
