/** Some clusters and not the others: by name, by label, one after the other, and by a context of their own. */
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigMapKind, ManagedClusterKind, PolicyKind } from '../../src/kinds.ts';
import type { Report } from '../../src/render/report.ts';
import { createHarness, type Harness, writesIn } from '../helpers/harness.ts';

const monitoring = { namespace: 'openshift-monitoring', name: 'cluster-monitoring-config' };

let it4: Harness;

afterEach(() => it4?.stop());

/** local-cluster, ai, quest-1 and quest-2. */
async function four(): Promise<Harness> {
  it4 = await createHarness({ scenario: 'quest', size: 4, speed: 60 });
  return it4;
}

describe('an apply on some clusters', () => {
  it('does those, the next finishes what was missing, and then nothing is left to do', async () => {
    const { run } = await four();

    const one = await run('apply --yes --clusters quest-1 -o json');
    const others = await run('apply --yes -o json');
    const last = await run('apply --yes -o json');

    expect([one.exitCode, others.exitCode, last.exitCode]).toEqual([0, 0, 0]);
    expect(turnedOn(one.report)).toEqual(['quest-1']);
    expect(turnedOn(others.report)).toEqual(['ai', 'local-cluster', 'quest-2']);
    expect(writesIn(last.requests)).toEqual([]);
  });

  it('chooses by label and by exclusion, and refuses a name that is none', async () => {
    const { run } = await four();

    const labelled = await run('plan -o json -l purpose=model');
    const without = await run('plan -o json --exclude quest-1,local-cluster');
    const unknown = await run('plan --clusters quest-9');

    expect(planned(labelled.report)).toEqual(['ai']);
    expect(planned(without.report)).toEqual(['ai', 'quest-2']);
    expect(unknown.exitCode).toBe(64);
  });
});

describe('an uninstall on some clusters', () => {
  it('turns back what was turned on there and nothing else; what is on the hub stays', async () => {
    const { run, sandbox } = await four();
    await run('apply --yes');

    const { exitCode, report } = await run('uninstall --yes --clusters quest-2,ai -o json');

    const configOf = (name: string) => sandbox.managed(name).get(ConfigMapKind, monitoring)?.data?.['config.yaml'];
    expect(exitCode).toBe(0);
    expect(report.steps.map(({ id }) => id)).toEqual(['user-workload-policy', 'user-workload-monitoring']);
    expect(report.notes.join(' ')).toMatch(/observability itself stays/);
    expect(configOf('ai')).toMatch(/enableUserWorkload: false/);
    expect(configOf('quest-2')).not.toMatch(/enableUserWorkload/);
    expect(configOf('quest-1')).toMatch(/enableUserWorkload: true/);
  });

  it('leaves it on where somebody has come to need it, and lets go of it', async () => {
    const { run, sandbox } = await four();
    await run('apply --yes');
    const settings = { namespace: 'openshift-user-workload-monitoring', name: 'user-workload-monitoring-config' };
    const transport = sandbox.transport('quest-1');
    const body = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: settings,
      data: { 'config.yaml': 'prometheus:\n  retention: 48h\n' },
    };
    const path = `/api/v1/namespaces/${settings.namespace}/configmaps`;
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const made = await transport.send({ method: 'POST', path, headers, body: JSON.stringify(body) });
    if (made.status === 409)
      await sandbox.people.editConfigMap('quest-1', settings, 'config.yaml', body.data['config.yaml']);

    const { exitCode, report } = await run('uninstall --yes --clusters quest-1 -o json');

    const map = sandbox.managed('quest-1').get(ConfigMapKind, monitoring);
    const row = report.changes.find(({ cluster }) => cluster === 'quest-1');
    expect(exitCode).toBe(0);
    expect(row?.reason).toMatch(/^it stays on: somebody configures prometheus.retention in ConfigMap/);
    expect(map?.data?.['config.yaml']).toMatch(/enableUserWorkload: true/);
    expect(Object.keys(map?.metadata.annotations ?? {}).filter((name) => name.startsWith('acm-observability'))).toEqual(
      [],
    );
  });

  it('refuses to delete everybody’s metrics for the sake of some', async () => {
    const { run } = await four();

    const { exitCode, stdout, stderr } = await run('uninstall --yes --delete-data --clusters quest-1');

    expect(exitCode).toBe(64);
    expect(stdout + stderr).toMatch(/--delete-data removes the metrics of every cluster/);
  });
});

describe('a kubeconfig context for a cluster', () => {
  const contexts = (pairs: Record<string, string>, mode = 'auto') => ({
    ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_CONTEXTS: JSON.stringify(pairs),
    ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_MODE: mode,
  });

  it('is used where it is given; the others go through the hub, and the hub is reached directly', async () => {
    const { run } = await four();

    const { exitCode, requests } = await run('apply --yes -o json', { env: contexts({ ai: 'ai' }) });

    const ways = (name: string) => ({
      direct: requests.some(({ cluster, method }) => cluster === name && method === 'PUT'),
      actions: requests.some(({ method, path }) => method === 'POST' && path.includes(`${name}/managedclusteractions`)),
    });
    expect(exitCode).toBe(0);
    expect(ways('ai')).toEqual({ direct: true, actions: false });
    expect(ways('quest-1')).toEqual({ direct: false, actions: true });
    expect(ways('local-cluster').actions).toBe(false);
  });

  it('that leads to another cluster stops the run before anything is written', async () => {
    const { run } = await four();

    const { exitCode, report, requests } = await run('apply --yes -o json', { env: contexts({ ai: 'quest-1' }) });

    expect(exitCode).toBe(65);
    expect(report.problem).toMatchObject({
      code: 'wrong-cluster',
      what: expect.stringMatching(/^context quest-1 leads to .*, ai is /),
    });
    expect(writesIn(requests)).toEqual([]);
  });

  it('that does not answer fails that cluster, and no other', async () => {
    const { run, sandbox } = await four();
    sandbox.setOffline('ai', true);

    const { exitCode, report } = await run('plan -o json', { env: contexts({ ai: 'ai' }) });

    expect(exitCode).toBe(5);
    expect(report.problems.map(({ cluster, code }) => `${cluster} ${code}`)).toEqual(['ai unreachable']);
    expect(planned(report)).toEqual(['local-cluster', 'quest-1', 'quest-2']);
  });

  it('must be there for every cluster in mode contexts', async () => {
    const { run } = await four();

    const { exitCode, stdout, stderr } = await run('plan', { env: contexts({ ai: 'ai' }, 'contexts') });

    expect(exitCode).toBe(65);
    expect(stdout + stderr).toMatch(/userWorkloadMonitoring.contexts.quest-1/);
  });
});

describe('a policy that already declares the monitoring configuration', () => {
  it('is reported before anything is written, for the clusters it is placed on; the others are done', async () => {
    const { run, admin, sandbox } = await four();
    const objectDefinition = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: monitoring,
      data: { 'config.yaml': 'enableUserWorkload: true\n' },
    };
    const template = {
      apiVersion: 'policy.open-cluster-management.io/v1',
      kind: 'ConfigurationPolicy',
      metadata: { name: 'uwm' },
      spec: { 'object-templates': [{ objectDefinition }] },
    };
    const [managed] = sandbox.hub.list(ManagedClusterKind);
    const made = await admin.create(PolicyKind, {
      apiVersion: 'policy.open-cluster-management.io/v1',
      kind: 'Policy',
      metadata: { name: 'uwm', namespace: managed?.metadata.name ?? '' },
      spec: { remediationAction: 'enforce', 'policy-templates': [{ objectDefinition: template }] },
    });
    const path = `/apis/policy.open-cluster-management.io/v1/namespaces/${made.metadata.namespace}/policies/uwm/status`;
    const status = { ...made, status: { status: [{ clustername: 'ai', clusternamespace: 'ai' }] } };
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    await sandbox.transport(sandbox.hub.name).send({ method: 'PUT', path, headers, body: JSON.stringify(status) });

    const { exitCode, report } = await run('apply --yes -o json');
    const forced = await run('apply --yes --force-conflicts -o json');

    const row = report.changes.find(({ cluster }) => cluster === 'ai');
    expect(exitCode).toBe(6);
    expect(row).toMatchObject({ change: 'conflict', reason: expect.stringMatching(/^Policy \S+\/uwm owns data/) });
    expect(turnedOn(report)).toEqual(['local-cluster', 'quest-1', 'quest-2']);
    expect(turnedOn(forced.report)).toEqual(['ai']);
  });
});

describe('an apply of some steps', () => {
  it('ends when they are done, and says what it did not wait for', async () => {
    const { run, clock } = await four();
    const begun = clock.now();

    const { exitCode, report } = await run('apply --yes --only namespace -o json');

    const acm = report.checks.find(({ id }) => id === 'acm');
    expect(exitCode).toBe(0);
    expect(acm).toMatchObject({ verdict: 'skip', evidence: 'step observability was left out' });
    expect(clock.now() - begun).toBeLessThan(60_000);
  });

  it('proves the rest where one is skipped', async () => {
    const { run, sandbox } = await four();

    const { exitCode, report } = await run('apply --yes --skip user-workload-monitoring -o json');

    const of = (id: string) => report.checks.filter((check) => check.id === id).map(({ verdict }) => verdict);
    expect(exitCode).toBe(0);
    expect(new Set(of('uwm'))).toEqual(new Set(['skip']));
    expect(of('arrive')).toEqual(['pass', 'pass', 'pass', 'pass']);
    expect(sandbox.managed('quest-2').get(ConfigMapKind, monitoring)?.data?.['config.yaml'] ?? '').not.toContain(
      'enableUserWorkload: true',
    );
  });

  it('does not hide from verify what was left out', async () => {
    const { run } = await four();
    await run('apply --yes --skip user-workload-monitoring');

    const { exitCode, report } = await run('verify -o json');

    expect(exitCode).not.toBe(0);
    expect(
      report.checks.some(({ id, verdict, code }) => id === 'uwm' && verdict === 'fail' && code === 'uwm-off'),
    ).toBe(true);
  });
});

function turnedOn({ changes }: Report): string[] {
  return rowsOf(changes.filter(({ applied }) => applied));
}

function planned({ changes }: Report): string[] {
  return rowsOf(changes.filter(({ change }) => change === 'create' || change === 'update'));
}

function rowsOf(changes: Report['changes']): string[] {
  const own = changes.filter(({ step }) => step === 'user-workload-monitoring');
  return own.map(({ cluster }) => cluster).toSorted();
}
