import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type Condition,
  ConfigMapKind,
  DeploymentKind,
  ManagedClusterAddOnKind,
  MultiClusterHubKind,
  MultiClusterObservabilityKind,
  ObservabilityAddonKind,
  PersistentVolumeClaimKind,
  PodKind,
  SecretKind,
  StatefulSetKind,
  StorageClassKind,
} from '../../../src/kinds.ts';
import {
  ClusterManagementAddOnKind,
  ClusterRoleKind,
  OAuthClientKind,
  ObservatoriumKind,
  ScrapeConfigKind,
  StorageVersionMigrationKind,
  WorkKind,
} from '../../../src/sandbox/controllers/kinds.ts';
import { customRules, hubNamespace } from '../../../src/sandbox/controllers/names.ts';
import { createWorld, prepare, smallestCr, storageClass, thanosYaml, type World, type WorldOptions } from './world.ts';

const cr = { name: 'observability' };
const secret = { name: 'thanos-object-storage', namespace: hubNamespace };
const alertmanager = { name: 'observability-alertmanager', namespace: hubNamespace };
const rulerPod = { name: 'observability-thanos-rule-0', namespace: hubNamespace };
const grafana = { name: 'observability-grafana', namespace: hubNamespace };

function conditions({ hubServer }: World, name = 'observability'): readonly Condition[] {
  return hubServer.get(MultiClusterObservabilityKind, { name })?.status?.conditions ?? [];
}

function said(made: World, name?: string): string[] {
  return conditions(made, name)
    .map(({ type, status, reason }) => `${type}=${status} ${reason}`)
    .toSorted();
}

async function ready(made: World): Promise<void> {
  await made.until('Ready', () => conditions(made).some(({ type }) => type === 'Ready'));
}

async function installed(options: WorldOptions): Promise<World> {
  const made = await createWorld({ clusters: [], ...options });
  await prepare(made);
  await made.hub.create(MultiClusterObservabilityKind, smallestCr());
  await ready(made);
  return made;
}

function withBucket(bucket: string): string {
  return Buffer.from(thanosYaml.replace('metrics', bucket)).toString('base64');
}

const rulesKey = { name: customRules, namespace: hubNamespace };
const goodRules = 'groups:\n  - name: ours\n    rules:\n      - record: a:b\n        expr: sum(up)\n';

function rulesMap(text: string) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: rulesKey, data: { 'custom_rules.yaml': text } };
}

function rulesOrder({ hubServer }: World): string[] | undefined {
  const observatorium = hubServer.get(ObservatoriumKind, { name: 'observability', namespace: hubNamespace });
  return observatorium?.spec?.thanos?.rule?.rulesConfig?.map(({ key }) => key);
}

describe('2.14', () => {
  let made: World;

  beforeAll(async () => {
    made = await createWorld({ clusters: ['ai'] });
    await prepare(made);
  });

  afterAll(() => made.stop());

  test('says nothing on a fresh object, a failure with status False while it works, and then Installing and Ready for ever', async () => {
    const fresh = await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.pass(1);
    const early = said(made);
    await ready(made);
    await made.pass(600);

    expect(fresh.status).toBeUndefined();
    expect(early).toEqual(['Failed=False DeploymentNotReady', 'Installing=True Installing']);
    expect(said(made)).toEqual(['Installing=True Installing', 'Ready=True Ready']);
  });

  test('gives the pull secret an owner and both secrets the backup label, and keeps their data', () => {
    const pull = made.hubServer.get(SecretKind, {
      name: 'multiclusterhub-operator-pull-secret',
      namespace: hubNamespace,
    });
    const thanos = made.hubServer.get(SecretKind, secret);

    const backup = { 'cluster.open-cluster-management.io/backup': '' };
    expect(pull?.metadata.ownerReferences).toMatchObject([
      { kind: 'MultiClusterObservability', name: 'observability' },
    ]);
    expect(pull?.metadata.labels).toEqual(backup);
    expect(thanos?.metadata.ownerReferences).toBeUndefined();
    expect(thanos?.metadata.labels).toEqual(backup);
    expect(Buffer.from(thanos?.data?.['thanos.yaml'] ?? '', 'base64').toString()).toBe(thanosYaml);
  });

  test('sets back what a person changes in an object of its own', async () => {
    await made.hub.as('kubectl').mergePatch(DeploymentKind, grafana, { spec: { replicas: 0 } });
    await made.pass(120);

    expect(made.hubServer.get(DeploymentKind, grafana)?.spec?.replicas).toBe(2);
  });

  test('leaves the Alertmanager alone when the storage class changes', async () => {
    made.hubServer.seed([storageClass('other', false)]);
    const before = made.hubServer.get(StatefulSetKind, alertmanager)?.metadata.uid;

    await made.hub.mergePatch(MultiClusterObservabilityKind, cr, {
      spec: { storageConfig: { storageClass: 'other' } },
    });
    await made.pass(60);

    expect(made.hubServer.get(StatefulSetKind, alertmanager)?.metadata.uid).toBe(before);
  });

  test('puts custom rules first, and creating them rolls the ruler', async () => {
    const before = made.hubServer.get(PodKind, rulerPod)?.metadata.uid;

    await made.hub.create(ConfigMapKind, rulesMap(goodRules));
    await made.pass(400);

    expect(rulesOrder(made)).toEqual(['custom_rules.yaml', 'default_rules.yaml']);
    expect(made.hubServer.get(PodKind, rulerPod)?.metadata.uid).not.toBe(before);
    expect(made.rules.at(-1)?.map(({ name }) => name)).toEqual(['custom_rules.yaml', 'default_rules.yaml']);
  });

  test('loads a good edit of the rules without a restart', async () => {
    const before = made.hubServer.get(PodKind, rulerPod)?.metadata.uid;

    await made.hub.mergePatch(ConfigMapKind, rulesKey, {
      data: { 'custom_rules.yaml': goodRules.replace('a:b', 'a:c') },
    });
    await made.pass(90);

    expect(made.rules.at(-1)?.[0]?.text).toContain('a:c');
    expect(made.hubServer.get(PodKind, rulerPod)?.metadata.uid).toBe(before);
  });

  test('keeps the old rules after a broken edit, which lies dormant until the next start', async () => {
    const broken = goodRules.replace('sum(up)', 'sum(up');

    await made.hub.mergePatch(ConfigMapKind, rulesKey, { data: { 'custom_rules.yaml': broken } });
    await made.pass(300);
    const active = made.rules.at(-1)?.find(({ name }) => name === 'custom_rules.yaml')?.text;
    await made.hub.delete(PodKind, { ...rulerPod, name: 'observability-thanos-rule-2' });
    await made.pass(120);
    const pod = made.hubServer.get(PodKind, { ...rulerPod, name: 'observability-thanos-rule-2' });
    await made.hub.mergePatch(ConfigMapKind, rulesKey, { data: { 'custom_rules.yaml': goodRules } });

    expect(active).toContain('a:c');
    expect(pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe('CrashLoopBackOff');
  });

  test('a StatefulSet of Thanos rolls one Pod after the other when its template changes', async () => {
    const key = { name: 'observability-thanos-receive-default', namespace: hubNamespace };
    const least: number[] = [];
    const end = made.hubServer.onChange(({ object }) => {
      if (object.metadata.name !== key.name || object.kind !== 'StatefulSet') return;
      least.push((object as { status?: { readyReplicas?: number } }).status?.readyReplicas ?? 0);
    });
    const uids = () => {
      const pods = made.hubServer.list(PodKind, hubNamespace);
      return pods.filter(({ metadata }) => metadata.name.startsWith(key.name)).map(({ metadata }) => metadata.uid);
    };
    const before = uids();

    await made.hub.mergePatch(StatefulSetKind, key, {
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } },
    });
    await made.pass(600);
    end();

    expect(uids()).toHaveLength(3);
    expect(uids().filter((uid) => before.includes(uid))).toEqual([]);
    expect(Math.min(...least)).toBe(2);
  });

  test('stays Ready when the secret goes or a StatefulSet is deleted', async () => {
    await made.hub.delete(SecretKind, secret);
    await made.hub.delete(StatefulSetKind, alertmanager);
    await made.pass(5);

    expect(said(made)).toEqual(['Installing=True Installing', 'Ready=True Ready']);
  });

  test('deleted, leaves what the real one leaves, in its order', async () => {
    const order = deletions(made);

    await made.hub.delete(MultiClusterObservabilityKind, cr);
    await gone(made, 30);
    await made.pass(120);

    expectOrder(order);
    expectLeftovers(made, []);
  });

  test('installed again right after it, comes up again', async () => {
    await made.hub.create(SecretKind, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: secret,
      data: { 'thanos.yaml': withBucket('metrics') },
    });

    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await ready(made);

    expect(said(made)).toEqual(['Installing=True Installing', 'Ready=True Ready']);
  });
});

async function gone(made: World, seconds: number): Promise<void> {
  await made.until('gone', () => made.hubServer.get(MultiClusterObservabilityKind, cr) === undefined, seconds);
}

function deletions({ hubServer }: World): string[] {
  const order: string[] = [];
  hubServer.onChange(({ type, object }) => {
    if (type === 'DELETED') order.push(object.kind);
  });
  return order;
}

function expectOrder(order: readonly string[]): void {
  expect(order.indexOf('OAuthClient')).toBeLessThan(order.indexOf('ObservabilityAddon'));
  expect(order.indexOf('ObservabilityAddon')).toBeLessThan(order.indexOf('ManifestWork'));
}

function expectLeftovers({ hubServer }: World, addons: readonly string[]): void {
  expect(hubServer.list(ObservabilityAddonKind)).toEqual([]);
  expect(hubServer.list(WorkKind)).toEqual([]);
  expect(hubServer.list(OAuthClientKind)).toEqual([]);
  expect(hubServer.list(ManagedClusterAddOnKind).map(({ metadata }) => metadata.namespace)).toEqual(addons);
  const roles = hubServer.list(ClusterRoleKind).filter(({ metadata }) => metadata.labels?.owner !== undefined);
  expect(roles.map(({ metadata }) => metadata.name)).toEqual([
    'aggregate-observabilityaddons-edit',
    'open-cluster-management:endpoint-observability-operator',
  ]);
  expect(hubServer.list(StorageVersionMigrationKind)).toHaveLength(1);
  expect(hubServer.list(DeploymentKind, hubNamespace)).toEqual([]);
  expect(hubServer.list(PodKind, hubNamespace)).toEqual([]);
  expect(hubServer.list(PersistentVolumeClaimKind, hubNamespace).length).toBeGreaterThan(0);
  // It had become the operator's.
  expect(
    hubServer.get(SecretKind, { name: 'multiclusterhub-operator-pull-secret', namespace: hubNamespace }),
  ).toBeUndefined();
}

describe('2.17', () => {
  let made: World;
  const seen = new Set<string>();
  const capabilities = { platform: { metrics: { default: { enabled: true } } } };
  const manager = { name: 'multicluster-observability-addon-manager', namespace: hubNamespace };
  const authentication = { name: 'extension-apiserver-authentication', namespace: 'kube-system' };

  beforeAll(async () => {
    made = await createWorld({ version: '2.17.0', clusters: ['ai'], addonCrds: true });
    made.hubServer.onChange(({ object }) => {
      if (object.kind !== 'MultiClusterObservability') return;
      const { status } = object as { status?: { conditions?: Condition[] } };
      seen.add((status?.conditions ?? []).map(({ type, message }) => `${type}: ${message}`).join('; '));
    });
    await prepare(made);
    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await ready(made);
  });

  afterAll(() => made.stop());

  test('says Failed and Installing at once, and Ready alone at the end', () => {
    expect([...seen][1]).toBe(
      'Failed: deployment observability-grafana not found; Installing: Installation is in progress',
    );
    expect(said(made)).toEqual(['Ready=True Ready']);
  });

  test('tells of a missing and of a broken secret within a second, and recovers', async () => {
    await made.hub.delete(SecretKind, secret);
    await made.pass(1);
    const missing = conditions(made);
    const again = { apiVersion: 'v1', kind: 'Secret', metadata: secret, data: { 'thanos.yaml': withBucket('b') } };
    await made.hub.create(SecretKind, again);
    await made.pass(1);
    const broken = conditions(made);
    await made.hub.mergePatch(SecretKind, secret, { data: { 'thanos.yaml': withBucket('metrics') } });
    await made.pass(1);

    expect(missing.map(({ type }) => type).toSorted()).toEqual(['Failed', 'Installing']);
    expect(missing[0]).toMatchObject({ status: 'True', reason: 'ObjectStorageSecretNotFound' });
    expect(broken[0]?.message).toMatch(
      /^object storage configuration is invalid: bucket name 'b' is too short \(1 characters\)/,
    );
    expect(said(made)).toEqual(['Ready=True Ready']);
  });

  test('tells that collection is switched off, beside Ready', async () => {
    const set = (enableMetrics: boolean) =>
      made.hub.mergePatch(MultiClusterObservabilityKind, cr, { spec: { observabilityAddonSpec: { enableMetrics } } });

    await set(false);
    await made.pass(2);
    const off = said(made);
    await set(true);
    await made.pass(2);

    expect(off).toEqual(['MetricsDisabled=True MetricsDisabled', 'Ready=True Ready']);
    expect(said(made)).toEqual(['Ready=True Ready']);
  });

  test('paused, says nothing and does nothing, whatever happens', async () => {
    const pause = (value: string | null) =>
      made.hub.mergePatch(MultiClusterObservabilityKind, cr, { metadata: { annotations: { 'mco-pause': value } } });

    await pause('true');
    await made.hub.delete(DeploymentKind, grafana);
    await made.pass(60);
    const during = [said(made), made.hubServer.get(DeploymentKind, grafana)];
    await pause(null);
    await made.pass(90);

    expect(during).toEqual([['Ready=True Ready'], undefined]);
    expect(made.hubServer.get(DeploymentKind, grafana)).toBeDefined();
  });

  test('gives a second object the same conditions, stops for both, and is repaired by its deletion', async () => {
    await made.hub.create(MultiClusterObservabilityKind, smallestCr({}, 'another'));
    await made.pass(2);
    const second = said(made, 'another');
    await made.hub.delete(DeploymentKind, grafana);
    await made.pass(60);
    const whileTwo = made.hubServer.get(DeploymentKind, grafana);
    await made.hub.delete(MultiClusterObservabilityKind, { name: 'another' });
    await made.pass(120);

    expect(second).toEqual(['Ready=True Ready']);
    expect(whileTwo).toBeUndefined();
    expect(said(made)).toEqual(['Ready=True Ready']);
  });

  test('makes the Alertmanager anew when the storage class changes', async () => {
    made.hubServer.seed([storageClass('other', false)]);
    const before = made.hubServer.get(StatefulSetKind, alertmanager)?.metadata.uid;

    await made.hub.mergePatch(MultiClusterObservabilityKind, cr, {
      spec: { storageConfig: { storageClass: 'other' } },
    });
    await made.pass(120);

    expect(made.hubServer.get(StatefulSetKind, alertmanager)?.metadata.uid).not.toBe(before);
  });

  test('has rules of its own for the hub, behind custom and default ones', async () => {
    await made.hub.create(ConfigMapKind, rulesMap(goodRules));
    await made.pass(400);

    expect(rulesOrder(made)).toEqual(['custom_rules.yaml', 'default_rules.yaml', 'hub_rules.yaml']);
  });

  test('stays Ready and does nothing more for the addon architecture while a prerequisite is missing', async () => {
    await made.hub.delete(ConfigMapKind, authentication);

    await made.hub.mergePatch(MultiClusterObservabilityKind, cr, { spec: { capabilities } });
    await made.pass(60);

    expect(said(made)).toContain('Ready=True Ready');
    expect(made.hubServer.get(DeploymentKind, manager)).toBeUndefined();
  });

  test('takes the legacy side away at once when the addon architecture is switched on', async () => {
    await made.hub.create(ConfigMapKind, { apiVersion: 'v1', kind: 'ConfigMap', metadata: authentication, data: {} });
    await made.hub.mergePatch(MultiClusterObservabilityKind, cr, { metadata: { annotations: { touch: '1' } } });
    await made.until('the manager', () => made.hubServer.get(DeploymentKind, manager) !== undefined, 10);

    expect(made.hubServer.list(WorkKind)).toEqual([]);
    expect(made.hubServer.list(ObservabilityAddonKind)).toEqual([]);
    expect(made.hubServer.get(DeploymentKind, manager)).toBeDefined();
  });

  test('goes in seconds though the secret was deleted first, and leaves one add-on', async () => {
    await made.hub.delete(SecretKind, secret);
    await made.hub.delete(MultiClusterObservabilityKind, cr);
    await gone(made, 15);
    await made.pass(120);

    expectLeftovers(made, [hubNamespace]);
  });
});

describe('a hub of its own', () => {
  let made: World | undefined;

  afterEach(async () => {
    await made?.stop();
    made = undefined;
  });

  test('that is being upgraded gets nothing made and nothing told until it is settled', async () => {
    made = await createWorld({ version: '2.17.0', clusters: [] });
    await prepare(made);
    await setDesired(made, '2.17.1');

    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.pass(120);
    const during = [said(made), made.hubServer.list(DeploymentKind, hubNamespace)];
    await setDesired(made, '2.17.0');
    await made.pass(30);

    expect(during).toEqual([[], []]);
    expect(said(made).length).toBeGreaterThan(0);
  });

  test('without its image manifest stays as silent', async () => {
    made = await createWorld({ clusters: [] });
    await made.hub.delete(ConfigMapKind, { name: 'mch-image-manifest-2.14.0', namespace: 'open-cluster-management' });
    await prepare(made);

    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.pass(120);

    expect(said(made)).toEqual([]);
  });

  test('without the CRDs of the addon architecture says which, and changes nothing', async () => {
    made = await installed({ version: '2.17.0', clusters: ['ai'] });
    const capabilities = { platform: { metrics: { default: { enabled: true } } } };

    await made.hub.mergePatch(MultiClusterObservabilityKind, cr, { spec: { capabilities } });
    await made.pass(30);

    const degraded = conditions(made).find(({ type }) => type === 'MultiClusterObservabilityAddonDegraded');
    expect(said(made)).toEqual(['MultiClusterObservabilityAddonDegraded=True CRDMissing', 'Ready=True Ready']);
    expect(degraded?.message).toContain('clusterlogforwarders.observability.openshift.io/v1');
    expect(made.hubServer.list(ObservabilityAddonKind)).toHaveLength(1);
  });

  test('takes the default storage class where the one asked for does not exist', async () => {
    made = await createWorld({ clusters: [] });
    await prepare(made);
    const metricObjectStorage = { name: 'thanos-object-storage', key: 'thanos.yaml' };

    await made.hub.create(
      MultiClusterObservabilityKind,
      smallestCr({ storageConfig: { storageClass: 'nope', metricObjectStorage } }),
    );
    await made.pass(90);

    const claims = made.hubServer.list(PersistentVolumeClaimKind, hubNamespace);
    expect(new Set(claims.map(({ spec }) => spec?.storageClassName))).toEqual(new Set(['gp3-csi']));
    expect(claims).toHaveLength(3 + 3 + 3 + 3 + 1);
    expect(claims.every(({ status }) => status?.phase === 'Bound')).toBe(true);
  });

  test('without any storage class never gets ready, its volumes Pending', async () => {
    made = await createWorld({ clusters: [] });
    await made.hub.delete(StorageClassKind, { name: 'gp3-csi' });
    await prepare(made);

    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.pass(300);

    const claims = made.hubServer.list(PersistentVolumeClaimKind, hubNamespace);
    expect(claims.every(({ status }) => status?.phase !== 'Bound')).toBe(true);
    expect(said(made)).toContain('Failed=False StatefulSetNotReady');
  });

  test('whose store configuration Thanos refuses crashes until it is corrected; what runs keeps what it read', async () => {
    made = await createWorld({ clusters: [] });
    const compactor = { name: 'observability-thanos-compact-0', namespace: hubNamespace };
    await prepare(made, thanosYaml.replace('s3.example.com', 'https://s3.example.com'));
    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.pass(120);
    const broken = made.hubServer.get(PodKind, compactor);

    await made.hub.mergePatch(SecretKind, secret, { data: { 'thanos.yaml': withBucket('metrics') } });
    await ready(made);
    const running = made.hubServer.get(PodKind, compactor);
    const empty = Buffer.from('type: s3\nconfig: {}\n').toString('base64');
    await made.hub.mergePatch(SecretKind, secret, { data: { 'thanos.yaml': empty } });
    await made.pass(300);

    const waiting = broken?.status?.containerStatuses?.[0]?.state?.waiting;
    expect(waiting).toMatchObject({
      reason: 'CrashLoopBackOff',
      message: expect.stringMatching(/fully qualified paths/),
    });
    expect(running?.metadata.uid).toBe(broken?.metadata.uid);
    expect(made.hubServer.get(PodKind, compactor)?.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'True' }),
    );
  });

  test('whose store refuses Thanos keeps its Pods from starting', async () => {
    made = await createWorld({ clusters: [], probeStore: async ({ bucket }) => `bucket ${bucket}: Access Denied.` });
    await prepare(made);

    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.pass(150);

    const pod = made.hubServer.get(PodKind, { name: 'observability-thanos-store-shard-0-0', namespace: hubNamespace });
    expect(pod?.status?.containerStatuses?.[0]?.state?.waiting?.message).toBe('bucket metrics: Access Denied.');
    expect(said(made)).toContain('Failed=False StatefulSetNotReady');
  });
});

async function setDesired({ hub }: World, desiredVersion: string): Promise<void> {
  const live = await hub.get(MultiClusterHubKind, { name: 'multiclusterhub', namespace: 'open-cluster-management' });
  if (live === undefined) throw new Error('no hub');
  await hub.status(MultiClusterHubKind, { ...live, status: { ...live.status, desiredVersion } });
}

describe('the addon architecture', () => {
  let made: World;
  const capabilities = {
    platform: { metrics: { default: { enabled: true } } },
    userWorkloads: { metrics: { default: { enabled: true } } },
  };
  const series = [
    { name: 'up', labels: {}, value: 1 },
    { name: 'mine', labels: {}, value: 1 },
    { name: 'quest_done', labels: {}, value: 1, userWorkload: true },
  ];
  const names = (cluster: string) =>
    new Set(made.samples.filter(({ labels }) => labels.cluster === cluster).map(({ labels }) => labels.__name__));
  const scrapes = {
    apiVersion: 'monitoring.rhobs/v1alpha1',
    kind: 'ScrapeConfig',
    metadata: {
      name: 'ours',
      namespace: hubNamespace,
      labels: { 'app.kubernetes.io/component': 'platform-metrics-collector' },
    },
    spec: { jobName: 'ours', metricsPath: '/federate', params: { 'match[]': ['{__name__="mine"}'] } },
  };

  beforeAll(async () => {
    made = await createWorld({ version: '2.17.0', clusters: ['ai'], addonCrds: true, series });
    await prepare(made);
    await made.hub.create(MultiClusterObservabilityKind, smallestCr({ capabilities }));
    await made.until('series from both', () => names('ai').has('up') && names('local-cluster').has('up'), 900);
  });

  afterAll(() => made.stop());

  test('collects from every cluster and the hub, and its add-on is available', () => {
    const addons = made.hubServer.list(ManagedClusterAddOnKind);

    const ours = addons.filter(({ metadata }) => metadata.name === 'multicluster-observability-addon');
    expect(ours.map(({ metadata }) => metadata.namespace)).toEqual(['ai', 'local-cluster']);
    expect(ours.map(({ status }) => status?.conditions?.[0])).toMatchObject([
      { type: 'Available', status: 'True' },
      { type: 'Available', status: 'True' },
    ]);
  });

  test('collects a metric of ours once its ScrapeConfig is referenced, not before', async () => {
    await made.hub.create(ScrapeConfigKind, scrapes);
    await made.pass(600);
    const before = names('ai').has('mine');
    const entry = await made.hub.get(ClusterManagementAddOnKind, { name: 'multicluster-observability-addon' });
    const configs = [{ group: 'monitoring.rhobs', resource: 'scrapeconfigs', name: 'ours', namespace: hubNamespace }];
    const placements = [{ name: 'global', namespace: 'open-cluster-management-global-set', configs }];
    await made.hub.mergePatch(ClusterManagementAddOnKind, entry?.metadata ?? { name: '' }, {
      spec: { installStrategy: { placements } },
    });

    await made.until('ours', () => names('ai').has('mine'), 900);

    expect(before).toBe(false);
    // No user-workload monitoring runs there.
    expect(names('ai').has('quest_done')).toBe(false);
  });

  test('goes with the object: no add-on and no ManifestWork is left', async () => {
    await made.hub.delete(MultiClusterObservabilityKind, cr);
    await gone(made, 60);

    expect(made.hubServer.list(WorkKind)).toEqual([]);
    expect(made.servers.get('ai')?.list(StatefulSetKind)).toEqual([]);
  });
});
