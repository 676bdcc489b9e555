import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  type Condition,
  ConfigMapKind,
  DeploymentKind,
  type KubeObject,
  ManagedClusterAddOnKind,
  ManagedClusterKind,
  MultiClusterObservabilityKind,
  Namespace,
  ObservabilityAddonKind,
  StatefulSetKind,
} from '../../../src/kinds.ts';
import { AddOnDeploymentConfigKind, MonitoringOperatorKind, WorkKind } from '../../../src/sandbox/controllers/kinds.ts';
import { addonNamespace, customAllowlist, hubNamespace } from '../../../src/sandbox/controllers/names.ts';
import { environmentOf } from '../../../src/sandbox/controllers/workload.ts';
import { createWorld, prepare, smallestCr, type World } from './world.ts';

let world: World;

const commented = `# ours
enableUserWorkload: false # later
prometheusK8s:
  retention: 15d
  fieldOfTomorrow: 1
`;

const config = { name: 'cluster-monitoring-config', namespace: 'openshift-monitoring' };

beforeAll(async () => {
  world = await createWorld({
    clusters: ['ai', 'broken', 'nodata', 'off', 'away', 'unlabelled'],
    series: [
      { name: 'up', labels: { job: 'node', prometheus: 'k8s' }, value: 1 },
      { name: 'quest_done', labels: { user: 'ann' }, value: 1, userWorkload: true },
      { name: 'secret_metric', labels: {}, value: 1 },
    ],
  });
  const seed = (cluster: string, data?: Record<string, string>) =>
    world.servers.get(cluster)?.seed([
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { ...config, annotations: { ours: 'kept' } },
        ...(data && { data }),
      },
    ]);
  seed('ai', { 'config.yaml': commented, other: 'kept' });
  seed('broken', { 'config.yaml': 'a: [1' });
  seed('nodata');
  world.running.get('away')?.setOnline(false);
  await world.hub.mergePatch(
    ManagedClusterKind,
    { name: 'off' },
    { metadata: { labels: { observability: 'disabled' } } },
  );
  await world.hub.mergePatch(
    ManagedClusterKind,
    { name: 'unlabelled' },
    { metadata: { labels: { vendor: 'auto-detect' } } },
  );
  await prepare(world);
  await world.hub.create(ConfigMapKind, allowlist({ 'metrics_list.yaml': 'names:\n  - absent_metric\n' }));
  await world.hub.create(MultiClusterObservabilityKind, smallestCr());
  await world.until('ai is available', () => addon('ai', 'Available')?.status === 'True');
});

afterAll(() => world.stop());

function allowlist(data: Record<string, string>) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: customAllowlist, namespace: hubNamespace }, data };
}

function addon(cluster: string, type: string): Condition | undefined {
  const live = world.hubServer.get(ObservabilityAddonKind, { name: 'observability-addon', namespace: cluster });
  return live?.status?.conditions?.find((condition) => condition.type === type);
}

function onCluster(cluster: string) {
  return world.servers.get(cluster) ?? expect.fail(`no ${cluster}`);
}

function text(cluster: string): string | undefined {
  return onCluster(cluster).get(ConfigMapKind, config)?.data?.['config.yaml'];
}

function argumentsOf(cluster: string, name = 'metrics-collector-deployment'): string[] {
  const live = onCluster(cluster).get(DeploymentKind, { name, namespace: addonNamespace });
  const spec = live?.spec?.template as { spec?: { containers?: { args?: string[] }[] } } | undefined;
  return spec?.spec?.containers?.[0]?.args ?? [];
}

describe('placement', () => {
  test('brings the add-on to every cluster but those that opted out or are not known well enough', () => {
    const clusters = world.hubServer.list(ObservabilityAddonKind).map(({ metadata }) => metadata.namespace);

    expect(clusters).toEqual(['ai', 'away', 'broken', 'nodata']);
    expect(world.hubServer.list(WorkKind).map(({ metadata }) => metadata.name)).toEqual(
      clusters.map((name) => `${name}-observability`),
    );
  });

  test('gives the hub none, and its collectors run beside observability', () => {
    expect(
      world.hubServer.get(ObservabilityAddonKind, { name: 'observability-addon', namespace: 'local-cluster' }),
    ).toBeUndefined();
    expect(
      world.hubServer.get(DeploymentKind, { name: 'metrics-collector-deployment', namespace: hubNamespace }),
    ).toBeDefined();
  });

  test('an add-on on the way says Addon Installing, and one on a cluster that is away goes on saying so', () => {
    const view = world.hubServer.get(ManagedClusterAddOnKind, { name: 'observability-controller', namespace: 'away' });

    expect(view?.status?.conditions).toMatchObject([
      { type: 'Progressing', status: 'True', reason: 'ManifestWorkCreated', message: 'Addon Installing' },
    ]);
  });

  test('an edit of the custom list reaches every ManifestWork and, from there, the collectors', async () => {
    await world.hub.mergePatch(
      ConfigMapKind,
      { name: customAllowlist, namespace: hubNamespace },
      { data: { 'metrics_list.yaml': 'names:\n  - fresh\n' } },
    );
    await world.pass(1);
    const works = world.hubServer.list(WorkKind).map((work) => JSON.stringify(work.spec).includes('- fresh'));
    await world.until('the collector has it', () => argumentsOf('ai').includes('--match={__name__="fresh"}'), 60);

    expect(works).toEqual([true, true, true, true]);
  });

  test('a wrong type in one key takes the custom entries of both away from every cluster', async () => {
    const key = { name: customAllowlist, namespace: hubNamespace };
    await world.hub.mergePatch(ConfigMapKind, key, { data: { 'uwl_metrics_list.yaml': 'names: wrong\n' } });
    await world.pass(1);
    const works = world.hubServer.list(WorkKind).map((work) => JSON.stringify(work.spec).includes('- fresh'));
    await world.hub.mergePatch(ConfigMapKind, key, { data: { 'uwl_metrics_list.yaml': 'names:\n  - quest_done\n' } });
    await world.pass(30);

    expect(works).toEqual([false, false, false, false]);
  });
});

describe('the operator on a cluster', () => {
  test('rewrites the monitoring configuration: its parts in, comments and unknown keys out, all else kept', () => {
    const live = onCluster('ai').get(ConfigMapKind, config);

    expect(text('ai')).not.toMatch(/#|fieldOfTomorrow/);
    expect(parse(text('ai') ?? '')).toMatchObject({
      enableUserWorkload: false,
      prometheusK8s: { retention: '15d', externalLabels: { managed_cluster: 'ai-id' } },
    });
    expect(live?.data?.other).toBe('kept');
    expect(live?.metadata.annotations).toEqual({ ours: 'kept' });
  });

  test('leaves text that is no YAML alone, runs no collector, and tells nobody', () => {
    expect(text('broken')).toBe('a: [1');
    expect(
      onCluster('broken').get(DeploymentKind, { name: 'metrics-collector-deployment', namespace: addonNamespace }),
    ).toBeUndefined();
    expect(addon('broken', 'MetricsCollector')).toBeUndefined();
  });

  test('retries for ever on a map without data, and tells nobody', () => {
    const panics = world.log.filter(({ cluster, message }) => cluster === 'nodata' && message.includes('nil map'));

    expect(panics.length).toBeGreaterThan(3);
    expect(onCluster('nodata').get(ConfigMapKind, config)?.data).toBeUndefined();
    expect(addon('nodata', 'MetricsCollector')).toBeUndefined();
  });

  test('heals its part when a person replaces everything', async () => {
    await onCluster('ai').list(ConfigMapKind);
    await world.clusters
      .get('ai')
      ?.as('kubectl')
      .mergePatch(ConfigMapKind, config, { data: { 'config.yaml': 'prometheusK8s:\n  retention: 7d\n' } });
    await world.pass(5);

    expect(parse(text('ai') ?? '')).toMatchObject({
      prometheusK8s: { retention: '7d', externalLabels: { managed_cluster: 'ai-id' } },
    });
  });

  test('says ForwardSuccessful after the first push, and the console shows it', () => {
    expect(addon('ai', 'MetricsCollector')).toMatchObject({
      reason: 'ForwardSuccessful',
      message: 'Cluster metrics sent successfully',
    });
    expect(addon('ai', 'UwlMetricsCollector')).toMatchObject({
      reason: 'Disabled',
      message: 'UWL Metrics collector disabled',
    });
    const view = world.hubServer.get(ManagedClusterAddOnKind, { name: 'observability-controller', namespace: 'ai' });
    expect(view?.status?.conditions?.find(({ type }) => type === 'Available')).toMatchObject({
      status: 'True',
      message: 'observability-controller add-on is available.',
    });
  });

  test('pushes its own series with cluster and clusterID, at the time of their scrape', () => {
    const samples = world.samples.filter(({ labels }) => labels.cluster === 'ai');

    expect(samples[0]).toMatchObject({
      labels: { __name__: 'up', job: 'node', cluster: 'ai', clusterID: 'ai-id' },
      value: 1,
    });
    expect(samples[0]?.labels).not.toHaveProperty('prometheus');
    expect((samples[0]?.timestamp ?? 1) % 30).toBe(0);
    expect(samples.map(({ labels }) => labels.__name__)).not.toContain('secret_metric');
  });

  test("the hub pushes the fleet's inventory", () => {
    const inventory = world.samples.filter(({ labels }) => labels.__name__ === 'acm_managed_cluster_labels');

    expect(new Set(inventory.map(({ labels }) => labels.name))).toContain('away');
    expect(inventory[0]?.labels.cluster).toBe('local-cluster');
  });
});

describe('user-workload monitoring', () => {
  test('switched on brings its Prometheus, then its collector, then its series, and stays on', async () => {
    const before = parse(text('ai') ?? '');
    await world.clusters
      .get('ai')
      ?.as('kubectl')
      .mergePatch(ConfigMapKind, config, { data: { 'config.yaml': `enableUserWorkload: true\n${text('ai')}` } });
    await world.until('series arrive', () => world.samples.some(({ labels }) => labels.__name__ === 'quest_done'), 900);

    expect(before).not.toHaveProperty('enableUserWorkload');
    expect(
      onCluster('ai').get(StatefulSetKind, {
        name: 'prometheus-user-workload',
        namespace: 'openshift-user-workload-monitoring',
      })?.spec?.replicas,
    ).toBe(2);
    expect(addon('ai', 'UwlMetricsCollector')).toMatchObject({ reason: 'ForwardSuccessful' });
    expect(parse(text('ai') ?? '')).toMatchObject({ enableUserWorkload: true });
    const user = onCluster('ai').get(ConfigMapKind, {
      name: 'user-workload-monitoring-config',
      namespace: 'openshift-user-workload-monitoring',
    });
    expect(parse(user?.data?.['config.yaml'] ?? '')).toHaveProperty('prometheus.additionalAlertmanagerConfigs');
  });

  test('the monitoring operator tells of a text it cannot read, after a few attempts', async () => {
    const told = () => {
      const operator = onCluster('broken').get(MonitoringOperatorKind, { name: 'monitoring' });
      return operator?.status?.conditions?.find(({ type }) => type === 'Degraded');
    };

    await world.until('Degraded', () => told()?.status === 'True', 900);

    expect(told()).toMatchObject({ reason: 'InvalidConfiguration' });
  });

  test('switched off takes both away again', async () => {
    await world.clusters
      .get('ai')
      ?.as('kubectl')
      .mergePatch(ConfigMapKind, config, {
        data: { 'config.yaml': (text('ai') ?? '').replace('enableUserWorkload: true', 'enableUserWorkload: false') },
      });
    await world.until('Disabled', () => addon('ai', 'UwlMetricsCollector')?.reason === 'Disabled', 300);

    expect(onCluster('ai').list(StatefulSetKind, 'openshift-user-workload-monitoring')).toEqual([]);
    expect(
      onCluster('ai').get(DeploymentKind, { name: 'uwl-metrics-collector-deployment', namespace: addonNamespace }),
    ).toBeUndefined();
  });
});

describe('a proxy', () => {
  test('that a cluster’s add-on is configured with reaches its collectors; taken away, it goes', async () => {
    const key = { name: 'observability-controller', namespace: 'ai' };
    const collector = { name: 'metrics-collector-deployment', namespace: addonNamespace };
    const proxied = () => environmentOf(onCluster('ai').get(DeploymentKind, collector) ?? expect.fail('no collector'));
    const proxyConfig = { httpsProxy: 'http://proxy.example.net:3128', noProxy: '.svc' };
    await world.hub.create(AddOnDeploymentConfigKind, {
      apiVersion: 'addon.open-cluster-management.io/v1alpha1',
      kind: 'AddOnDeploymentConfig',
      metadata: { name: 'proxy', namespace: 'ai' },
      spec: { proxyConfig },
    });
    const named = { group: 'addon.open-cluster-management.io', resource: 'addondeploymentconfigs', name: 'proxy' };

    await world.hub.mergePatch<KubeObject>(ManagedClusterAddOnKind, key, { spec: { configs: [named] } });
    await world.until('the proxy', () => 'HTTPS_PROXY' in proxied());

    expect(proxied()).toEqual({ HTTPS_PROXY: 'http://proxy.example.net:3128', NO_PROXY: '.svc' });
    await world.hub.mergePatch<KubeObject>(ManagedClusterAddOnKind, key, { spec: { configs: [] } });
    await world.until('no proxy', () => !('HTTPS_PROXY' in proxied()));
  });
});

describe('a writer who keeps undoing', () => {
  test('is told of as a reconcile loop', async () => {
    for (let round = 0; round < 7; round += 1) {
      await world.clusters
        .get('ai')
        ?.as('gitops')
        .mergePatch(ConfigMapKind, config, { data: { 'config.yaml': '{}\n' } });
      await world.pass(5);
    }

    expect(addon('ai', 'MetricsCollector')).toMatchObject({
      reason: 'CMOReconcileLoopDetected',
      message: 'CMO configuration is being constantly updated.',
    });
    expect(addon('ai', 'Degraded')?.status).toBe('True');
  });
});

describe('on the way out', () => {
  test('a reachable cluster is cleaned up; one that is away keeps what it has and holds nothing up for more than a minute', async () => {
    world.running.get('away')?.setOnline(true);
    await world.until('away has it', () => text('away') !== undefined, 600);
    world.running.get('away')?.setOnline(false);

    await world.hub.delete(MultiClusterObservabilityKind, { name: 'observability' });
    await world.until('add-ons gone', () => world.hubServer.list(ObservabilityAddonKind).length === 0, 90);
    await world.pass(60);

    // Nothing else was in it.
    expect(text('ai')).toBe('{}\n');
    expect(onCluster('ai').get(Namespace, { name: addonNamespace })).toBeUndefined();
    expect(parse(text('away') ?? '')).toHaveProperty('prometheusK8s.additionalAlertmanagerConfigs');
    expect(onCluster('away').get(Namespace, { name: addonNamespace })).toBeDefined();
    expect(world.hubServer.get(ConfigMapKind, config)).toBeUndefined();
  });
});
