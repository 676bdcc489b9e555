import { afterEach, describe, expect, test } from 'vitest';
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
} from '../../../src/kinds.ts';
import {
  ClusterRoleKind,
  OAuthClientKind,
  ObservatoriumKind,
  StorageVersionMigrationKind,
  WorkKind,
} from '../../../src/sandbox/controllers/kinds.ts';
import { customRules, hubNamespace } from '../../../src/sandbox/controllers/names.ts';
import { createWorld, prepare, smallestCr, storageClass, thanosYaml, type World, type WorldOptions } from './world.ts';

let world: World | undefined;

afterEach(async () => {
  await world?.stop();
  world = undefined;
});

const cr = { name: 'observability' };

async function begin(options: WorldOptions = {}): Promise<World> {
  world = await createWorld({ clusters: [], ...options });
  return world;
}

async function installed(options: WorldOptions = {}): Promise<World> {
  const made = await begin(options);
  await prepare(made);
  await made.hub.create(MultiClusterObservabilityKind, smallestCr());
  await made.until('Ready', async () => (await conditions(made)).some(({ type }) => type === 'Ready'));
  return made;
}

async function conditions({ hubServer }: World, name = 'observability'): Promise<readonly Condition[]> {
  return hubServer.get(MultiClusterObservabilityKind, { name })?.status?.conditions ?? [];
}

async function said(made: World, name?: string): Promise<string[]> {
  return (await conditions(made, name)).map(({ type, status, reason }) => `${type}=${status} ${reason}`).toSorted();
}

const secret = { name: 'thanos-object-storage', namespace: hubNamespace };

function withBucket(bucket: string): string {
  return Buffer.from(thanosYaml.replace('metrics', bucket)).toString('base64');
}

describe('conditions', () => {
  test('2.14 says nothing on a fresh object, and Installing and Ready together for ever after', async () => {
    const made = await begin();
    await prepare(made);

    const fresh = await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.until('Ready', async () => (await conditions(made)).some(({ type }) => type === 'Ready'));
    await made.pass(600);

    expect(fresh.status).toBeUndefined();
    expect(await said(made)).toEqual(['Installing=True Installing', 'Ready=True Ready']);
  });

  test('2.14 carries a failure with status False while workloads come up', async () => {
    const made = await begin();
    await prepare(made);

    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.pass(1);

    expect(await said(made)).toEqual(['Failed=False DeploymentNotReady', 'Installing=True Installing']);
  });

  test('2.17 says Failed and Installing at once, and Ready alone at the end', async () => {
    const made = await begin({ version: '2.17.0' });
    await prepare(made);
    const seen = new Set<string>();
    made.hubServer.onChange(({ object }) => {
      if (object.kind !== 'MultiClusterObservability') return;
      const { status } = object as { status?: { conditions?: Condition[] } };
      seen.add((status?.conditions ?? []).map(({ type, message }) => `${type}: ${message}`).join('; '));
    });

    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.until('Ready', async () => (await conditions(made)).some(({ type }) => type === 'Ready'));

    expect([...seen][1]).toBe(
      'Failed: deployment observability-grafana not found; Installing: Installation is in progress',
    );
    expect(await said(made)).toEqual(['Ready=True Ready']);
  });

  test('2.14 stays Ready when the secret goes or a StatefulSet is deleted', async () => {
    const made = await installed();

    await made.hub.delete(SecretKind, secret);
    await made.hub.delete(StatefulSetKind, { name: 'observability-alertmanager', namespace: hubNamespace });
    await made.pass(5);

    expect(await said(made)).toEqual(['Installing=True Installing', 'Ready=True Ready']);
  });

  test('2.17 tells of a missing and of a broken secret within a second, and recovers', async () => {
    const made = await installed({ version: '2.17.0' });

    const live = await made.hub.get(SecretKind, secret);
    await made.hub.delete(SecretKind, secret);
    await made.pass(1);
    const missing = await conditions(made);
    await made.hub.create(SecretKind, {
      ...live,
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: secret,
      data: { 'thanos.yaml': withBucket('b') },
    });
    await made.pass(1);
    const broken = await conditions(made);
    await made.hub.mergePatch(SecretKind, secret, { data: { 'thanos.yaml': withBucket('metrics') } });
    await made.pass(1);

    expect(missing.map(({ type }) => type).toSorted()).toEqual(['Failed', 'Installing']);
    expect(missing[0]).toMatchObject({ status: 'True', reason: 'ObjectStorageSecretNotFound' });
    expect(broken[0]?.message).toMatch(
      /^object storage configuration is invalid: bucket name 'b' is too short \(1 characters\)/,
    );
    expect(await said(made)).toEqual(['Ready=True Ready']);
  });

  test('a paused install is told nothing, whatever happens', async () => {
    const made = await installed({ version: '2.17.0' });

    await made.hub.mergePatch(MultiClusterObservabilityKind, cr, {
      metadata: { annotations: { 'mco-pause': 'true' } },
    });
    await made.hub.delete(SecretKind, secret);
    await made.hub.delete(DeploymentKind, { name: 'observability-grafana', namespace: hubNamespace });
    await made.pass(60);

    expect(await said(made)).toEqual(['Ready=True Ready']);
    expect(
      await made.hub.get(DeploymentKind, { name: 'observability-grafana', namespace: hubNamespace }),
    ).toBeUndefined();
  });

  test('a second object gets the same conditions, stops the work for both, and its deletion repairs', async () => {
    const made = await installed({ version: '2.17.0' });
    const grafana = { name: 'observability-grafana', namespace: hubNamespace };

    await made.hub.create(MultiClusterObservabilityKind, smallestCr({}, 'another'));
    await made.pass(2);
    const second = await said(made, 'another');
    await made.hub.delete(DeploymentKind, grafana);
    await made.pass(60);
    const whileTwo = await made.hub.get(DeploymentKind, grafana);
    await made.hub.delete(MultiClusterObservabilityKind, { name: 'another' });
    await made.pass(120);

    expect(second).toEqual(['Ready=True Ready']);
    expect(whileTwo).toBeUndefined();
    expect(await said(made)).toEqual(['Ready=True Ready']);
  });

  test('collection switched off is a condition of its own', async () => {
    const made = await installed({ version: '2.17.0' });

    await made.hub.mergePatch(MultiClusterObservabilityKind, cr, {
      spec: { observabilityAddonSpec: { enableMetrics: false } },
    });
    await made.pass(2);

    expect(await said(made)).toEqual(['MetricsDisabled=True MetricsDisabled', 'Ready=True Ready']);
  });
});

describe('silent waits', () => {
  test('a hub that is being upgraded gets nothing made and nothing told until it is settled', async () => {
    const made = await begin({ version: '2.17.0' });
    await prepare(made);
    const hub = { name: 'multiclusterhub', namespace: 'open-cluster-management' };
    const live = await made.hub.get(MultiClusterHubKind, hub);
    if (live === undefined) throw new Error('no hub');
    await made.hub.status(MultiClusterHubKind, { ...live, status: { ...live.status, desiredVersion: '2.17.1' } });

    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.pass(120);
    const during = [await said(made), await made.hub.list(DeploymentKind, { namespace: hubNamespace })];
    const again = await made.hub.get(MultiClusterHubKind, hub);
    if (again === undefined) throw new Error('no hub');
    await made.hub.status(MultiClusterHubKind, { ...again, status: { ...again.status, desiredVersion: '2.17.0' } });
    await made.pass(30);

    expect(during).toEqual([[], []]);
    expect((await said(made)).length).toBeGreaterThan(0);
  });

  test('a missing image manifest does the same', async () => {
    const made = await begin();
    await made.hub.delete(ConfigMapKind, { name: 'mch-image-manifest-2.14.0', namespace: 'open-cluster-management' });
    await prepare(made);

    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.pass(120);

    expect(await said(made)).toEqual([]);
  });
});

describe("other people's objects", () => {
  test('the pull secret gets an owner and both secrets the backup label; their data is kept', async () => {
    const made = await installed();

    const pull = await made.hub.get(SecretKind, {
      name: 'multiclusterhub-operator-pull-secret',
      namespace: hubNamespace,
    });
    const thanos = await made.hub.get(SecretKind, secret);

    const backup = { 'cluster.open-cluster-management.io/backup': '' };
    expect(pull?.metadata.ownerReferences).toMatchObject([
      { kind: 'MultiClusterObservability', name: 'observability' },
    ]);
    expect(pull?.metadata.labels).toEqual(backup);
    expect(thanos?.metadata.ownerReferences).toBeUndefined();
    expect(thanos?.metadata.labels).toEqual(backup);
    expect(Buffer.from(thanos?.data?.['thanos.yaml'] ?? '', 'base64').toString()).toBe(thanosYaml);
  });

  test('what a person changes in an object of the operator is set back', async () => {
    const made = await installed();
    const service = { name: 'observability-rbac-query-proxy', namespace: hubNamespace };

    await made.hub.as('kubectl').mergePatch(DeploymentKind, service, { spec: { replicas: 0 } });
    await made.pass(120);

    expect((await made.hub.get(DeploymentKind, service))?.spec?.replicas).toBe(2);
  });
});

describe('volumes', () => {
  test('are claimed from the default class where the class asked for does not exist', async () => {
    const made = await begin();
    await prepare(made);

    await made.hub.create(
      MultiClusterObservabilityKind,
      smallestCr({
        storageConfig: {
          storageClass: 'nope',
          metricObjectStorage: { name: 'thanos-object-storage', key: 'thanos.yaml' },
        },
      }),
    );
    await made.pass(90);

    const claims = await made.hub.list(PersistentVolumeClaimKind, { namespace: hubNamespace });
    expect(new Set(claims.map(({ spec }) => spec?.storageClassName))).toEqual(new Set(['gp3-csi']));
    expect(claims).toHaveLength(3 + 3 + 3 + 3 + 1);
    expect(claims.every(({ status }) => status?.phase === 'Bound')).toBe(true);
  });

  test('without any class stay Pending, and the installation never ends', async () => {
    const made = await begin();
    await made.hub.delete(
      { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', plural: 'storageclasses', namespaced: false },
      { name: 'gp3-csi' },
    );
    await prepare(made);

    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.pass(900);

    const claims = await made.hub.list(PersistentVolumeClaimKind, { namespace: hubNamespace });
    expect(claims.every(({ status }) => status?.phase !== 'Bound')).toBe(true);
    expect(await said(made)).toContain('Failed=False StatefulSetNotReady');
  });

  test.each([
    ['2.17.0', true],
    ['2.14.0', false],
  ])('on %s another class makes the Alertmanager anew: %s', async (version, recreated) => {
    const made = await installed({ version });
    made.hubServer.seed([storageClass('other', false)]);
    const key = { name: 'observability-alertmanager', namespace: hubNamespace };
    const before = await made.hub.get(StatefulSetKind, key);

    await made.hub.mergePatch(MultiClusterObservabilityKind, cr, {
      spec: { storageConfig: { storageClass: 'other' } },
    });
    await made.pass(120);

    const after = await made.hub.get(StatefulSetKind, key);
    expect(after?.metadata.uid !== before?.metadata.uid).toBe(recreated);
  });
});

describe('Thanos', () => {
  test('reads its store from the environment at the start only: a corrected secret needs a restart', async () => {
    const made = await begin();
    await prepare(made, thanosYaml.replace('s3.example.com', 'https://s3.example.com'));
    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.pass(120);
    const broken = await made.hub.get(PodKind, { name: 'observability-thanos-compact-0', namespace: hubNamespace });

    await made.hub.mergePatch(SecretKind, secret, { data: { 'thanos.yaml': withBucket('metrics') } });
    await made.until('Ready', async () => (await conditions(made)).some(({ type }) => type === 'Ready'));
    const running = await made.hub.get(PodKind, { name: 'observability-thanos-compact-0', namespace: hubNamespace });
    await made.hub.mergePatch(SecretKind, secret, {
      data: { 'thanos.yaml': Buffer.from('type: s3\nconfig: {}\n').toString('base64') },
    });
    await made.pass(300);

    const waiting = broken?.status?.containerStatuses?.[0]?.state?.waiting;
    expect(waiting?.reason).toBe('CrashLoopBackOff');
    expect(waiting?.message).toMatch(/fully qualified paths/);
    // A crashing container starts again with the new content; one that runs keeps what it has.
    expect(running?.metadata.uid).toBe(broken?.metadata.uid);
    const still = await made.hub.get(PodKind, { name: 'observability-thanos-compact-0', namespace: hubNamespace });
    expect(still?.status?.phase).toBe('Running');
  });

  test('rolls its StatefulSets one Pod after the other when their template changes', async () => {
    const made = await installed();
    const key = { name: 'observability-thanos-receive-default', namespace: hubNamespace };
    const least: number[] = [];
    made.hubServer.onChange(({ object }) => {
      if (object.metadata.name !== key.name || object.kind !== 'StatefulSet') return;
      least.push((object as { status?: { readyReplicas?: number } }).status?.readyReplicas ?? 0);
    });
    const uids = async () => {
      const pods = await made.hub.list(PodKind, { namespace: hubNamespace });
      return pods.filter(({ metadata }) => metadata.name.startsWith(key.name)).map(({ metadata }) => metadata.uid);
    };
    const before = await uids();

    await made.hub.mergePatch(StatefulSetKind, key, {
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } },
    });
    await made.pass(600);

    const after = await uids();
    expect(after).toHaveLength(3);
    expect(after.filter((uid) => before.includes(uid))).toEqual([]);
    expect(Math.min(...least)).toBe(2);
  });

  test('a store that refuses keeps its Pods from starting', async () => {
    const made = await begin({ probeStore: async ({ bucket }) => `bucket ${bucket}: Access Denied.` });
    await prepare(made);

    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.pass(200);

    const pod = await made.hub.get(PodKind, { name: 'observability-thanos-store-shard-0-0', namespace: hubNamespace });
    expect(pod?.status?.containerStatuses?.[0]?.state?.waiting?.message).toBe('bucket metrics: Access Denied.');
    expect(await said(made)).toContain('Failed=False StatefulSetNotReady');
  });
});

describe('custom rules', () => {
  const rulesMap = (text: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: customRules, namespace: hubNamespace },
    data: { 'custom_rules.yaml': text },
  });
  const good = 'groups:\n  - name: ours\n    rules:\n      - record: a:b\n        expr: sum(up)\n';
  const names = ({ rules }: World): string[] => (rules.at(-1) ?? []).map(({ name }) => name);

  test.each([
    ['2.14.0', ['custom_rules.yaml', 'default_rules.yaml']],
    ['2.17.0', ['custom_rules.yaml', 'default_rules.yaml', 'hub_rules.yaml']],
  ])('come first on %s, and creating them rolls the ruler', async (version, order) => {
    const made = await installed({ version });
    const before = await made.hub.get(PodKind, { name: 'observability-thanos-rule-0', namespace: hubNamespace });

    await made.hub.create(ConfigMapKind, rulesMap(good));
    await made.pass(400);

    const observatorium = await made.hub.get(ObservatoriumKind, { name: 'observability', namespace: hubNamespace });
    const after = await made.hub.get(PodKind, { name: 'observability-thanos-rule-0', namespace: hubNamespace });
    expect(observatorium?.spec?.rule?.rulesConfig?.map(({ key }) => key)).toEqual(order);
    expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
    expect(names(made)).toEqual(order);
  });

  test('a broken edit lies dormant until the next start', async () => {
    const made = await installed();
    await made.hub.create(ConfigMapKind, rulesMap(good));
    await made.pass(400);

    await made.hub.mergePatch(
      ConfigMapKind,
      { name: customRules, namespace: hubNamespace },
      {
        data: {
          'custom_rules.yaml': 'groups:\n  - name: ours\n    rules:\n      - record: a:b\n        expr: sum(up\n',
        },
      },
    );
    await made.pass(300);
    const active = made.rules.at(-1)?.find(({ name }) => name === 'custom_rules.yaml')?.text;
    await made.hub.delete(PodKind, { name: 'observability-thanos-rule-2', namespace: hubNamespace });
    await made.pass(120);

    const pod = await made.hub.get(PodKind, { name: 'observability-thanos-rule-2', namespace: hubNamespace });
    expect(active).toBe(good);
    expect(pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe('CrashLoopBackOff');
  });

  test('a good edit is loaded without a restart', async () => {
    const made = await installed();
    await made.hub.create(ConfigMapKind, rulesMap(good));
    await made.pass(400);
    const before = await made.hub.get(PodKind, { name: 'observability-thanos-rule-0', namespace: hubNamespace });

    await made.hub.mergePatch(
      ConfigMapKind,
      { name: customRules, namespace: hubNamespace },
      { data: { 'custom_rules.yaml': good.replace('a:b', 'a:c') } },
    );
    await made.pass(90);

    const after = await made.hub.get(PodKind, { name: 'observability-thanos-rule-0', namespace: hubNamespace });
    expect(made.rules.at(-1)?.[0]?.text).toContain('a:c');
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
  });
});

describe('uninstall', () => {
  test.each(['2.14.0', '2.17.0'])('on %s leaves what the real one leaves, in its order', async (version) => {
    const made = await installed({ version, clusters: ['ai'] });
    await made.pass(200);
    const order: string[] = [];
    made.hubServer.onChange(({ type, object }) => {
      if (type === 'DELETED') order.push(object.kind);
    });

    await made.hub.delete(MultiClusterObservabilityKind, cr);
    await made.until('gone', async () => (await made.hub.get(MultiClusterObservabilityKind, cr)) === undefined, 30);
    await made.pass(120);

    const first = (kind: string): number => order.indexOf(kind);
    expect(first('OAuthClient')).toBeLessThan(first('ObservabilityAddon'));
    expect(first('ObservabilityAddon')).toBeLessThan(first('ManifestWork'));
    expect(await made.hub.list(ObservabilityAddonKind)).toEqual([]);
    expect(await made.hub.list(WorkKind)).toEqual([]);
    expect(await made.hub.list(OAuthClientKind)).toEqual([]);
    expect((await made.hub.list(ManagedClusterAddOnKind)).map(({ metadata }) => metadata.namespace)).toEqual(
      version === '2.17.0' ? [hubNamespace] : [],
    );
    expect(
      (await made.hub.list(ClusterRoleKind, { labelSelector: 'owner=multicluster-observability-operator' })).map(
        ({ metadata }) => metadata.name,
      ),
    ).toEqual(['aggregate-observabilityaddons-edit', 'open-cluster-management:endpoint-observability-operator']);
    expect(await made.hub.list(StorageVersionMigrationKind)).toHaveLength(1);
    expect(await made.hub.list(DeploymentKind, { namespace: hubNamespace })).toEqual([]);
    expect(await made.hub.list(PodKind, { namespace: hubNamespace })).toEqual([]);
    expect((await made.hub.list(PersistentVolumeClaimKind, { namespace: hubNamespace })).length).toBeGreaterThan(0);
    // The pull secret had become the operator's; the other is still ours.
    expect(
      (await made.hub.list(SecretKind, { namespace: hubNamespace })).map(({ metadata }) => metadata.name),
    ).toContain('thanos-object-storage');
    expect(
      await made.hub.get(SecretKind, { name: 'multiclusterhub-operator-pull-secret', namespace: hubNamespace }),
    ).toBeUndefined();
  });

  test('the secret deleted first does not hold the object up', async () => {
    const made = await installed({ version: '2.17.0' });

    await made.hub.delete(SecretKind, secret);
    await made.hub.delete(MultiClusterObservabilityKind, cr);
    await made.until('gone', async () => (await made.hub.get(MultiClusterObservabilityKind, cr)) === undefined, 15);

    expect(await made.hub.get(MultiClusterObservabilityKind, cr)).toBeUndefined();
  });

  test('a second installation right after it comes up again', async () => {
    const made = await installed();
    await made.hub.delete(MultiClusterObservabilityKind, cr);
    await made.until('gone', async () => (await made.hub.get(MultiClusterObservabilityKind, cr)) === undefined);

    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.until('Ready', async () => (await conditions(made)).some(({ type }) => type === 'Ready'));

    expect(await said(made)).toEqual(['Installing=True Installing', 'Ready=True Ready']);
  });
});

describe('the addon architecture', () => {
  const capabilities = { platform: { metrics: { default: { enabled: true } } } };

  test('without its CRDs changes nothing but a condition that lists them', async () => {
    const made = await installed({ version: '2.17.0', clusters: ['ai'] });

    await made.hub.mergePatch(MultiClusterObservabilityKind, cr, { spec: { capabilities } });
    await made.pass(30);

    const degraded = (await conditions(made)).find(({ type }) => type === 'MultiClusterObservabilityAddonDegraded');
    expect(await said(made)).toEqual(['MultiClusterObservabilityAddonDegraded=True CRDMissing', 'Ready=True Ready']);
    expect(degraded?.message).toContain('clusterlogforwarders.observability.openshift.io/v1');
    expect(await made.hub.list(ObservabilityAddonKind)).toHaveLength(1);
  });

  test('switched on takes the legacy side away at once', async () => {
    const made = await installed({ version: '2.17.0', clusters: ['ai'], addonCrds: true });
    await made.pass(120);

    await made.hub.mergePatch(MultiClusterObservabilityKind, cr, { spec: { capabilities } });
    await made.until('no legacy left', async () => (await made.hub.list(WorkKind)).length === 0, 30);

    expect(await made.hub.list(ObservabilityAddonKind)).toEqual([]);
    expect(
      await made.hub.get(DeploymentKind, { name: 'multicluster-observability-addon-manager', namespace: hubNamespace }),
    ).toBeDefined();
  });

  test('with a prerequisite missing stays Ready and does nothing more', async () => {
    const made = await installed({ version: '2.17.0', addonCrds: true });
    await made.hub.delete(ConfigMapKind, { name: 'extension-apiserver-authentication', namespace: 'kube-system' });

    await made.hub.mergePatch(MultiClusterObservabilityKind, cr, { spec: { capabilities } });
    await made.pass(60);

    expect(await said(made)).toEqual(['Ready=True Ready']);
    expect(
      await made.hub.get(DeploymentKind, { name: 'multicluster-observability-addon-manager', namespace: hubNamespace }),
    ).toBeUndefined();
  });
});
