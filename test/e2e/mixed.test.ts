/** A grown fleet: clusters that are away, asleep, of another kind or ill. Those that are not done say why; the others are. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/render/report.ts';
import { createHarness, type Harness, writesIn } from '../helpers/harness.ts';

/** Not done, and why. */
const notDone = {
  broken: expect.stringMatching(/config\.yaml, line 3, column 1: Flow sequence/),
  hibernating: 'it is hibernating',
  offline: expect.stringMatching(/^it has not been heard of since /),
};

/** Fine: user-workload monitoring is not for them. */
const skipped = {
  edge: 'MicroShift has no monitoring operator',
  eks: 'EKS is not OpenShift',
  newcomer: 'ACM has not detected its vendor yet',
  rosa: 'ROSA is service-owned: its monitoring is configured by the service',
};

/**
 * Without those that are offline, and without the one whose monitoring configuration is no YAML: that is a problem of its
 * own (`document-invalid`), which only its owner can mend.
 */
const withoutThese = '--exclude offline,hibernating,broken';

describe('the whole path on a mixed fleet of fifteen', () => {
  let fleet: Harness;

  beforeAll(async () => {
    fleet = await createHarness({ scenario: 'mixed' });
  });

  afterAll(() => fleet?.stop());

  it('plans with exit 5: every cluster that cannot be done says why, and nothing is written', async () => {
    const { exitCode, report, requests } = await fleet.run('plan -o json');

    expect(exitCode).toBe(5);
    expect(reasons(report, 'fail')).toEqual(notDone);
    expect(reasons(report, 'skip')).toEqual(skipped);
    expect(writesIn(requests)).toEqual([]);
  });

  it('applies with exit 5, and does not wait for a cluster that has a problem of its own', async () => {
    const began = fleet.clock.now();

    const { exitCode, report } = await fleet.run('apply --yes -o json');

    expect(exitCode).toBe(5);
    expect(reasons(report, 'fail')).toEqual(notDone);
    expect(reasons(report, 'pass')).toEqual(skipped);
    const arrived = report.clusters.filter((cluster) => cluster.newestSampleAgeSeconds !== undefined);
    expect(arrived).toHaveLength(11);
    expect(fleet.clock.now() - began).toBeLessThan(14 * 60_000);
  });

  it('verifies with exit 5, every reason in words', async () => {
    const { exitCode, stdout } = await fleet.run('verify');

    expect(exitCode).toBe(5);
    const text = stdout.replace(/\s+/g, ' ');
    for (const reason of [/it is hibernating/, /it has not been heard of since/, /line 3, column 1: Flow/]) {
      expect(text).toMatch(reason);
    }
    for (const [cluster, reason] of Object.entries(skipped)) expect(text).toContain(`${cluster}: ${reason}`);
  });

  it('has nothing to do the second time, and is still not done with three: exit 5, no write, no time-out', async () => {
    const { exitCode, report, requests } = await fleet.run('apply --yes -o json');

    expect(exitCode).toBe(5);
    expect(reasons(report, 'fail')).toEqual(notDone);
    expect(report.problems.map(({ cluster, code }) => `${cluster} ${code}`)).toEqual(['broken document-invalid']);
    expect(writesIn(requests)).toEqual([]);
  });

  it('is exit 0 without those that cannot be done; what is skipped is still told', async () => {
    const apply = await fleet.run(`apply --yes ${withoutThese}`);
    const verify = await fleet.run(`verify ${withoutThese} -o json`);
    const plan = await fleet.run(`plan --detailed-exitcode ${withoutThese}`);

    expect([apply.exitCode, verify.exitCode, plan.exitCode]).toEqual([0, 0, 0]);
    expect(apply.stdout).toContain('No changes.');
    for (const [cluster, reason] of Object.entries(skipped)) expect(apply.stdout).toContain(`${cluster}: ${reason}`);
    expect(reasons(verify.report, 'pass')).toEqual(skipped);
  });

  it('uninstalls with exit 5 and leaves nothing of ours but on those that are away', async () => {
    const { exitCode, report } = await fleet.run('uninstall --yes -o json');

    const { broken: _, ...away } = notDone;
    expect(exitCode).toBe(5);
    expect(reasons(report, 'fail')).toEqual(away);
    expect(report.problems).toEqual([]);
  });

  it('installs with exit 0 from nothing, without those that cannot be done', async () => {
    const { exitCode, report } = await fleet.run(`apply --yes ${withoutThese} -o json`);

    expect(report.problems).toEqual([]);
    expect(exitCode).toBe(0);
    expect(report.verdict).toBe('changed');
    expect(reasons(report, 'pass')).toEqual(skipped);
  });
});

describe('with --fail-fast', () => {
  let fleet: Harness;

  beforeAll(async () => {
    fleet = await createHarness({ scenario: 'mixed' });
  });

  afterAll(() => fleet?.stop());

  it('the first cluster that fails stops what has not begun, and what was not begun says so', async () => {
    const line = 'apply --yes --fail-fast --parallel 1 --only user-workload-monitoring -o json';

    const { exitCode, report } = await fleet.run(line);

    const applied = report.changes.filter((change) => change.applied).map(({ cluster }) => cluster);
    expect(exitCode).toBe(5);
    expect(applied).toEqual(['local-cluster', 'ai']);
    expect(report.problems.map(({ cluster }) => cluster)).toEqual(['broken']);
    expect(reasons(report, 'unknown')).toMatchObject({ 'quest-1': expect.stringMatching(/^not begun: .* on broken/) });
  });
});

/** Cluster → reason, of those with a reason and this verdict. */
function reasons(report: Report, verdict: string): Record<string, string> {
  const found = report.clusters.filter((cluster) => cluster.verdict === verdict && cluster.reason !== undefined);
  return Object.fromEntries(found.map(({ name, reason = '' }) => [name, reason]));
}

describe('a monitoring operator that knows no such field', () => {
  it('is not waited for until the deadline: the cluster is told with the operator’s words', async () => {
    const fleet = await createHarness({ scenario: 'quest', size: 3, speed: 60 });
    try {
      const key = { namespace: 'openshift-monitoring', name: 'cluster-monitoring-config' };
      await fleet.sandbox.people.editConfigMap('ai', key, 'config.yaml', 'promtheusK8s: {}\n');

      // Without ACM's own operator, which drops what it does not know.
      const { exitCode, report } = await fleet.run('apply --yes --only namespace,user-workload-monitoring -o json');

      expect(exitCode).toBe(5);
      expect(report.problems.map(({ cluster, code, what }) => [cluster, code, what])).toEqual([
        ['ai', 'monitoring-config-refused', expect.stringMatching(/^ai: .*unknown or duplicate field "promtheusK8s"/)],
      ]);
    } finally {
      await fleet.stop();
    }
  });
});
