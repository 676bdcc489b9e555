/** The main job, end to end, as a person would do it: on the sandbox, in virtual time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observabilityNamespace } from '../../src/hub.ts';
import {
  type ConfigMap,
  ConfigMapKind,
  MultiClusterObservabilityKind,
  Namespace,
  SecretKind,
} from '../../src/kinds.ts';
import { markerKey } from '../../src/resources/bucket.ts';
import { createHarness, type Harness, writesIn } from '../helpers/harness.ts';

const everyone = ['ai', 'local-cluster', 'quest-1', 'quest-2', 'quest-3', 'quest-4', 'quest-5', 'quest-6'];

describe('the whole path on a fleet of eight', () => {
  let it8: Harness;

  beforeAll(async () => {
    it8 = await createHarness({ scenario: 'quest' });
  });

  afterAll(() => it8?.stop());

  it('checks without writing', async () => {
    const { exitCode, report, requests } = await it8.run('check -o json');

    expect(report.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(writesIn(requests)).toEqual([]);
  });

  it('plans without writing, opening with the blast radius', async () => {
    const { exitCode, report, requests } = await it8.run('plan -o json');

    expect(exitCode).toBe(0);
    expect(report.verdict).toBe('differences');
    expect(report.notes.join('\n')).toContain('ACM collects from all 8 managed clusters');
    expect(writesIn(requests)).toEqual([]);
  });

  it('applies, waits, and proves that metrics arrive from every cluster', async () => {
    const { exitCode, report } = await it8.run('apply --yes -o json');

    expect(report.problems).toEqual([]);
    expect(report.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(report.verdict).toBe('changed');
    const ages = report.clusters.map(({ name, newestSampleAgeSeconds }) => [name, typeof newestSampleAgeSeconds]);
    expect(Object.fromEntries(ages)).toEqual(Object.fromEntries(everyone.map((name) => [name, 'number'])));
  });

  it('verifies with the age of the newest sample of every cluster, and writes nothing', async () => {
    const { exitCode, report, requests } = await it8.run('verify -o json');

    expect(exitCode).toBe(0);
    const arrived = report.checks.filter(({ id, verdict }) => id === 'arrive' && verdict === 'pass');
    expect(arrived.map(({ cluster }) => cluster).sort()).toEqual(everyone);
    expect(writesIn(requests)).toEqual([]);
    expect(report.requests.kubernetes).toBeLessThanOrEqual(40);
  });

  it('has nothing to do the second time: no write, and no more than sixty requests', async () => {
    const { exitCode, report, requests } = await it8.run('apply --yes -o json');

    expect(exitCode).toBe(0);
    expect(report.verdict).toBe('unchanged');
    expect(writesIn(requests)).toEqual([]);
    expect(requests.filter(({ cluster }) => cluster !== 's3').length).toBeLessThanOrEqual(60);
  });

  it('says so in words', async () => {
    const { stdout } = await it8.run('apply --yes');

    expect(stdout).toContain('No changes.');
  });

  it('names a field a person has changed and who it was, and repairs exactly that', async () => {
    await it8.sandbox.people.edit(
      'local-cluster',
      MultiClusterObservabilityKind,
      { name: 'observability' },
      (object) => ({
        ...object,
        spec: { ...object.spec, observabilityAddonSpec: { ...object.spec?.observabilityAddonSpec, interval: 60 } },
      }),
    );

    const plan = await it8.run('plan --detailed-exitcode -o json');
    const repaired = await it8.run('apply --yes -o json');

    const changed = plan.report.changes.filter(({ change }) => change !== 'none');
    expect(plan.exitCode).toBe(2);
    expect(changed.map(({ step, diff }) => [step, diff])).toEqual([
      ['observability', ['~ spec.observabilityAddonSpec.interval: 60 → 300']],
    ]);
    expect(changed[0]?.drift).toMatchObject([{ field: '.spec.observabilityAddonSpec.interval', by: 'kubectl-edit' }]);
    expect(repaired.exitCode).toBe(0);
    expect(writesIn(repaired.requests).map((line) => line.split('?')[0])).toEqual([
      'local-cluster PATCH /apis/observability.open-cluster-management.io/v1beta2/multiclusterobservabilities/observability',
    ]);
  });

  it('finds user-workload monitoring that a person turned off on one cluster, and turns it on again there only', async () => {
    await it8.sandbox.people.turnOffUserWorkload('quest-3');

    const plan = await it8.run('plan --detailed-exitcode -o json');
    const repaired = await it8.run('apply --yes -o json');

    const changed = plan.report.changes.filter(({ change }) => change !== 'none');
    expect(plan.exitCode).toBe(2);
    expect(changed.map(({ step, cluster }) => [step, cluster])).toEqual([['user-workload-monitoring', 'quest-3']]);
    expect(changed[0]?.drift?.[0]?.by).toBe('kubectl-edit');
    expect(repaired.exitCode).toBe(0);
    const applied = repaired.report.changes.filter((change) => change.applied);
    expect(applied.map(({ step, cluster }) => [step, cluster])).toEqual([['user-workload-monitoring', 'quest-3']]);
  });

  it('takes away all that is ours, keeps the bucket, and lists what ACM leaves', async () => {
    const { exitCode, report } = await it8.run('uninstall --yes -o json');

    expect(report.problems).toEqual([]);
    expect(exitCode).toBe(0);
    expect(await it8.admin.list(MultiClusterObservabilityKind)).toEqual([]);
    const secrets = await it8.admin.list(SecretKind, { namespace: observabilityNamespace });
    const maps = await it8.admin.list(ConfigMapKind, { namespace: observabilityNamespace });
    expect([...secrets, ...maps].filter(({ metadata }) => metadata.labels?.['acm-observability/step'])).toEqual([]);
    expect(report.notes.join('\n')).toContain('ACM leaves ClusterRole');
    expect(it8.sandbox.s3.objects(it8.sandbox.store.bucket)?.has(markerKey)).toBe(true);
  });

  it('turned user-workload monitoring back only after the object was gone', async () => {
    const log = it8.sandbox.requests.entries().map(({ method, path }) => `${method} ${path}`);

    const deleted = log.findLastIndex((line) => /^DELETE .*multiclusterobservabilities/.test(line));
    const turnedBack = log.findLastIndex((line) => /^POST .*managedclusteractions/.test(line));
    expect(deleted).toBeGreaterThan(0);
    expect(turnedBack).toBeGreaterThan(deleted);
  });

  it('left the monitoring configuration of a cluster where it was on before us as it was', async () => {
    const texts = await Promise.all(
      it8.sandbox.clusters.map(async (name) => {
        const key = { namespace: 'openshift-monitoring', name: 'cluster-monitoring-config' };
        const map: ConfigMap | undefined = it8.sandbox.managed(name).get(ConfigMapKind, key);
        return map?.data?.['config.yaml'] ?? '';
      }),
    );

    expect(texts.filter((text) => /enableUserWorkload: true/.test(text))).toHaveLength(1);
  });

  it('installs again right after it', async () => {
    const { exitCode, report } = await it8.run('apply --yes -o json');

    expect(report.problems).toEqual([]);
    expect(exitCode).toBe(0);
    expect(await it8.admin.get(Namespace, { name: observabilityNamespace })).toBeDefined();
  });
});
