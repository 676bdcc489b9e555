/** The main job, end to end, on real servers: API server with etcd and collectors, S3 gateway, Prometheus. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observabilityNamespace } from '../../src/hub.ts';
import { ConfigMapKind, MultiClusterObservabilityKind, SecretKind } from '../../src/kinds.ts';
import { writesIn } from './hub/run.ts';
import { type RealHub, startRealHub } from './hub.ts';
import { haveReferenceCrds } from './servers/crds.ts';
import { need } from './servers/locate.ts';
import { lookAfterServers } from './servers/process.ts';

const needed = need('kube-apiserver', 'kube-controller-manager', 'etcd', 'prometheus', 'versitygw');
const without = haveReferenceCrds ? '' : ' (skipped: no reference CRDs beside the project)';

describe.skipIf(!needed.have || !haveReferenceCrds)(`the whole path on real servers${needed.note}${without}`, () => {
  let hub: RealHub;
  lookAfterServers();

  beforeAll(async () => {
    if (!needed.have) throw new Error(needed.note);
    hub = await startRealHub(needed.paths, 3);
  });
  afterAll(() => hub?.stop());

  it('plans without writing', async () => {
    const { exitCode, report, requests } = await hub.run('plan -o json');

    expect(report.problems).toEqual([]);
    expect([exitCode, report.verdict]).toEqual([0, 'differences']);
    expect(writesIn(requests)).toEqual([]);
  });

  it('applies, waits, and proves that metrics arrive from every cluster', async () => {
    const { exitCode, report } = await hub.run('apply --yes -o json');

    expect(report.problems).toEqual([]);
    expect(report.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect([exitCode, report.verdict]).toEqual([0, 'changed']);
    const ages = report.clusters.map(({ name, newestSampleAgeSeconds }) => [name, typeof newestSampleAgeSeconds]);
    expect(Object.fromEntries(ages)).toEqual(Object.fromEntries(hub.clusters.map((name) => [name, 'number'])));
  });

  it('verifies, and writes nothing', async () => {
    const { exitCode, report, requests } = await hub.run('verify -o json');

    expect(report.checks.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skip')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(writesIn(requests)).toEqual([]);
  });

  it('has nothing to do the second time', async () => {
    const { exitCode, report, requests } = await hub.run('apply --yes -o json');

    expect([exitCode, report.verdict]).toEqual([0, 'unchanged']);
    expect(writesIn(requests)).toEqual([]);
  });

  it('names a field a person has changed, and repairs exactly that', async () => {
    const edit = { spec: { observabilityAddonSpec: { interval: 60 } } };
    await hub.person.mergePatch(MultiClusterObservabilityKind, { name: 'observability' }, edit);

    const plan = await hub.run('plan --detailed-exitcode -o json');
    const repaired = await hub.run('apply --yes -o json');

    const changed = plan.report.changes.filter(({ change }) => change !== 'none');
    expect(plan.exitCode).toBe(2);
    expect(changed.map(({ step, diff }) => [step, diff])).toEqual([
      ['observability', ['~ spec.observabilityAddonSpec.interval: 60 → 300']],
    ]);
    expect(changed[0]?.drift).toMatchObject([{ field: '.spec.observabilityAddonSpec.interval', by: 'kubectl-edit' }]);
    expect(repaired.exitCode).toBe(0);
    expect(writesIn(repaired.requests)).toEqual([
      'PATCH /apis/observability.open-cluster-management.io/v1beta2/multiclusterobservabilities/observability',
    ]);
  });

  it('takes away all that is ours, and lists what ACM leaves', async () => {
    const { exitCode, report } = await hub.run('uninstall --yes -o json');

    expect(report.problems).toEqual([]);
    expect(exitCode).toBe(0);
    expect(await hub.person.list(MultiClusterObservabilityKind)).toEqual([]);
    const secrets = await hub.person.list(SecretKind, { namespace: observabilityNamespace });
    const maps = await hub.person.list(ConfigMapKind, { namespace: observabilityNamespace });
    expect([...secrets, ...maps].filter(({ metadata }) => metadata.labels?.['acm-observability/step'])).toEqual([]);
    expect(report.notes.join('\n')).toContain('ACM leaves ClusterRole');
  });

  it('installs again right after it', async () => {
    const { exitCode, report } = await hub.run('apply --yes -o json');

    expect(report.problems).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it('went without a write that a real server finds invalid', () => {
    const refused = hub.errors.filter(({ message }) => /is invalid|failed to create typed/.test(message));
    // Between two installations what the first one owned is still being collected.
    const lasting = refused.filter(({ message }) => !message.includes('Only one reference can have Controller'));

    expect(lasting).toEqual([]);
  });
});
