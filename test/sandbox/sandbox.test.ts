import { afterEach, describe, expect, it } from 'vitest';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { createVirtualClock } from '../../src/adapters/virtual-clock.ts';
import { observabilityNamespace } from '../../src/hub.ts';
import {
  ConfigMapKind,
  condition,
  ManagedClusterKind,
  MultiClusterObservabilityKind,
  Namespace,
  PodKind,
  StatefulSetKind,
} from '../../src/kinds.ts';
import { parseFault } from '../../src/sandbox/faults/faults.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';

const begin = Date.parse('2026-01-05T09:00:00Z');
const ending: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function start(options: Omit<SandboxOptions, 'clock'> = {}) {
  const clock = createVirtualClock({ startMs: begin });
  const sandbox = await createSandbox({ ...options, clock });
  ending.push(async () => {
    await sandbox.stop();
    clock.stop();
  });
  const cluster = (name: string, token?: string) =>
    createCluster({ name, transport: sandbox.transport(name, token), clock, fieldManager: 'test' });
  return { sandbox, clock, cluster };
}

function ask(sandbox: Sandbox, path: string) {
  const query = `/api/v1/namespaces/${observabilityNamespace}/services/observability-thanos-query:9090/proxy${path}`;
  return sandbox.transport(sandbox.hub.name).send({ method: 'GET', path: query, headers: {} });
}

const monitoringConfig = { namespace: 'openshift-monitoring', name: 'cluster-monitoring-config' };

describe('a fresh sandbox', () => {
  it('is a hub that lacks nothing but observability', async () => {
    const { sandbox, cluster } = await start();

    const hub = cluster('local-cluster');

    expect(sandbox.clusters).toHaveLength(7);
    expect(await hub.list(ManagedClusterKind)).toHaveLength(8);
    expect(await hub.list(MultiClusterObservabilityKind)).toEqual([]);
    expect(await hub.get(Namespace, { name: observabilityNamespace })).toBeUndefined();
    const pods = await hub.list(PodKind, { namespace: 'open-cluster-management' });
    expect(pods.map(({ status }) => status?.phase)).toEqual(['Running', 'Running']);
    await expect(cluster('ai').list(ManagedClusterKind)).rejects.toMatchObject({ status: 404 });
  });

  it('asks for a token, and holds everybody but its administrator to their rights', async () => {
    const { sandbox, cluster } = await start();
    const nobody = sandbox.addUser({ name: 'anna', groups: ['system:authenticated'] });

    const bare = await sandbox.endpoint()?.send({ method: 'GET', path: '/api/v1/namespaces', headers: {} });

    expect(bare?.status).toBe(401);
    await expect(cluster('local-cluster', nobody).list(Namespace)).rejects.toMatchObject({ status: 403 });
    expect((await cluster('quest-3').list(Namespace)).length).toBeGreaterThan(0);
    expect(() => sandbox.transport('nowhere')).toThrow(RangeError);
  });

  it('has nobody behind the query Service', async () => {
    const { sandbox } = await start();

    const answer = await ask(sandbox, '/api/v1/query?query=up');

    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('no endpoints available for service');
  });

  it('notes who asked what of which cluster', async () => {
    const { sandbox, cluster } = await start();

    await cluster('quest-1').get(ConfigMapKind, monitoringConfig);

    expect(sandbox.requests.entries()).toEqual([
      {
        time: new Date(begin).toISOString(),
        method: 'GET',
        path: '/api/v1/namespaces/openshift-monitoring/configmaps/cluster-monitoring-config',
        status: 404,
        userAgent: expect.any(String),
        cluster: 'quest-1',
      },
    ]);
  });

  it('runs user-workload monitoring where it was on already', async () => {
    const { sandbox, clock } = await start();

    await clock.sleep(180_000);

    const key = { namespace: 'openshift-user-workload-monitoring', name: 'prometheus-user-workload' };
    expect(sandbox.managed('quest-5').get(StatefulSetKind, key)?.status?.readyReplicas).toBe(1);
    expect(sandbox.managed('quest-6').get(StatefulSetKind, key)).toBeUndefined();
  });
});

describe('the webhook of the operator', () => {
  const observability = {
    apiVersion: 'observability.open-cluster-management.io/v1beta2',
    kind: 'MultiClusterObservability',
    metadata: { name: 'observability' },
    spec: {
      observabilityAddonSpec: {},
      storageConfig: { metricObjectStorage: { name: 'thanos-object-storage', key: 'thanos.yaml' } },
    },
  };

  it.each([
    ['2.14', 'is not asked about Secrets', undefined],
    ['2.17', 'refuses nothing', undefined],
    ['5.0', 'wants the object storage Secret', 'object storage secret not found'],
  ])('on ACM %s %s', async (acm, _, refusal) => {
    const { cluster } = await start({ acm, size: 1 });

    const made = cluster('local-cluster').apply(MultiClusterObservabilityKind, observability, { dryRun: true });

    if (refusal === undefined) expect((await made).metadata.name).toBe('observability');
    else await expect(made).rejects.toThrow(refusal);
  });
});

describe('an installed sandbox', () => {
  it.each([
    ['2.14', 8],
    ['2.17', 3],
  ])('of ACM %s is ready, and every one of %i clusters sends', async (acm, size) => {
    const { sandbox, clock } = await start({ state: 'installed', acm, size });

    const answer = await ask(sandbox, '/api/v1/query?query=max by (cluster) (timestamp(machine_cpu_cores))');

    const [observability] = sandbox.hub.list(MultiClusterObservabilityKind);
    expect(condition(observability, 'Ready')?.status).toBe('True');
    const { data } = JSON.parse(await answer.text());
    const ages = data.result.map(({ value }: { value: [number, string] }) => clock.now() / 1000 - Number(value[1]));
    expect(ages).toHaveLength(size);
    expect(Math.max(...ages)).toBeLessThan(660);
  });

  it('goes on sending, evaluates its rules, and tells of them', async () => {
    const { sandbox, clock } = await start({ state: 'installed', size: 3 });

    await clock.sleep(600_000);
    const answer = await ask(sandbox, '/api/v1/rules');

    const groups: { rules: { name: string; health: string }[] }[] = JSON.parse(await answer.text()).data.groups;
    const rule = groups.flatMap(({ rules }) => rules).find(({ name }) => name === 'cluster:cpu_cores:sum');
    expect(rule?.health).toBe('ok');
    expect([...sandbox.metrics.series('cluster:cpu_cores:sum')].length).toBe(3);
  });

  it('stops hearing from a cluster that goes offline, and says so after a while', async () => {
    const { sandbox, clock, cluster } = await start({ state: 'installed', size: 3 });
    const available = () => {
      const object = sandbox.hub.get(ManagedClusterKind, { name: 'quest-1' });
      return condition(object, 'ManagedClusterConditionAvailable')?.status;
    };

    sandbox.setOffline('quest-1', true);
    await expect(cluster('quest-1').get(Namespace, { name: 'default' })).rejects.toThrow('quest-1');
    await clock.sleep(20 * 60_000);
    const away = available();
    const [series] = [...sandbox.metrics.series('machine_cpu_cores')].filter(
      ({ labels }) => labels.cluster === 'quest-1',
    );
    const age = clock.now() / 1000 - (series?.points.at(-1)?.timestamp ?? 0);
    sandbox.setOffline('quest-1', false);
    await clock.sleep(120_000);

    expect(away).toBe('Unknown');
    expect(age).toBeGreaterThan(15 * 60);
    expect(available()).toBe('True');
  });
});

describe('people', () => {
  it('edit as kubectl edit does: their name is on what they changed', async () => {
    const { sandbox } = await start();

    await sandbox.people.editConfigMap('quest-3', monitoringConfig, 'config.yaml', 'enableUserWorkload: false\n');

    const map = sandbox.managed('quest-3').get(ConfigMapKind, monitoringConfig);
    expect(map?.data).toEqual({ 'config.yaml': 'enableUserWorkload: false\n' });
    expect(map?.metadata.managedFields?.map(({ manager }) => manager)).toContain('kubectl-edit');
  });

  it('turn user-workload monitoring off and leave the rest of the document', async () => {
    const { sandbox } = await start();
    const before = sandbox.managed('quest-5').get(ConfigMapKind, monitoringConfig)?.data?.['config.yaml'];

    await sandbox.people.turnOffUserWorkload('quest-5');

    const after = sandbox.managed('quest-5').get(ConfigMapKind, monitoringConfig)?.data?.['config.yaml'];
    expect(after).toBe(before?.replace('enableUserWorkload: true', 'enableUserWorkload: false'));
  });
});

describe('options', () => {
  it.each([
    [{ acm: 'new' }, 'not a version'],
    [{ acm: '2.14', architecture: 'mcoa' as const }, 'ACM 2.15'],
    [{ size: 0 }, 'at least one cluster'],
    [{ speed: 0 }, 'speed'],
  ])('%j are refused', async (options, words) => {
    await expect(createSandbox(options)).rejects.toThrow(words);
  });

  it('clock-skew puts the hub’s clock ahead', async () => {
    const { sandbox, cluster } = await start({ faults: [parseFault('clock-skew')] });

    const made = await cluster('local-cluster').create(Namespace, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'new' },
    });

    expect(Date.parse(made.metadata.creationTimestamp ?? '') - begin).toBeGreaterThanOrEqual(20 * 60_000);
    expect(sandbox.requests.entries()[0]?.time).toMatch(/^2026-01-05T09:20/);
  });

  it('offline cuts off some of the managed clusters, never the hub', async () => {
    const { sandbox, cluster } = await start({ faults: [parseFault('offline:1')] });

    await expect(cluster('ai').get(Namespace, { name: 'default' })).rejects.toThrow('ai');
    expect(await cluster(sandbox.hub.name).get(Namespace, { name: 'default' })).toBeDefined();
  });
});
