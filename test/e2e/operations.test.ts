/** What befalls a hub in its life, and what a person can ask for besides the whole: on a small fleet, in virtual time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observabilityNamespace } from '../../src/hub.ts';
import {
  ManagedClusterKind,
  MultiClusterObservabilityKind,
  Namespace,
  ObservabilityAddonKind,
  PodKind,
  SecretKind,
  StorageClassKind,
} from '../../src/kinds.ts';
import { createHarness, type Harness, type Ran, writesIn } from '../helpers/harness.ts';

const pullSecret = { namespace: observabilityNamespace, name: 'multiclusterhub-operator-pull-secret' };

function changed({ report }: Ran): string[] {
  return report.changes.filter(({ change }) => change !== 'none').map(({ step, cluster }) => `${step} ${cluster}`);
}

function codes({ report }: Ran): string[] {
  return [...(report.problem === undefined ? [] : [report.problem]), ...report.problems].map(({ code }) => code);
}

describe('a run about a part', () => {
  let hub: Harness;

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 4 });
  });

  afterAll(() => hub?.stop());

  it.each([
    ['--clusters quest-1', ['local-cluster', 'quest-1']],
    ['--exclude quest-1,ai', ['local-cluster', 'quest-2']],
    ['-l purpose=model', ['ai', 'local-cluster']],
  ])('%s looks at these clusters only, and at what the hub needs', async (flags, clusters) => {
    const { exitCode, report } = await hub.run(`plan ${flags} -o json`);

    expect(exitCode).toBe(0);
    expect(report.clusters.map(({ name }) => name).sort()).toEqual(clusters);
  });

  it('--only and --skip choose steps', async () => {
    const only = await hub.run('plan --only namespace,bucket -o json');
    const skip = await hub.run('plan --skip observability,user-workload-monitoring -o json');

    expect(only.report.steps.map(({ id }) => id)).toEqual(['namespace', 'bucket']);
    const rest = skip.report.steps.map(({ id }) => id);
    expect(rest).not.toContain('observability');
    expect(rest).toContain('thanos-secret');
  });

  it.each(['--clusters nowhere', '--only nothing', '--skip nothing'])('%s is a mistake: exit 64', async (flags) => {
    const { exitCode, requests } = await hub.run(`plan ${flags}`);

    expect(exitCode).toBe(64);
    expect(writesIn(requests)).toEqual([]);
  });

  it('that ends before it is ready exits 7, and wait goes on without a write', async () => {
    const apply = await hub.run('apply --yes --timeout 1s -o json');
    const wait = await hub.run('wait -o json');

    expect(apply.exitCode).toBe(7);
    expect(codes(apply)).toContain('timed-out');
    expect(wait.exitCode).toBe(0);
    expect(writesIn(wait.requests)).toEqual([]);
    expect(wait.report.clusters.every((cluster) => cluster.newestSampleAgeSeconds !== undefined)).toBe(true);
  });
});

describe('two applies at once', () => {
  let hub: Harness;

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 3 });
  });

  afterAll(() => hub?.stop());

  it('one works; the other ends with exit 8 naming who holds the hub, from where and since when', async () => {
    const both = await Promise.all([hub.run('apply --yes -o json'), hub.run('apply --yes -o json')]);

    const [worked, refused] = both.toSorted((a, b) => a.exitCode - b.exitCode);
    expect([worked?.exitCode, refused?.exitCode]).toEqual([0, 8]);
    const holder = `run ${worked?.report.run}`;
    expect(refused?.report.problem?.code).toBe('locked');
    expect(refused?.report.problem?.what).toMatch(/^anna@\S+ \(run [0-9a-f]{4}\) has been at work since 2026-01-05T/);
    expect(refused?.report.problem?.what).toContain(holder);
    expect(writesIn(refused?.requests ?? []).filter((line) => line.includes(refused?.report.run ?? '-'))).toEqual([]);
  });
});

describe('clusters.collection: selected', () => {
  const selected = '--set clusters.collection=selected --set clusters.exclude=quest-2';
  let hub: Harness;

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 4 });
  });

  afterAll(() => hub?.stop());

  const labelOf = async () =>
    (await hub.admin.get(ManagedClusterKind, { name: 'quest-2' }))?.metadata.labels?.observability;
  const collected = async () =>
    (await hub.admin.list(ObservabilityAddonKind)).map(({ metadata }) => metadata.namespace ?? '').sort();

  it('labels the others before the installation, so that ACM never goes there', async () => {
    const { exitCode, requests } = await hub.run(`apply --yes ${selected} -o json`);

    const written = writesIn(requests);
    const labelled = written.findIndex((line) => line.includes('/managedclusters/quest-2'));
    const installed = written.findIndex((line) => line.includes('/multiclusterobservabilities/'));
    expect(exitCode).toBe(0);
    expect(labelled).toBeGreaterThanOrEqual(0);
    expect(labelled).toBeLessThan(installed);
    expect(await labelOf()).toBe('disabled');
    expect(await collected()).not.toContain('quest-2');
  });

  it('uninstalls without the setting: the label goes only after ACM has left, so that ACM never goes there', async () => {
    const { exitCode, requests } = await hub.run('uninstall --yes -o json');

    const written = writesIn(requests);
    const removed = written.findIndex((line) => line.includes('/multiclusterobservabilities/'));
    const unlabelled = written.findIndex((line) => line.includes('/managedclusters/quest-2'));
    expect(exitCode).toBe(0);
    expect(await labelOf()).toBeUndefined();
    expect(unlabelled).toBeGreaterThan(removed);
  });
});

describe('an installation', () => {
  let hub: Harness;

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 3 });
  });

  afterAll(() => hub?.stop());

  it('refuses a bucket that holds the metrics of another hub', async () => {
    const { bucket } = hub.sandbox.store;
    hub.sandbox.s3.bucket(bucket, { owner: 'sandbox', region: hub.sandbox.store.region });
    const elsewhere = { clusterID: '00000000-0000-4000-8000-000000000000', hub: 'elsewhere' };
    hub.sandbox.s3.put(bucket, 'acm-observability/hub.json', JSON.stringify(elsewhere));

    const ran = await hub.run('apply --yes -o json');

    expect(codes(ran)).toEqual(['bucket-other-hub']);
    expect(ran.report.problems[0]?.what).toContain(elsewhere.clusterID);
    expect(ran.exitCode).toBe(6);
    expect(writesIn(ran.requests)).toEqual([]);
  });

  it('takes it with --adopt-bucket', async () => {
    const { exitCode } = await hub.run('apply --yes --adopt-bucket -o json');

    expect(exitCode).toBe(0);
    const marker = hub.sandbox.s3.objects(hub.sandbox.store.bucket)?.get('acm-observability/hub.json');
    expect(String(marker)).not.toContain('elsewhere');
  });

  it('copies a rotated pull secret again', async () => {
    const data = { '.dockerconfigjson': Buffer.from('{"auths":{"new.example.com":{}}}').toString('base64') };
    const source = { namespace: 'openshift-config', name: 'pull-secret' };
    await hub.sandbox.people.edit('local-cluster', SecretKind, source, (secret) => ({ ...secret, data }));

    const ran = await hub.run('apply --yes -o json');

    expect(ran.exitCode).toBe(0);
    expect(changed(ran)).toEqual(['pull-secret local-cluster']);
    expect((await hub.admin.get(SecretKind, pullSecret))?.data).toEqual(data);
  });

  it('rolls Thanos for rotated keys, the receivers last', async () => {
    const thanos = /^observability-thanos-(compact|store-shard|rule|receive-default)/;
    const pods = async () => {
      const all = await hub.admin.list(PodKind, { namespace: observabilityNamespace });
      return all.filter(({ metadata }) => thanos.test(metadata.name));
    };
    const before = new Set((await pods()).map(({ metadata }) => metadata.uid));
    const key = hub.sandbox.s3.account('sandbox');
    const env = { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey };

    const ran = await hub.run('apply --yes -o json', { env });
    const again = await hub.run('plan --detailed-exitcode -o json', { env });

    const rolled = writesIn(ran.requests).flatMap((line) => /PATCH .*\/statefulsets\/([^?]+)/.exec(line)?.[1] ?? []);
    expect(ran.exitCode).toBe(0);
    expect(rolled).toEqual([
      'observability-thanos-compact',
      'observability-thanos-store-shard-0',
      'observability-thanos-store-shard-1',
      'observability-thanos-store-shard-2',
      'observability-thanos-rule',
      'observability-thanos-receive-default',
    ]);
    const after = await pods();
    expect(after).toHaveLength(before.size);
    expect(after.filter(({ metadata }) => before.has(metadata.uid))).toEqual([]);
    expect(again.exitCode).toBe(0);
  });

  it('keeps the pull secret when the object was deleted and made again: it belongs to the new one only', async () => {
    await hub.sandbox.people.delete('local-cluster', MultiClusterObservabilityKind, { name: 'observability' });
    await hub.pass(600);

    const { exitCode } = await hub.run('apply --yes --force-conflicts -o json');
    await hub.pass(600);

    const [object] = await hub.admin.list(MultiClusterObservabilityKind);
    const secret = await hub.admin.get(SecretKind, pullSecret);
    expect(exitCode).toBe(0);
    expect(secret?.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([object?.metadata.uid]);
  });

  it('refuses another storage class with what it would delete, and writes nothing', async () => {
    await hub.admin.create(StorageClassKind, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'fast' },
    });

    const ran = await hub.run('apply --yes --set observability.storageClass=fast -o json');

    expect(codes(ran)).toEqual(['storage-class-change']);
    expect(ran.report.problems[0]?.what).toContain('volumes');
    expect(ran.exitCode).toBe(6);
    expect(writesIn(ran.requests)).toEqual([]);
  });

  it('with two MultiClusterObservability objects is touched by nothing', async () => {
    await hub.admin.create(MultiClusterObservabilityKind, {
      apiVersion: MultiClusterObservabilityKind.apiVersion,
      kind: MultiClusterObservabilityKind.kind,
      metadata: { name: 'second' },
      spec: {
        observabilityAddonSpec: {},
        storageConfig: { metricObjectStorage: { name: 'thanos-object-storage', key: 'thanos.yaml' } },
      },
    });

    const apply = await hub.run('apply --yes -o json');
    const uninstall = await hub.run('uninstall --yes -o json');
    await hub.admin.delete(MultiClusterObservabilityKind, { name: 'second' });
    await hub.pass(600);

    expect(codes(apply)).toContain('observability-twice');
    expect(codes(uninstall)).toContain('observability-twice');
    expect([apply.exitCode, uninstall.exitCode]).toEqual([6, 6]);
    expect(writesIn([...apply.requests, ...uninstall.requests])).toEqual([]);
  });

  it('deletes the stored metrics only when the bucket is named', async () => {
    const { bucket } = hub.sandbox.store;

    const unasked = await hub.run('uninstall --yes --delete-data -o json');
    const wrong = await hub.run('uninstall --yes --delete-data --confirm-delete-data another -o json');
    const kept = hub.sandbox.s3.objects(bucket)?.size;
    const right = await hub.run(`uninstall --yes --delete-data --confirm-delete-data ${bucket} -o json`);

    expect([unasked.exitCode, wrong.exitCode, right.exitCode]).toEqual([64, 64, 0]);
    expect(writesIn([...unasked.requests, ...wrong.requests])).toEqual([]);
    expect(kept).toBeGreaterThan(0);
    expect(hub.sandbox.s3.objects(bucket)).toBeUndefined();
    expect(await hub.admin.get(Namespace, { name: observabilityNamespace })).toBeUndefined();
  });
});
